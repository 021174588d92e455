/* Asking by libcurl: all requests of a call in one multi handle, over one connection where the server speaks HTTP/2. */
#include "means/web.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "base/library.h"
#include "means/means.h"
#include "base/memory.h"

#define LARGEST   ((size_t)64 << 20) /* of one answer: a cluster of a thousand nodes has some 20 MiB of them */
#define NAP_MS    250
#define MOMENT_MS 2000

#define FUNCTIONS(X)                \
        X(curl_global_init_mem)     \
        X(curl_version_info)        \
        X(curl_easy_init)           \
        X(curl_easy_setopt)         \
        X(curl_easy_getinfo)        \
        X(curl_easy_strerror)       \
        X(curl_easy_cleanup)        \
        X(curl_multi_init)          \
        X(curl_multi_add_handle)    \
        X(curl_multi_remove_handle) \
        X(curl_multi_perform)       \
        X(curl_multi_poll)          \
        X(curl_multi_info_read)     \
        X(curl_multi_cleanup)       \
        X(curl_slist_append)        \
        X(curl_slist_free_all)

#define POINTER(name) __typeof__(&(name)) name;
#define ENTRY(name)   {#name, (void **)&curl.name},

static struct {
        FUNCTIONS(POINTER)
} curl;

struct web {
        struct link *link;
        struct web_server server;
        const char *socket; /* lent by the link */
        CURLM *multi;       /* keeps the connection between calls */
};

/* One request under way. */
struct transfer {
        CURL *easy;
        struct curl_slist *headers;
        struct web_answer *answer; /* or NULL */
        bool has_said;             /* where only whether anything comes counts */
        bool is_over;
        CURLcode result;
        char why[CURL_ERROR_SIZE];
};

/* ---- the library ---- */

/* It has keys and tokens in its buffers, and doesn't overwrite them itself. */
static void free_overwritten(void *memory)
{
        if (memory)
                explicit_bzero(memory, malloc_usable_size(memory));
        free(memory);
}

static void *resize_overwritten(void *old, size_t size)
{
        void *fresh = malloc(size);
        size_t had = old ? malloc_usable_size(old) : 0;

        if (fresh && old) {
                memcpy(fresh, old, had < size ? had : size);
                free_overwritten(old);
        }
        return fresh;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *missing;

static void load(void)
{
        static const struct library_function functions[] = {FUNCTIONS(ENTRY)};

        missing = library_load("libcurl.so.4", functions, sizeof(functions) / sizeof(functions[0]));
        if (!missing && curl.curl_global_init_mem(CURL_GLOBAL_ALL, malloc, free_overwritten,
                                resize_overwritten, strdup, calloc) != 0)
                missing = "curl_global_init_mem";
}

static int need_library(struct error *error)
{
        pthread_once(&once, load);
        if (!missing)
                return 0;
        return error_set(error, ERROR_FAILED,
                "libcurl 7.85 or later is needed, and %s isn't there: install the package that has "
                "libcurl.so.4",
                missing);
}

const char *means_web_version(void)
{
        pthread_once(&once, load);
        return missing ? "is not there" : curl.curl_version_info(CURLVERSION_NOW)->version;
}

/* ---- one server ---- */

int web_open(struct link *link, const struct web_server *server, struct web **ret_web, struct error *error)
{
        struct web *web;
        const char *socket;

        if (need_library(error) < 0 || link_listen_tcp(link, server->host, server->port, &socket, error) < 0)
                return -1;
        web = memory_new(1, sizeof(*web));
        *web = (struct web) {
                .link = link, .server = *server, .socket = socket, .multi = curl.curl_multi_init()};
        *ret_web = web;
        return 0;
}

void web_close(struct web *web)
{
        if (!web)
                return;
        curl.curl_multi_cleanup(web->multi);
        free(web);
}

/* ---- one request ---- */

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
        struct transfer *transfer = context;

        if (!transfer->answer) {
                long status = 0;

                curl.curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
                transfer->has_said = status == 200;
                return size * count;
        }
        if (transfer->answer->body.length + size * count > LARGEST)
                return 0;
        text_add_n(&transfer->answer->body, bytes, size * count);
        return size * count;
}

static size_t take_header(char *line, size_t size, size_t count, void *context)
{
        const struct transfer *transfer = context;

        if (transfer->answer)
                web_take_header(transfer->answer, line, size * count);
        return size * count;
}

#define SET(option, value) curl.curl_easy_setopt(transfer->easy, option, value)

static void set_identity(struct transfer *transfer, const struct web_server *server)
{
        struct curl_blob blob = {.flags = CURL_BLOB_NOCOPY};

#define SET_BLOB(option, text)                                        \
        if (text) {                                                   \
                blob.data = (void *)(text);                           \
                blob.len = strlen(text);                              \
                curl.curl_easy_setopt(transfer->easy, option, &blob); \
        }
        SET(CURLOPT_CAINFO, NULL); /* the machine's own, which Debian's has as its default */
        SET(CURLOPT_CAPATH, NULL);
        SET_BLOB(CURLOPT_CAINFO_BLOB, server->ca)
        SET_BLOB(CURLOPT_SSLCERT_BLOB, server->certificate)
        SET_BLOB(CURLOPT_SSLKEY_BLOB, server->key)
#undef SET_BLOB
        SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        if (server->pin) {
                SET(CURLOPT_PINNEDPUBLICKEY, server->pin);
                SET(CURLOPT_SSL_VERIFYPEER, server->ca ? 1L : 0L);
                SET(CURLOPT_SSL_VERIFYHOST, server->ca ? 2L : 0L);
        }
        if (server->token) {
                SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
                SET(CURLOPT_XOAUTH2_BEARER, server->token);
        }
        if (server->login) {
                SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
                SET(CURLOPT_USERPWD, server->login);
        }
}

static void add_header(struct transfer *transfer, const char *name, const char *value)
{
        CLEANUP(string_free) char *header = string_format("%s: %s", name, value);

        transfer->headers = curl.curl_slist_append(transfer->headers, header);
}

static void transfer_begin(struct transfer *transfer, struct web *web, const struct web_request *request,
        struct deadline deadline)
{
        CLEANUP(string_free) char *url = string_format("%s%s", web->server.base, request->path);
        long left_ms = deadline_left_ms(deadline);

        transfer->easy = curl.curl_easy_init();
        SET(CURLOPT_URL, url);
        SET(CURLOPT_PROTOCOLS_STR, "https");
        SET(CURLOPT_UNIX_SOCKET_PATH, web->socket);
        SET(CURLOPT_PROXY, "");
        SET(CURLOPT_NOSIGNAL, 1L);
        SET(CURLOPT_PIPEWAIT, 1L);
        SET(CURLOPT_TIMEOUT_MS, left_ms < 0 ? 0L : left_ms ? left_ms : 1L);
        SET(CURLOPT_ERRORBUFFER, transfer->why);
        SET(CURLOPT_PRIVATE, transfer);
        SET(CURLOPT_WRITEFUNCTION, take);
        SET(CURLOPT_WRITEDATA, transfer);
        SET(CURLOPT_HEADERFUNCTION, take_header);
        SET(CURLOPT_HEADERDATA, transfer);
        SET(CURLOPT_USERAGENT, "provision/" VERSION);
        if (request->etag)
                add_header(transfer, "If-Match", request->etag);
        if (request->body) {
                add_header(transfer, "Content-Type", request->type);
                SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(request->body));
                SET(CURLOPT_POSTFIELDS, request->body);
        }
        if (transfer->headers)
                SET(CURLOPT_HTTPHEADER, transfer->headers);
        if (request->method)
                SET(CURLOPT_CUSTOMREQUEST, request->method);
        set_identity(transfer, &web->server);
        curl.curl_multi_add_handle(web->multi, transfer->easy);
}

static void transfer_end(struct transfer *transfer, struct web *web)
{
        curl.curl_multi_remove_handle(web->multi, transfer->easy);
        curl.curl_easy_cleanup(transfer->easy);
        curl.curl_slist_free_all(transfer->headers);
}

/* ---- all of a call's ---- */

struct call {
        struct web *web;
        struct transfer *transfers;
        size_t count;
};

static void call_begin(struct call *call, const struct web_request *requests, struct deadline deadline,
        struct web_answer *answers)
{
        call->transfers = memory_new(call->count, sizeof(*call->transfers));
        for (size_t i = 0; i < call->count; i++) {
                call->transfers[i].answer = answers ? &answers[i] : NULL;
                transfer_begin(&call->transfers[i], call->web, &requests[i], deadline);
        }
}

static void call_done(struct call *call)
{
        for (size_t i = 0; i < call->count; i++)
                transfer_end(&call->transfers[i], call->web);
        free(call->transfers);
}

/* Lets everything go on that can. */
static void go_on(struct call *call)
{
        struct CURLMsg *message;
        int running, left;

        curl.curl_multi_perform(call->web->multi, &running);
        while ((message = curl.curl_multi_info_read(call->web->multi, &left))) {
                struct transfer *transfer = NULL;

                if (message->msg != CURLMSG_DONE)
                        continue;
                curl.curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
                transfer->is_over = true;
                transfer->result = message->data.result;
        }
}

static bool all_are_over(const struct call *call)
{
        for (size_t i = 0; i < call->count; i++)
                if (!call->transfers[i].is_over)
                        return false;
        return true;
}

static bool any_has_said(const struct call *call)
{
        for (size_t i = 0; i < call->count; i++)
                if (call->transfers[i].has_said)
                        return true;
        return false;
}

/* The link knows best what became of it, and of the way to the port. */
static int fail(struct web *web, const struct transfer *transfer, struct error *error)
{
        CLEANUP(string_free)
        char *name = string_format("%s:%u", web->server.host, web->server.port), *why = NULL;

        if (link_wait(web->link, deadline_in_ms(0), error) < 0)
                return -1;
        if (link_stream_error(web->link, name, &why))
                return error_set(error, ERROR_FAILED, "%s: %s", name, why);
        if (transfer->result == CURLE_OPERATION_TIMEDOUT)
                return error_set(error, ERROR_DEADLINE, "%s doesn't answer", web->server.base);
        if (transfer->result == CURLE_WRITE_ERROR)
                return error_set(error, ERROR_FAILED, "%s answers with more than %zu MiB", web->server.base,
                        LARGEST >> 20);
        return error_set(error, ERROR_FAILED, "%s: %s", web->server.base,
                *transfer->why ? transfer->why : curl.curl_easy_strerror(transfer->result));
}

static int read_results(struct call *call, struct web_answer *answers, struct error *error)
{
        for (size_t i = 0; i < call->count; i++) {
                if (call->transfers[i].result != CURLE_OK)
                        return fail(call->web, &call->transfers[i], error);
                curl.curl_easy_getinfo(call->transfers[i].easy, CURLINFO_RESPONSE_CODE, &answers[i].status);
                if (!answers[i].at_s)
                        answers[i].at_s = time(NULL);
        }
        return 0;
}

int web_ask(struct web *web, const struct web_request *requests, size_t count, struct deadline deadline,
        struct web_answer *ret_answers, struct error *error)
{
        CLEANUP(call_done) struct call call = {.web = web, .count = count};
        int result;

        for (size_t i = 0; i < count; i++)
                ret_answers[i] = (struct web_answer) {0};
        call_begin(&call, requests, deadline, ret_answers);
        for (go_on(&call); !all_are_over(&call); go_on(&call))
                curl.curl_multi_poll(web->multi, NULL, 0, NAP_MS, NULL);
        result = read_results(&call, ret_answers, error);
        for (size_t i = 0; result < 0 && i < count; i++)
                web_answer_done(&ret_answers[i]);
        return result;
}

int web_ask_twice(struct web *web, const struct web_request *requests, size_t count, struct deadline deadline,
        struct web_answer *ret_answers, struct error *error)
{
        CLEANUP(error_done) struct error dropped = {0};

        if (web_ask(web, requests, count, deadline, ret_answers, &dropped) == 0)
                return 0;
        if (dropped.kind != ERROR_FAILED)
                return error_move(error, &dropped);
        return web_ask(web, requests, count, deadline, ret_answers, error);
}

void web_watch(struct web *web, const struct web_request *requests, size_t count, struct deadline until,
        bool (*must_stop)(void *context), void *context)
{
        CLEANUP(call_done) struct call call = {.web = web, .count = count};
        bool is_ending = false;

        call_begin(&call, requests, until, NULL);
        for (go_on(&call); !any_has_said(&call); go_on(&call)) {
                int left_ms;

                if (call.count && all_are_over(&call) && !is_ending) {
                        until = deadline_min(until, deadline_in_ms(MOMENT_MS));
                        is_ending = true;
                }
                left_ms = deadline_left_ms(until);
                if (left_ms == 0 || (must_stop && must_stop(context)))
                        return;
                curl.curl_multi_poll(
                        web->multi, NULL, 0, left_ms < 0 || left_ms > NAP_MS ? NAP_MS : left_ms, NULL);
        }
}

void web_answer_done(struct web_answer *answer)
{
        text_done(&answer->body);
        free(answer->location);
        free(answer->etag);
        *answer = (struct web_answer) {0};
}
