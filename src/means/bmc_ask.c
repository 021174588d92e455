/* Asking a BMC: one that is busy, that does what it is told in its own time, or that says no. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "means/bmc_parts.h"
#include "means/progress.h"

#define MOST_PAUSES  6
#define PAUSE_S      2 /* where it doesn't say how long */
#define MOST_PAUSE_S 30
#define TASK_MS      1000
#define NAP_MS       250

#define OK           200
#define BEHIND_OK    300
#define ACCEPTED     202
#define UNAUTHORIZED 401
#define FORBIDDEN    403
#define NOT_FOUND    404
#define TOO_MANY     429
#define UNAVAILABLE  503

static bool must_stop(const struct bmc_patience *patience)
{
        return patience->work && progress_must_stop(patience->work->progress);
}

bool bmc_rest(const struct bmc_patience *patience, int ms)
{
        struct deadline end = deadline_in_ms(ms);

        while (!deadline_passed(end)) {
                int left_ms = deadline_left_ms(deadline_min(end, deadline_in_ms(NAP_MS)));
                const struct timespec moment = {.tv_nsec = left_ms * 1000000L};

                if (must_stop(patience) || deadline_passed(patience->deadline))
                        return false;
                nanosleep(&moment, NULL);
        }
        return true;
}

static int interrupted(const struct bmc_patience *patience, struct error *error)
{
        return must_stop(patience) ? error_set(error, ERROR_INTERRUPTED, "no longer waited for")
                                   : error_set(error, ERROR_DEADLINE, "its time is up");
}

/* With a bound: one that is busy for ever is told of. */
static int ask_until_free(struct session_with_bmc *session, const struct web_request *request,
        const struct bmc_patience *patience, struct web_answer *ret_answer, struct error *error)
{
        for (int pauses = 0;; pauses++) {
                int pause_s;

                if (web_ask_twice(session->web, request, 1, patience->deadline, ret_answer, error) < 0)
                        return -1;
                if ((ret_answer->status != UNAVAILABLE && ret_answer->status != TOO_MANY) ||
                        pauses == MOST_PAUSES)
                        return 0;
                pause_s = ret_answer->pause_s ? ret_answer->pause_s : PAUSE_S;
                web_answer_done(ret_answer);
                if (!bmc_rest(patience, (pause_s < MOST_PAUSE_S ? pause_s : MOST_PAUSE_S) * 1000))
                        return interrupted(patience, error),
                               error_prefix(error, "%s is busy", session->config->bmc.base);
        }
}

static int refuse(const struct session_with_bmc *session, const struct web_request *request,
        const struct web_answer *answer, struct error *error)
{
        CLEANUP(string_free) char *why = bmc_read_failure(answer);
        const struct machine_config *config = session->config;

        if (answer->status == UNAUTHORIZED)
                return error_set(error, ERROR_REFUSED, "%s refuses the login in %s: %s", config->bmc.base,
                        config->credentials, why);
        return error_set(error,
                answer->status == FORBIDDEN || answer->status == NOT_FOUND ? ERROR_REFUSED : ERROR_FAILED,
                "%s%s: %s", config->bmc.base, request->path, why);
}

/* ---- what it does in its own time ---- */

/* Where it is asked how far it has come; owned by the caller. */
static char *find_monitor(const struct web_answer *answer)
{
        CLEANUP(json_free) struct json *json = NULL;
        CLEANUP(error_done) struct error none = {0}; /* then it is no JSON, and names nothing */

        if (answer->location)
                return bmc_read_path(answer->location);
        json_read(text_string(&answer->body), answer->body.length, &json, &none);
        return bmc_read_path(json_text_at(json, "@odata.id"));
}

/* A monitor says 202 for as long as it goes on, and then what the request would have said; a task says 200 and how it is. */
static enum bmc_task see_task(const struct web_answer *answer)
{
        CLEANUP(json_free) struct json *json = NULL;
        CLEANUP(error_done) struct error none = {0}; /* a monitor that has nothing more to say */

        if (answer->status == ACCEPTED)
                return BMC_TASK_RUNS;
        if (answer->status < OK || answer->status >= BEHIND_OK)
                return BMC_TASK_FAILED;
        if (answer->body.length == 0 ||
                json_read(text_string(&answer->body), answer->body.length, &json, &none) < 0 ||
                !json_text_at(json, "TaskState"))
                return BMC_TASK_DONE;
        return bmc_read_task(json);
}

/* A monitor that is gone has done what it was for: a BMC keeps it for a while only. */
static int follow(struct session_with_bmc *session, const struct web_request *request,
        const struct bmc_patience *patience, struct web_answer *answer, struct error *error)
{
        CLEANUP(string_free) char *path = find_monitor(answer);
        const struct web_request again = {.path = path};
        enum bmc_task task = BMC_TASK_RUNS;

        while (path && task == BMC_TASK_RUNS) {
                if (!bmc_rest(patience, answer->pause_s ? answer->pause_s * 1000 : TASK_MS))
                        return interrupted(patience, error);
                web_answer_done(answer);
                if (ask_until_free(session, &again, patience, answer, error) < 0)
                        return -1;
                task = answer->status == NOT_FOUND ? BMC_TASK_DONE : see_task(answer);
        }
        return task == BMC_TASK_FAILED ? refuse(session, request, answer, error) : 0;
}

int bmc_ask(struct session_with_bmc *session, const struct web_request *request,
        const struct bmc_patience *patience, struct web_answer *ret_answer, struct error *error)
{
        CLEANUP(web_answer_done) struct web_answer answer = {0};

        if (ask_until_free(session, request, patience, &answer, error) < 0)
                return -1;
        if (answer.status >= BEHIND_OK && answer.status < 400 && !request->method) {
                CLEANUP(string_free) char *path = bmc_read_path(answer.location);
                const struct web_request there = {.path = path};

                web_answer_done(&answer);
                if (!path)
                        return error_set(error, ERROR_REFUSED, "%s%s leads elsewhere",
                                session->config->bmc.base, request->path);
                if (ask_until_free(session, &there, patience, &answer, error) < 0)
                        return -1;
        }
        if (answer.status < OK || answer.status >= BEHIND_OK)
                return refuse(session, request, &answer, error);
        if (answer.status == ACCEPTED && follow(session, request, patience, &answer, error) < 0)
                return -1;
        *ret_answer = answer;
        answer = (struct web_answer) {0};
        return 0;
}

int bmc_get(struct session_with_bmc *session, const char *path, const struct bmc_patience *patience,
        struct json **ret_json, char **ret_etag, struct error *error)
{
        CLEANUP(web_answer_done) struct web_answer answer = {0};

        if (bmc_ask(session, &(const struct web_request) {.path = path}, patience, &answer, error) < 0)
                return -1;
        if (json_read(text_string(&answer.body), answer.body.length, ret_json, error) < 0)
                return error_prefix(error, "%s%s doesn't answer in JSON", session->config->bmc.base, path);
        if (ret_etag)
                *ret_etag = STEAL(answer.etag);
        return 0;
}
