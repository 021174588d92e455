/* The user's SSH agent: its protocol (draft-miller-ssh-agent) has one answer to each request, in order. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/wire_string.h"
#include "link/agent.h"
#include "link/key_file.h"

#define ANSWER_S       5
#define LARGEST_ANSWER (256 * 1024)

enum {
        REQUEST_IDENTITIES = 11,
        IDENTITIES_ANSWER = 12,
        SIGN_REQUEST = 13,
        SIGN_RESPONSE = 14,
        RSA_SHA2_256 = 2,
        RSA_SHA2_512 = 4,
};

struct agent {
        struct loop *loop;
        char *path;
        int fd; /* -1: failed */
        struct watch watch;
        struct timer limit;
        struct text request; /* what of it is still to be sent */
        struct text answer;  /* as far as it has come, with its length in front */
        bool is_asked;
        bool is_listed;
        struct agent_keys keys;
        char *error;
        void (*changed)(void *context);
        void *context;
};

static void keys_done(struct agent_keys *keys)
{
        for (array_each(struct agent_key, key, &keys->list)) {
                free(key->public_key);
                free(key->type);
                free(key->comment);
        }
        array_free(&keys->list);
}

void agent_free(struct agent *agent)
{
        if (!agent)
                return;
        watch_end(&agent->watch);
        timer_end(&agent->limit);
        fd_close(&agent->fd);
        text_done(&agent->request);
        text_done(&agent->answer);
        keys_done(&agent->keys);
        free(agent->path);
        free(agent->error);
        free(agent);
}

const char *agent_error(const struct agent *agent)
{
        return agent->error ? agent->error : "the agent has not failed";
}

static void fail(struct agent *agent, const char *what)
{
        watch_end(&agent->watch);
        timer_end(&agent->limit);
        fd_close(&agent->fd);
        free(agent->error);
        agent->error = string_format("the agent at %s %s", agent->path, what);
}

static void limit_expired(void *context)
{
        struct agent *agent = context;

        fail(agent, "did not answer within 5 s");
        agent->changed(agent->context);
}

static void put_number(struct text *text, size_t number)
{
        const unsigned char bytes[4] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
                (unsigned char)(number >> 8), (unsigned char)number};

        text_add_n(text, (const char *)bytes, sizeof(bytes));
}

static void put_string(struct text *text, const void *bytes, size_t count)
{
        put_number(text, count);
        text_add_n(text, bytes, count);
}

static void send_request(struct agent *agent)
{
        ssize_t count =
                send(agent->fd, agent->request.data, agent->request.length, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (count < 0 && errno != EAGAIN) {
                fail(agent, "closed the connection");
        } else if (count > 0) {
                memmove(agent->request.data, agent->request.data + count,
                        agent->request.length - (size_t)count);
                agent->request.length -= (size_t)count;
        }
}

static void ask(struct agent *agent, const struct text *message)
{
        text_clear(&agent->request);
        text_clear(&agent->answer);
        put_string(&agent->request, message->data, message->length);
        agent->is_asked = true;
        timer_set(&agent->limit, agent->loop, deadline_in_s(ANSWER_S), limit_expired, agent);
        send_request(agent);
}

static size_t read_number(const struct text *text, size_t at)
{
        const unsigned char *bytes = (const unsigned char *)text->data + at;

        return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

static bool is_answered(const struct agent *agent)
{
        return agent->answer.length >= 5 && agent->answer.length >= 4 + read_number(&agent->answer, 0);
}

static void agent_ready(void *context)
{
        struct agent *agent = context;
        char bytes[4096];
        ssize_t count = -1;

        if (agent->request.length)
                send_request(agent);
        while (agent->fd >= 0 && (count = recv(agent->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
                text_add_n(&agent->answer, bytes, (size_t)count);
                if (agent->answer.length > LARGEST_ANSWER)
                        fail(agent, "answers without end");
        }
        if (agent->fd >= 0 && !is_answered(agent) && (count == 0 || errno != EAGAIN))
                fail(agent, "closed the connection");
        if (is_answered(agent))
                timer_end(&agent->limit);
        agent->changed(agent->context);
}

struct agent *agent_new(struct loop *loop, const char *path, void (*changed)(void *context), void *context)
{
        struct agent *agent = memory_new(1, sizeof(*agent));
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        *agent = (struct agent) {.loop = loop,
                .path = string_copy(path),
                .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                .changed = changed,
                .context = context};
        strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
        if (agent->fd < 0 || connect(agent->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
                fail(agent, "can't be reached");
        else
                watch_begin(&agent->watch, loop, agent->fd, agent_ready, agent);
        return agent;
}

/* The body of the answer of this type; NULL: it is another. */
static const unsigned char *body(struct agent *agent, unsigned char type, const unsigned char **ret_end)
{
        const unsigned char *answer = (const unsigned char *)agent->answer.data;

        agent->is_asked = false;
        *ret_end = answer + 4 + read_number(&agent->answer, 0);
        return answer[4] == type ? answer + 5 : NULL;
}

static int read_keys(struct agent *agent)
{
        const unsigned char *end, *at = body(agent, IDENTITIES_ANSWER, &end);
        size_t count;

        if (!at || end - at < 4)
                return -1;
        count = read_number(&agent->answer, 5);
        at += 4;
        while (count--) {
                size_t key_length, comment_length, type_length;
                const unsigned char *key = wire_string(&at, end, &key_length);
                const unsigned char *comment = wire_string(&at, end, &comment_length);
                const unsigned char *inner = key, *type;
                struct agent_key *entry;

                if (!key || !comment)
                        return -1;
                type = wire_string(&inner, key + key_length, &type_length);
                if (!type)
                        return -1;
                entry = array_add(&agent->keys.list);
                entry->public_key = memory_new(key_length + 1, 1);
                memcpy(entry->public_key, key, key_length);
                entry->length = key_length;
                entry->type = string_copy_n((const char *)type, type_length);
                entry->comment = string_copy_n((const char *)comment, comment_length);
        }
        return 0;
}

enum wire_result agent_list(struct agent *agent, const struct agent_keys **ret_keys)
{
        if (!agent->is_listed && agent->fd >= 0 && !agent->is_asked)
                ask(agent, &(struct text) {.data = (char[]) {REQUEST_IDENTITIES}, .length = 1});
        if (!agent->is_listed && agent->fd >= 0 && is_answered(agent)) {
                if (read_keys(agent) < 0)
                        fail(agent, "gave an answer that makes no sense");
                else
                        agent->is_listed = true;
        }
        if (agent->fd < 0)
                return WIRE_BROKEN;
        if (!agent->is_listed)
                return WIRE_AGAIN;
        *ret_keys = &agent->keys;
        return WIRE_OK;
}

static int read_signature(struct agent *agent, unsigned char **ret_signature, size_t *ret_length)
{
        const unsigned char *end, *at = body(agent, SIGN_RESPONSE, &end), *inner, *bytes;
        size_t length, ignored;

        if (!at)
                return -1;
        inner = wire_string(&at, end, &length); /* holds the algorithm's name and the signature */
        if (!inner)
                return -1;
        end = inner + length;
        if (!wire_string(&inner, end, &ignored))
                return -1;
        bytes = wire_string(&inner, end, &length);
        if (!bytes)
                return -1;
        *ret_signature = memory_new(length + 1, 1);
        memcpy(*ret_signature, bytes, length);
        *ret_length = length;
        return 0;
}

enum wire_result agent_sign(struct agent *agent, const struct agent_key *key, const char *algorithm,
        const unsigned char *data, size_t length, unsigned char **ret_signature, size_t *ret_length)
{
        if (agent->fd >= 0 && !agent->is_asked) {
                CLEANUP(text_done) struct text message = {0};

                text_add_n(&message, (char[]) {SIGN_REQUEST}, 1);
                put_string(&message, key->public_key, key->length);
                put_string(&message, data, length);
                put_number(&message, strcmp(algorithm, "rsa-sha2-512") == 0   ? RSA_SHA2_512
                                     : strcmp(algorithm, "rsa-sha2-256") == 0 ? RSA_SHA2_256
                                                                              : 0);
                ask(agent, &message);
        }
        if (agent->fd < 0)
                return WIRE_BROKEN;
        if (!is_answered(agent))
                return WIRE_AGAIN;
        return read_signature(agent, ret_signature, ret_length) < 0 ? WIRE_REFUSED : WIRE_OK;
}
