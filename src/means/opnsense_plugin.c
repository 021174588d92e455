/* Installing an OPNsense's plugin os-haproxy. What it says about that means little: "ok" is that it has heard; its log is that of the
 * installation before until a new one has begun; and a package that it doesn't have, or won't take before it is updated itself, ends
 * as "done", too. So the log has to become another, and what counts is what is installed. Its web server may be started anew
 * meanwhile: what isn't answered is asked again. */
#include <string.h>
#include <time.h>

#include "means/opnsense_parts.h"
#include "means/progress.h"

#define SERVICES (1U << OPNSENSE_SERVICES)
#define PLUGIN   "os-haproxy"
#define INFO     "/api/core/firmware/info"
#define RUNNING  "/api/core/firmware/running"
#define INSTALL  "/api/core/firmware/install/" PLUGIN
#define PROGRESS "/api/core/firmware/upgradestatus"
#define AGAIN_MS 1000

struct installing {
        const struct work *work;
        struct session_with_opnsense *session;
        char *before, *log; /* of the installation before, and of this one */
};

static void installing_done(struct installing *installing)
{
        free(installing->before);
        free(installing->log);
}

static int ask(struct installing *installing, const char *path, struct json **ret_json, struct error *error)
{
        return opnsense_ask(installing->session, path, NULL, OPNSENSE_APPLY_S, installing->work->deadline,
                ret_json, error);
}

/* The answer to a question of the wait: 1: it has come; 0: not yet, also while it doesn't answer. */
typedef int question(struct installing *installing, struct error *error);

static int wait_until(struct installing *installing, question *is_so, const char *what, struct error *error)
{
        const struct work *work = installing->work;
        const struct timespec pause = {.tv_sec = AGAIN_MS / 1000, .tv_nsec = AGAIN_MS % 1000 * 1000000L};

        for (;;) {
                CLEANUP(error_done) struct error failure = {0};
                int result = is_so(installing, &failure);

                if (result > 0)
                        return 0;
                if (failure.kind == ERROR_REFUSED || failure.kind == ERROR_INTERRUPTED)
                        return error_move(error, &failure);
                if (link_wait(work->link, deadline_in_ms(0), error) < 0)
                        return -1;
                if (progress_must_stop(work->progress))
                        return error_set(error, ERROR_INTERRUPTED, "no longer waited for");
                if (deadline_passed(work->deadline))
                        return error_set(error, ERROR_DEADLINE, "OPNsense %s: %s%s%s",
                                installing->session->config->name, what, result < 0 ? ": " : "",
                                result < 0 ? error_text(&failure) : "");
                nanosleep(&pause, NULL);
        }
}

static int is_free(struct installing *installing, struct error *error)
{
        CLEANUP(json_free) struct json *json = NULL;

        if (ask(installing, RUNNING, &json, error) < 0)
                return -1;
        return string_equal(json_text_at(json, "status"), "ready");
}

static int has_ended(struct installing *installing, struct error *error)
{
        CLEANUP(json_free) struct json *json = NULL;
        const char *log;

        if (ask(installing, PROGRESS, &json, error) < 0)
                return -1;
        log = json_text_at(json, "log");
        if (!log || string_equal(log, installing->before))
                return 0;
        string_replace(&installing->log, log);
        return !string_equal(json_text_at(json, "status"), "running");
}

static int has_haproxy(struct installing *installing, struct error *error)
{
        CLEANUP(opnsense_state_done) struct opnsense_state state = {0};

        if (opnsense_look(
                    installing->session, SERVICES, SERVICES, installing->work->deadline, &state, error) < 0)
                return -1;
        return state.has_haproxy;
}

static int is_installed(struct installing *installing, struct error *error)
{
        CLEANUP(json_free) struct json *json = NULL;
        const struct json *plugins;

        if (ask(installing, INFO, &json, error) < 0)
                return -1;
        plugins = json_member(json, "plugin");
        for (size_t i = 0; i < json_count(plugins); i++)
                if (string_equal(json_text_at(json_item(plugins, i), "name"), PLUGIN))
                        return string_equal(json_text_at(json_item(plugins, i), "installed"), "1");
        return 0;
}

/* The last line of its log that isn't a mark, owned by the caller: "Installation out of date. The update to … is required." */
static char *last_words(const char *log)
{
        CLEANUP(string_free) char *last = string_copy("nothing");

        while (log && *log) {
                size_t length = strcspn(log, "\r\n");

                if (length > 0 && strncmp(log, "***", 3) != 0) {
                        free(last);
                        last = string_copy_n(log, length);
                }
                log += length + (log[length] != '\0');
        }
        return STEAL(last);
}

static int install(struct installing *installing, struct error *error)
{
        const struct work *work = installing->work;
        CLEANUP(json_free) struct json *json = NULL;

        if (wait_until(installing, is_free, "it is busy with another installation", error) < 0 ||
                ask(installing, PROGRESS, &json, error) < 0)
                return -1;
        installing->before = string_copy(json_text_at(json, "log"));
        if (opnsense_tell(installing->session, INSTALL, "{}", "ok", OPNSENSE_APPLY_S, work->deadline, error) <
                0)
                return -1;
        return wait_until(
                installing, has_ended, "the installation of " PLUGIN " doesn't come to its end", error);
}

static int ensure(struct installing *installing, struct error *error)
{
        CLEANUP(string_free) char *words = NULL;
        int result = is_installed(installing, error);

        if (result == 0) {
                if (install(installing, error) < 0)
                        return -1;
                result = is_installed(installing, error);
                words = last_words(installing->log);
        }
        if (result < 0)
                return -1;
        if (result == 0)
                return error_set(error, ERROR_FAILED,
                        "OPNsense %s has not installed its plugin " PLUGIN
                        ", and says last: %.200s (System: Firmware: "
                        "Plugins)",
                        installing->session->config->name, words);
        return wait_until(installing, has_haproxy,
                "its plugin " PLUGIN " is installed, and its API isn't there", error);
}

int opnsense_install_plugin(const struct work *work, struct error *error)
{
        CLEANUP(installing_done) struct installing installing = {.work = work};

        if (opnsense_open(work->opnsenses, work->step->opnsense.members[0], work->deadline,
                    &installing.session, error) < 0)
                return -1;
        return ensure(&installing, error);
}
