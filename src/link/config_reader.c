/* Asking `ssh -G` about hosts.
 *
 * Theory of operation. Those who ask with the same user and port form a group. The first of them is its scout: ssh
 * is asked with -v, so that it names the files it reads, and the others wait for what comes of it. Where these files
 * are for everybody, the scout's answer is everybody's, but for the host's name; otherwise, and also when the scout
 * fails, each asks by itself, and gets its own error. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "link/config_reader.h"
#include "link/config_scope.h"
#include "link/helper.h"

#define LIMIT_S 10

enum scope { SCOPE_UNKNOWN, SCOPE_EVERYBODY, SCOPE_EACH };

struct group {
        struct group *next;
        char *user;
        unsigned port;
        enum scope scope;
        char *printed; /* SCOPE_EVERYBODY: what ssh says */
        struct config_request *scout;
};

struct config_request {
        struct config_request *next;
        struct config_reader *reader;
        struct group *group;
        const char *host;
        struct helper *helper; /* NULL: waits */
        struct job job;
        void (*done)(void *context, struct ssh_config *config, const struct error *error);
        void *context;
};

struct config_reader {
        struct loop *loop;
        struct group *groups;
        struct config_request *requests;
};

struct config_reader *config_reader_new(struct loop *loop)
{
        struct config_reader *reader = memory_new(1, sizeof(*reader));

        reader->loop = loop;
        return reader;
}

void config_reader_free(struct config_reader *reader)
{
        for (struct group *next, *group = reader->groups; group; group = next) {
                next = group->next;
                free(group->user);
                free(group->printed);
                free(group);
        }
        free(reader);
}

static struct group *group_of(struct config_reader *reader, const char *user, unsigned port)
{
        struct group *group = reader->groups;

        while (group && (group->port != port || !string_equal(group->user, user)))
                group = group->next;
        if (group)
                return group;
        group = memory_new(1, sizeof(*group));
        *group = (struct group) {.next = reader->groups, .user = string_copy(user), .port = port};
        reader->groups = group;
        return group;
}

static void begin(void *context);

/* Those who wait for it look again at what is known. */
static void dismiss_scout(struct group *group)
{
        struct config_request *scout = STEAL(group->scout);

        for (struct config_request *other = scout->reader->requests; other; other = other->next)
                if (other->group == group && other != scout && !other->helper)
                        loop_post(other->reader->loop, &other->job, begin, other);
}

static void request_free(struct config_request *request)
{
        struct config_request **at = &request->reader->requests;

        while (*at != request)
                at = &(*at)->next;
        *at = request->next;
        if (request->group->scout == request)
                dismiss_scout(request->group);
        loop_cancel(request->reader->loop, &request->job);
        free(request);
}

static void finish(struct config_request *request, struct ssh_config *config, const struct error *error)
{
        request->done(request->context, error_is_set(error) ? NULL : config, error);
        ssh_config_done(config);
        request_free(request);
}

/* What the scout has found; an empty config: nothing. */
static void conclude(struct group *group, const struct helper_result *result, const struct ssh_config *config)
{
        bool is_for_everybody = !result->was_too_slow &&
                                string_equal(config->host_name, group->scout->host) &&
                                config_log_is_for_everybody(&result->err);

        group->scope = is_for_everybody ? SCOPE_EVERYBODY : SCOPE_EACH;
        if (is_for_everybody)
                group->printed = string_copy(text_string(&result->out));
        dismiss_scout(group);
}

static void answered(void *context, const struct helper_result *result)
{
        struct config_request *request = context;
        CLEANUP(error_done) struct error error = {0};
        struct ssh_config config = {0};
        bool is_scout = request->group->scout == request;

        request->helper = NULL;
        if (!result->out.length)
                error_set(&error, ERROR_CONFIG, "ssh -G %s: %s", request->host, helper_complaint(result));
        else
                ssh_config_parse(text_string(&result->out), request->host, &config, &error);
        if (is_scout)
                conclude(request->group, result, &config);
        if (is_scout && error_is_set(&error)) /* is easier to read without -v */
                begin(request);
        else
                finish(request, &config, &error);
}

static void ask_ssh(struct config_request *request, const char *option)
{
        const struct group *group = request->group;
        CLEANUP(string_free) char *port = string_format("%u", group->port);
        CLEANUP(error_done) struct error error = {0};
        const char *argv[10] = {"ssh", option};
        int count = 2;

        if (group->port) {
                argv[count++] = "-p";
                argv[count++] = port;
        }
        if (*group->user) {
                argv[count++] = "-l";
                argv[count++] = group->user;
        }
        argv[count++] = "--";
        argv[count] = request->host;
        helper_start(request->reader->loop, argv, LIMIT_S, answered, request, &request->helper, &error);
        if (error_is_set(&error))
                finish(request, &(struct ssh_config) {0}, &error);
}

/* What ssh said about the scout's host holds for this one, which has another name. */
static void repeat(struct config_request *request)
{
        CLEANUP(error_done) struct error error = {0};
        struct ssh_config config = {0};

        if (ssh_config_parse(request->group->printed, request->host, &config, &error) == 0)
                string_replace(&config.host_name, request->host);
        finish(request, &config, &error);
}

static void begin(void *context)
{
        struct config_request *request = context;
        struct group *group = request->group;

        if (group->scope == SCOPE_UNKNOWN && !config_program_is_binary("ssh"))
                group->scope = SCOPE_EACH;
        if (group->scope == SCOPE_EACH || !config_host_is_plain(request->host)) {
                ask_ssh(request, "-G");
        } else if (group->scope == SCOPE_EVERYBODY) {
                repeat(request);
        } else if (!group->scout) {
                group->scout = request;
                ask_ssh(request, "-vG");
        }
}

struct config_request *config_reader_ask(struct config_reader *reader, const struct config_question *question,
        void (*done)(void *context, struct ssh_config *config, const struct error *error), void *context)
{
        struct config_request *request = memory_new(1, sizeof(*request));

        *request = (struct config_request) {
                .next = reader->requests,
                .reader = reader,
                .group = group_of(reader, question->user, question->port),
                .host = question->host,
                .done = done,
                .context = context,
        };
        reader->requests = request;
        loop_post(reader->loop, &request->job, begin, request);
        return request;
}

void config_request_cancel(struct config_request *request)
{
        if (!request)
                return;
        helper_cancel(request->helper);
        request_free(request);
}
