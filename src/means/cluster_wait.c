/* Waiting for a cluster. What is waited for is watched: the objects that tell are asked for, then kept under watch from the version
 * on that they had, and asked for again as soon as one says something. So nothing is missed, no change is acted on late, and a
 * wait of hours costs next to nothing. Meanwhile its nodes' requests for certificates are seen to. */
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "base/record.h"
#include "means/cluster_parts.h"
#include "means/installer.h"
#include "means/parts.h"
#include "means/progress.h"

#define AGAIN_MS  1500  /* until an API that doesn't answer is asked again */
#define WATCH_MS  15000 /* then it is begun anew: what only time changes (an operator at rest) shows, too */
#define COMING_MS 2000  /* the same while there is something that can't be watched yet */
#define SETTLE_MS 300   /* changes come in crowds */
#define PATH_SIZE 256

struct waiting {
        const struct work *work;
        const struct cluster_config *config;
        enum cluster_stage stage;
        struct cluster_look look;
        char *lacks;              /* last; NULL: nothing */
        struct strings reported;  /* requests for certificates that were told of */
        struct strings guests_on; /* of its machines */
        int64_t began_ns, changed_ns;
};

static bool must_stop(void *context)
{
        const struct waiting *waiting = context;

        return progress_must_stop(waiting->work->progress);
}

static void tell(struct waiting *waiting, char *lacks)
{
        const struct means_progress *progress = waiting->work->progress;

        if (string_equal(lacks, waiting->lacks)) {
                free(lacks);
                return;
        }
        free(waiting->lacks);
        waiting->lacks = lacks;
        waiting->changed_ns = clock_now_ns();
        if (lacks && progress)
                progress->line(progress->context, lacks);
}

static void rest(const struct waiting *waiting, int ms)
{
        int left = deadline_left_ms(deadline_min(waiting->work->deadline, deadline_in_ms(ms)));
        const struct timespec moment = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L};

        nanosleep(&moment, NULL);
}

/* Until something has changed, or may have. */
static void watch(struct waiting *waiting)
{
        struct session_with_cluster *session = clusters_find(waiting->work->clusters, waiting->config);
        struct web_request requests[CLUSTER_QUESTIONS] = {0};
        char paths[CLUSTER_QUESTIONS][PATH_SIZE];
        size_t count = 0, watchable = 0;

        for (int i = 0; i < CLUSTER_QUESTIONS; i++) {
                if (i == CLUSTER_ASK_VERSION ||
                        !cluster_is_asked(waiting->config->flavor, (enum cluster_question)i))
                        continue;
                watchable++;
                if (!cluster_watch_path(
                            (enum cluster_question)i, waiting->look.versions[i], paths[count], PATH_SIZE))
                        continue;
                requests[count].path = paths[count];
                count++;
        }
        web_watch(session->web, requests, count,
                deadline_min(
                        waiting->work->deadline, deadline_in_ms(count < watchable ? COMING_MS : WATCH_MS)),
                must_stop, waiting);
        rest(waiting, SETTLE_MS);
}

/* ---- requests for certificates ---- */

static char *approval(const struct csr *request)
{
        struct record *object = record_new(), *condition;

        record_string(record_object(object, "metadata"), "resourceVersion", request->version);
        condition = record_list_object(record_list(record_object(object, "status"), "conditions"));
        record_string(condition, "type", "Approved");
        record_string(condition, "status", "True");
        record_string(condition, "reason", "ApprovedByProvision");
        record_string(
                condition, "message", "a declared node asks for it, and every field is as it should be");
        return record_take(object);
}

static void say(const struct waiting *waiting, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(const struct waiting *waiting, const char *format, ...)
{
        const struct means_progress *progress = waiting->work->progress;
        CLEANUP(string_free) char *line = NULL;
        va_list arguments;

        va_start(arguments, format);
        line = string_vformat(format, arguments);
        va_end(arguments);
        if (progress)
                progress->line(progress->context, line);
}

/* That version of it, and no other. What comes of it shows in the next look: a conflict is judged anew. */
static void approve(const struct waiting *waiting, const struct csr *request)
{
        struct session_with_cluster *session = clusters_find(waiting->work->clusters, waiting->config);
        CLEANUP(string_free) char *body = approval(request);
        CLEANUP(string_free)
        char *path = string_format("%s/%s/approval", cluster_path(CLUSTER_ASK_REQUESTS), request->name);
        const struct web_request patch = {
                .method = "PATCH", .path = path, .type = "application/merge-patch+json", .body = body};
        CLEANUP(web_answer_done) struct web_answer answer = {0};
        CLEANUP(error_done) struct error failure = {0};

        if (web_ask(session->web, &patch, 1,
                    deadline_min(waiting->work->deadline, deadline_in_s(CLUSTER_LOOK_S)), &answer,
                    &failure) < 0)
                say(waiting, "the request %s couldn't be approved: %s", request->name, error_text(&failure));
        else if (answer.status == 200)
                say(waiting, "approved the request %s of %s, for %s", request->name, request->common_name,
                        request->signer);
        else if (answer.status != 409)
                say(waiting, "the request %s couldn't be approved: status %ld", request->name, answer.status);
}

static bool can_be_named(const struct csr *request)
{
        return request->name && request->version && *request->name &&
               strspn(request->name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(request->name);
}

/* True: something was approved, so it is worth looking again. */
static bool see_to_requests(struct waiting *waiting)
{
        const struct cluster_state *state = &waiting->look.state;
        bool has_approved = false;

        for (array_each(const struct csr, request, &state->requests)) {
                CLEANUP(string_free) char *why = NULL;
                enum csr_verdict verdict = cluster_judge(state, request, &why);

                if (!can_be_named(request))
                        continue;
                if (verdict == CSR_APPROVE) {
                        approve(waiting, request);
                        has_approved = true;
                } else if (verdict == CSR_REPORT && !strings_has(&waiting->reported, request->name)) {
                        strings_add(&waiting->reported, request->name);
                        say(waiting, "the request for a certificate %s isn't approved: %s", request->name,
                                why);
                }
        }
        return has_approved;
}

static int give_up(const struct waiting *waiting, struct error *error)
{
        long long waited_s = (long long)((clock_now_ns() - waiting->began_ns) / 1000000000);
        CLEANUP(strings_done) struct strings story = {0};
        long long same_s = (long long)((clock_now_ns() - waiting->changed_ns) / 1000000000);

        cluster_tell_story(waiting->work->clusters, waiting->config, waiting->stage, &story);
        for (array_each(char *, line, &story))
                say(waiting, "%s", *line);
        return error_set(error, ERROR_DEADLINE, "after %lld s %s (seen so for %lld s)", waited_s,
                waiting->lacks, same_s);
}

static int check_guests(struct waiting *waiting, struct error *error)
{
        CLEANUP(strings_done) struct strings console = {0};

        if (cluster_check_guests(waiting->work, waiting->config, &waiting->guests_on, &console, error) == 0)
                return 0;
        for (array_each(char *const, line, &console))
                say(waiting, "%s", *line);
        return error_prefix(error, "%s", waiting->lacks);
}

/* While a cluster is being made its API may not know yet what we may; our kubeconfig is as it is. */
static bool is_final(const struct waiting *waiting)
{
        return waiting->config->flavor == CLUSTER_EXISTING ||
               !clusters_find(waiting->work->clusters, waiting->config)->kubeconfig.base;
}

static int wait_for(struct waiting *waiting, struct error *error)
{
        for (;;) {
                struct cluster_state *state = &waiting->look.state;

                if (cluster_look_at(waiting->work->clusters, waiting->config, waiting->work->deadline,
                            &waiting->look, error) < 0)
                        return -1;
                if (state->answers && installer_note_answered(waiting->config, error) < 0)
                        return -1;
                if (state->is_refused && is_final(waiting))
                        return error_set(error, ERROR_REFUSED, "%s", state->why);
                /* What the end of the time itself cut off tells nothing. */
                if (state->answers || !waiting->lacks || !deadline_passed(waiting->work->deadline))
                        tell(waiting, cluster_lacks(state, waiting->stage));
                if (!waiting->lacks)
                        return 0;
                if (deadline_passed(waiting->work->deadline))
                        return give_up(waiting, error);
                if (must_stop(waiting))
                        return error_set(
                                error, ERROR_INTERRUPTED, "no longer waited for; %s", waiting->lacks);
                if (check_guests(waiting, error) < 0)
                        return -1;
                if (!state->answers)
                        rest(waiting, AGAIN_MS);
                else if (!see_to_requests(waiting))
                        watch(waiting);
                else
                        rest(waiting, SETTLE_MS);
        }
}

int cluster_wait(const struct work *work, struct error *error)
{
        struct waiting waiting = {
                .work = work,
                .config = work->step->cluster.config,
                .stage = work->step->cluster.stage,
                .began_ns = clock_now_ns(),
                .changed_ns = clock_now_ns(),
        };
        int result = installer_note_begun(waiting.config, error);

        if (result == 0)
                result = wait_for(&waiting, error);

        cluster_look_done(&waiting.look);
        free(waiting.lacks);
        strings_done(&waiting.reported);
        strings_done(&waiting.guests_on);
        return result;
}
