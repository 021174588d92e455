/* BMCs: a session with each, and what it says of its machine. */
#include "means/bmc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "means/bmc_parts.h"
#include "means/knock.h"
#include "means/parallel.h"

#define WIDTH       16 /* at once; they mostly wait */
#define MOST_DRIVES 8
#define MOST_NICS   32

struct bmcs {
        struct link *link;
        ARRAY(struct session_with_bmc *) sessions;
};

/* ---- sessions ---- */

struct bmcs *bmcs_new(struct link *link)
{
        struct bmcs *bmcs = memory_new(1, sizeof(*bmcs));

        bmcs->link = link;
        return bmcs;
}

void bmc_close(struct session_with_bmc *session)
{
        web_close(session->web);
        session->web = NULL;
        locked_done(&session->login);
        locked_done(&session->ca);
}

void bmcs_free(struct bmcs *bmcs)
{
        if (!bmcs)
                return;
        for (array_each(struct session_with_bmc *, session, &bmcs->sessions)) {
                bmc_close(*session);
                free(*session);
        }
        array_free(&bmcs->sessions);
        free(bmcs);
}

struct session_with_bmc *bmcs_find(struct bmcs *bmcs, const struct machine_config *config)
{
        struct session_with_bmc *added;

        for (array_each(struct session_with_bmc *, session, &bmcs->sessions))
                if ((*session)->config == config)
                        return *session;
        added = memory_new(1, sizeof(*added));
        *added = (struct session_with_bmc) {.link = bmcs->link, .config = config};
        *array_add(&bmcs->sessions) = added;
        return added;
}

static int read_files(const struct machine_config *config, struct locked *ret_login, struct locked *ret_ca,
        struct error *error)
{
        size_t length;

        if (locked_read(config->credentials, true, ret_login, error) < 0)
                return -1;
        length = strcspn(ret_login->bytes, "\r\n");
        ret_login->bytes[length] = '\0';
        if (length == 0 || *ret_login->bytes == ':' || !strchr(ret_login->bytes, ':'))
                return error_set(
                        error, ERROR_REFUSED, "%s doesn't begin with USER:PASSWORD", config->credentials);
        return config->ca ? locked_read(config->ca, false, ret_ca, error) : 0;
}

int bmc_check_files(const struct machine_config *config, struct error *error)
{
        CLEANUP(locked_done) struct locked login = {0}, ca = {0};

        return read_files(config, &login, &ca, error);
}

int bmc_open(struct session_with_bmc *session, struct deadline deadline, struct error *error)
{
        const struct machine_config *config = session->config;
        const struct bmc_url *url = &config->bmc;

        if (session->web)
                return 0;
        bmc_close(session);
        if (read_files(config, &session->login, &session->ca, error) < 0)
                return -1;
        if (port_knock(session->link, url->host, url->port, deadline, error) < 0)
                return error_prefix(error, "%s port %u", url->host, url->port);
        return web_open(session->link,
                &(const struct web_server) {
                        .host = url->host,
                        .port = url->port,
                        .base = url->base,
                        .ca = session->ca.bytes,
                        .pin = config->pin,
                        .login = session->login.bytes,
                },
                &session->web, error);
}

/* ---- one look ---- */

static int find_only_system(struct session_with_bmc *session, const struct bmc_patience *patience,
        char **ret_path, struct error *error)
{
        CLEANUP(json_free) struct json *systems = NULL;
        CLEANUP(strings_done) struct strings paths = {0};

        if (bmc_get(session, REDFISH_ROOT "/Systems", patience, &systems, NULL, error) < 0)
                return -1;
        bmc_read_members(systems, 2, &paths);
        if (paths.count != 1)
                return error_set(error, ERROR_REFUSED,
                        paths.count ? "%s has more than one system: name the one in bmc, as in \"%s%s\""
                                    : "%s has no system",
                        session->config->bmc.base, session->config->bmc.base,
                        paths.count ? paths.items[0] : "");
        *ret_path = string_copy(paths.items[0]);
        return 0;
}

/* The collection is the system's or, as it used to be, its manager's. */
static int find_drives(struct session_with_bmc *session, const char *path,
        const struct bmc_patience *patience, struct strings *ret_paths, struct error *error)
{
        CLEANUP(json_free) struct json *json = NULL;
        CLEANUP(string_free) char *collection = NULL;

        if (bmc_get(session, path, patience, &json, NULL, error) < 0)
                return -1;
        if (json_member(json, "Members")) {
                bmc_read_members(json, MOST_DRIVES, ret_paths);
                return 0;
        }
        collection = bmc_read_link(json, "VirtualMedia");
        json_free(&json);
        if (!collection || bmc_get(session, collection, patience, &json, NULL, error) < 0)
                return collection ? -1 : 0;
        bmc_read_members(json, MOST_DRIVES, ret_paths);
        return 0;
}

static int look_at_drive(struct session_with_bmc *session, const struct bmc_patience *patience,
        struct bmc_state *state, struct error *error)
{
        CLEANUP(strings_done) struct strings paths = {0};

        if (!state->drives)
                return 0;
        if (find_drives(session, state->drives, patience, &paths, error) < 0)
                return -1;
        for (array_each(char *, path, &paths)) {
                CLEANUP(json_free) struct json *json = NULL;
                CLEANUP(string_free) char *etag = NULL;

                if (bmc_get(session, *path, patience, &json, &etag, error) < 0)
                        return -1;
                if (!bmc_drive_is_cd(json))
                        continue;
                bmc_read_drive(json, &state->drive);
                state->drive.path = string_copy(*path);
                if (!state->drive.etag)
                        state->drive.etag = STEAL(etag);
                return 0;
        }
        return 0;
}

/* It may be known by another one, too, which leads to it when it is asked and not when it is told something. */
static void use_its_own_path(const struct json *system, struct bmc_state *state)
{
        char *path = bmc_read_path(json_text_at(system, "@odata.id"));

        if (!path)
                return;
        free(state->path);
        state->path = path;
}

int bmc_look(struct session_with_bmc *session, bool with_drive, const struct bmc_patience *patience,
        struct bmc_state *state, struct error *error)
{
        const struct machine_config *config = session->config;
        CLEANUP(json_free) struct json *system = NULL;
        CLEANUP(string_free) char *etag = NULL;

        bmc_state_done(state);
        state->config = config;
        if (bmc_open(session, patience->deadline, error) < 0)
                return -1;
        if (strcmp(config->bmc.path, REDFISH_ROOT) != 0)
                state->path = string_copy(config->bmc.path);
        else if (find_only_system(session, patience, &state->path, error) < 0)
                return -1;
        if (bmc_get(session, state->path, patience, &system, &etag, error) < 0)
                return -1;
        use_its_own_path(system, state);
        bmc_read_system(system, state);
        if (!state->etag)
                state->etag = STEAL(etag);
        if (with_drive && look_at_drive(session, patience, state, error) < 0)
                return -1;
        state->answers = true;
        return 0;
}

int bmc_check_mac(struct session_with_bmc *session, const struct bmc_state *state,
        const struct bmc_patience *patience, struct error *error)
{
        CLEANUP(strings_done) struct strings paths = {0}, macs = {0};
        CLEANUP(json_free) struct json *collection = NULL;
        CLEANUP(string_free) char *words = NULL;
        char mac[MAC_ADDRESS_TEXT];

        if (session->is_checked || !state->interfaces)
                return 0;
        if (bmc_get(session, state->interfaces, patience, &collection, NULL, error) < 0)
                return -1;
        bmc_read_members(collection, MOST_NICS, &paths);
        mac_address_format(&session->config->mac, mac);
        for (size_t i = 0; i < paths.count && !strings_has(&macs, mac); i++) {
                CLEANUP(json_free) struct json *interface = NULL;

                if (bmc_get(session, paths.items[i], patience, &interface, NULL, error) < 0)
                        return -1;
                bmc_read_macs(interface, &macs);
        }
        words = strings_join(&macs, ", ");
        if (macs.count > 0 && !strings_has(&macs, mac))
                return error_set(error, ERROR_REFUSED,
                        "%s%s is another machine: it has %s, and not %s, which the configuration says",
                        session->config->bmc.base, state->path, words, mac);
        session->is_checked = true;
        return 0;
}

/* ---- the survey ---- */

struct bmc_asked {
        const struct question *question;
        struct session_with_bmc *session;
        struct bmc_state state;
};

struct bmc_asking {
        struct link *link;
        struct deadline deadline;
        ARRAY(struct bmc_asked) list;
        pthread_t thread;
        bool has_thread;
};

/* What goes wrong is what was seen. */
static void look_at_one(void *context, size_t index)
{
        struct bmc_asking *asking = context;
        struct bmc_asked *asked = &asking->list.items[index];
        const struct bmc_patience patience = {
                .deadline = deadline_min(asking->deadline, deadline_in_s(BMC_LOOK_S))};
        CLEANUP(error_done) struct error failure = {0};

        if (bmc_look(asked->session, asked->question->with_drive, &patience, &asked->state, &failure) == 0)
                return;
        bmc_close(asked->session); /* whoever comes back may have another key, or we */
        bmc_state_done(&asked->state);
        asked->state.config = asked->question->machine;
        asked->state.is_refused = failure.kind == ERROR_REFUSED;
        asked->state.why = STEAL(failure.text);
}

static void *look_at_all(void *context)
{
        struct bmc_asking *asking = context;

        parallel_run(asking->list.count, WIDTH, look_at_one, asking);
        return NULL;
}

struct bmc_asking *bmcs_ask(struct bmcs *bmcs, const struct survey *survey, struct deadline deadline)
{
        struct bmc_asking *asking = memory_new(1, sizeof(*asking));

        asking->link = bmcs->link;
        asking->deadline = deadline;
        for (array_each(const struct question, question, &survey->questions))
                if (question->kind == ASK_BMC)
                        *array_add(&asking->list) = (struct bmc_asked) {
                                .question = question,
                                .session = bmcs_find(bmcs, question->machine),
                        };
        asking->has_thread =
                asking->list.count > 0 && pthread_create(&asking->thread, NULL, look_at_all, asking) == 0;
        return asking;
}

int bmcs_answer(struct bmc_asking *asking, struct answers *answers, struct error *error)
{
        bool has_some = asking->list.count > 0;
        int result = 0;

        if (asking->has_thread)
                pthread_join(asking->thread, NULL);
        else
                look_at_all(asking);
        for (array_each(struct bmc_asked, asked, &asking->list))
                *array_add(&answers->bmcs) = asked->state;
        if (has_some)
                result = link_wait(asking->link, deadline_in_ms(0), error);
        array_free(&asking->list);
        free(asking);
        return result;
}
