/* An OPNsense as a load balancer: its plugin os-haproxy, and its packet filter.
 *
 * Its configuration is written first, object by object, read back (a field that it doesn't know is no error to it), tested, and
 * then loaded. "ok" from its reload means nothing: one that fails leaves the old configuration running, and one with an address
 * that the firewall doesn't have ends haproxy. So what counts is what haproxy's statistics say, and that the ports can be reached.
 * Whatever goes wrong until then, all is put back and loaded again. */
#include "means/knock.h"
#include "means/load_balancer.h"
#include "means/opnsense_parts.h"
#include "means/progress.h"

#include <string.h>
#include <time.h>

#define SERVICES    (1U << OPNSENSE_SERVICES)
#define RULES       (1U << OPNSENSE_RULES)
#define CONFIGTEST  "/api/haproxy/service/configtest"
#define RECONFIGURE "/api/haproxy/service/reconfigure"
#define APPLY       "/api/firewall/filter/apply"

#define SETTLE_S  8 /* until a reloaded haproxy is there */
#define MOMENT_NS 250000000L

/* ---- what runs ---- */

static int load_services(struct opnsense_making *making, struct deadline deadline, struct error *error)
{
        return opnsense_tell(making->session, RECONFIGURE, "{}", "ok", OPNSENSE_APPLY_S, deadline, error);
}

/* Of many lines the first that is an alert; haproxy's own rule is the interface's, too. */
static int test_services(struct session_with_opnsense *session, struct deadline deadline, struct error *error)
{
        CLEANUP(json_free) struct json *json = NULL;
        const char *said, *alert;

        if (opnsense_ask(session, CONFIGTEST, "{}", OPNSENSE_APPLY_S, deadline, &json, error) < 0)
                return -1;
        said = json_text_at(json, "result");
        alert = said ? strstr(said, "ALERT") : NULL;
        if (!said)
                return error_set(error, ERROR_FAILED,
                        "OPNsense %s says nothing of its test of the configuration", session->config->name);
        if (!alert)
                return 0;
        alert += strlen("ALERT") + strspn(alert + strlen("ALERT"), "]");
        alert += strspn(alert, " ");
        return error_set(error, ERROR_FAILED, "the haproxy of OPNsense %s doesn't accept it: %.*s",
                session->config->name, (int)strcspn(alert, "\r\n"), alert);
}

static char *missing_words(const struct opnsense_objects *wanted, const struct opnsense_state *state)
{
        CLEANUP(strings_done) struct strings words = {0};
        bool has_services = false;

        for (array_each(const struct opnsense_object, object, &wanted->list))
                has_services |= object->kind == OPNSENSE_FRONTEND;
        if (has_services && !state->is_running)
                strings_add(&words, "its haproxy doesn't run");
        else
                opnsense_running_differences(wanted, state, &words);
        return words.count ? strings_join(&words, "; ") : NULL;
}

/* A soft reload is over when the new process is there. */
static int wait_until_it_runs(struct session_with_opnsense *session, const struct opnsense_objects *wanted,
        struct deadline deadline, struct error *error)
{
        struct deadline limit = deadline_min(deadline, deadline_in_s(SETTLE_S));
        const struct timespec moment = {.tv_nsec = MOMENT_NS};

        for (;;) {
                CLEANUP(opnsense_state_done) struct opnsense_state state = {0};
                CLEANUP(string_free) char *missing = NULL;

                if (opnsense_look(session, SERVICES, SERVICES, deadline, &state, error) < 0)
                        return -1;
                missing = missing_words(wanted, &state);
                if (!missing)
                        return 0;
                if (deadline_passed(limit))
                        return error_set(
                                error, ERROR_FAILED, "OPNsense %s: %s", session->config->name, missing);
                nanosleep(&moment, NULL);
        }
}

/* Where to knock for a bind; false: nowhere that says something. A loopback address of the firewall is reached only by who
 * reaches the firewall itself by one. */
static bool knock_at(
        const struct https_server *server, const char *bind, char host[static IP_TEXT], unsigned *ret_port)
{
        struct bind_range range;

        if (opnsense_read_bind(bind, &range) != BIND_SOCKETS)
                return false;
        *ret_port = range.first;
        if (ip_address_is_any(&range.address)) {
                *host = '\0';
                return true;
        }
        ip_address_format(&range.address, host);
        return (strncmp(host, "127.", 4) != 0 && strcmp(host, "::1") != 0) ||
               strncmp(server->host, "127.", 4) == 0 || strcmp(server->host, "::1") == 0 ||
               strcmp(server->host, "localhost") == 0;
}

/* Who drops what comes isn't listened to: what the packet filter lets in is another wish. */
static int knock(struct session_with_opnsense *session, const char *label, const char *bind,
        struct deadline deadline, struct error *error)
{
        const struct https_server *server = &session->config->server;
        CLEANUP(error_done) struct error answer = {0};
        char host[IP_TEXT];
        unsigned port;

        if (!knock_at(server, bind, host, &port) ||
                port_knock(session->link, *host ? host : server->host, port, deadline, &answer) == 0)
                return 0;
        if (answer.kind != ERROR_FAILED)
                return error_move(error, &answer);
        if (!strstr(error_text(&answer), "refused"))
                return 0;
        return error_set(
                error, ERROR_FAILED, "service %s doesn't listen at %s: %s", label, bind, error_text(&answer));
}

static int knock_at_all(struct session_with_opnsense *session, const struct opnsense_objects *wanted,
        struct deadline deadline, struct error *error)
{
        for (array_each(const struct opnsense_object, object, &wanted->list)) {
                const char *at = object->kind == OPNSENSE_FRONTEND ? opnsense_value(object, "bind") : "";

                while (*at) {
                        size_t length = strcspn(at, ",");
                        CLEANUP(string_free) char *bind = string_copy_n(at, length);

                        if (knock(session, opnsense_label(object), bind, deadline, error) < 0)
                                return -1;
                        at += length + (at[length] == ',');
                }
        }
        return 0;
}

static int see(struct session_with_opnsense *session, const struct opnsense_objects *wanted,
        struct deadline deadline, struct error *error)
{
        if (wait_until_it_runs(session, wanted, deadline, error) < 0)
                return -1;
        return knock_at_all(session, wanted, deadline, error);
}

static int opnsense_haproxy_see_services(const struct work *work, struct error *error)
{
        const struct step *step = work->step;

        for (size_t i = 0; i < OPNSENSE_MEMBERS && step->opnsense.members[i]; i++) {
                struct session_with_opnsense *session;

                if (opnsense_open(work->opnsenses, step->opnsense.members[i], work->deadline, &session,
                            error) < 0 ||
                        see(session, &step->opnsense.wanted, work->deadline, error) < 0)
                        return -1;
        }
        return 0;
}

/* ---- writing ---- */

static int write_and_load(struct opnsense_making *making, struct error *error)
{
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};
        struct deadline deadline = making->work->deadline;

        if (!making->before.has_haproxy)
                return error_set(error, ERROR_FAILED,
                        "OPNsense %s has no haproxy: install its plugin os-haproxy (System: Firmware: "
                        "Plugins)",
                        making->session->config->name);
        opnsense_compare(OPNSENSE_SERVICES, making->wanted, &making->before.objects, &changes);
        for (array_each(const struct opnsense_change, change, &changes.list))
                if (opnsense_change(&making->log, change, deadline, error) < 0)
                        return -1;
        if (opnsense_read_back(making, OPNSENSE_SERVICES, error) < 0 ||
                test_services(making->session, deadline, error) < 0 ||
                load_services(making, deadline, error) < 0)
                return -1;
        return see(making->session, making->wanted, deadline, error);
}

static int opnsense_haproxy_write_services(const struct work *work, struct error *error)
{
        return opnsense_make_on_all(work, SERVICES, write_and_load, load_services, error);
}

/* ---- rules ---- */

static int load_rules(struct opnsense_making *making, struct deadline deadline, struct error *error)
{
        return opnsense_tell(making->session, APPLY, "{}", "ok", OPNSENSE_APPLY_S, deadline, error);
}

/* What comes says first that it is on its way; what goes is switched off first. */
static void make_pending(const struct opnsense_change *change, struct opnsense_object *pending)
{
        const struct opnsense_object *from = change->wanted ? change->wanted : change->found;
        CLEANUP(string_free) char *description = opnsense_pending(from);

        if (change->wanted)
                opnsense_copy(pending, from);
        else
                *pending = (struct opnsense_object) {.kind = from->kind, .uuid = string_copy(from->uuid)};
        opnsense_set(pending, "description", description);
        opnsense_set(pending, "enabled", change->wanted ? "1" : "0");
}

/* What goes is noted as gone: all of it has to come back, whenever that is. */
static int write_pending(
        struct opnsense_making *making, const struct opnsense_changes *changes, struct error *error)
{
        for (array_each(const struct opnsense_change, change, &changes->list)) {
                CLEANUP(opnsense_object_done) struct opnsense_object pending = {0};

                make_pending(change, &pending);
                *array_add(&making->log.done) = *change;
                if (opnsense_put(making->session, &pending, making->work->deadline, error) < 0)
                        return -1;
        }
        return 0;
}

/* What is loaded loses the mark, or goes: that changes nothing in what the filter does. */
static int settle(struct opnsense_making *making, const struct opnsense_changes *changes, struct error *error)
{
        for (array_each(const struct opnsense_change, change, &changes->list)) {
                struct deadline deadline = making->work->deadline;

                if ((change->wanted ? opnsense_put(making->session, change->wanted, deadline, error)
                                    : opnsense_take_away(making->session, change->found, deadline, error)) <
                        0)
                        return -1;
        }
        return 0;
}

static int write_rules(struct opnsense_making *making, struct error *error)
{
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};

        opnsense_compare(OPNSENSE_RULES, making->wanted, &making->before.objects, &changes);
        if (write_pending(making, &changes, error) < 0 ||
                load_rules(making, making->work->deadline, error) < 0 || settle(making, &changes, error) < 0)
                return -1;
        return opnsense_read_back(making, OPNSENSE_RULES, error);
}

static int opnsense_haproxy_ensure_wan_access(const struct work *work, struct error *error)
{
        return opnsense_make_on_all(work, RULES, write_rules, load_rules, error);
}

LOAD_BALANCER(opnsense_haproxy);
