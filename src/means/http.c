/* Asking HTTP servers: the only file that knows libcurl, which is loaded when it is first needed. */
#include "means/http.h"

#define CURL_DISABLE_TYPECHECK /* its macros want the functions by name */
#include <curl/curl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/library.h"
#include "means/means.h"

#define LIBRARY  "libcurl.so.4"
#define ANSWER_S 10

/* clang-format off */
#define FUNCTIONS(X)                                                                      \
        X(curl_global_init) X(curl_version_info) X(curl_easy_init) X(curl_easy_setopt)    \
        X(curl_easy_perform) X(curl_easy_getinfo) X(curl_easy_cleanup) X(curl_easy_strerror) \
        X(curl_slist_append) X(curl_slist_free_all)                                       \
        X(curl_url) X(curl_url_set) X(curl_url_get) X(curl_url_cleanup) X(curl_free)
/* clang-format on */

static struct {
#define MEMBER(name) __typeof__(&(name)) name;
        FUNCTIONS(MEMBER)
#undef MEMBER
} curl;

static const struct library_function functions[] = {
#define ENTRY(name) {#name, (void **)&curl.name},
        FUNCTIONS(ENTRY)
#undef ENTRY
};

static pthread_once_t loaded = PTHREAD_ONCE_INIT;
static const char *missing; /* NULL: the library is there */

static void load(void)
{
        missing = library_load(LIBRARY, functions, sizeof(functions) / sizeof(functions[0]));
        if (!missing)
                curl.curl_global_init(CURL_GLOBAL_DEFAULT);
}

const char *means_http_version(void)
{
        pthread_once(&loaded, load);
        return missing ? "not installed here" : curl.curl_version_info(CURLVERSION_NOW)->version;
}

/* ---- the connection ---- */

struct way {
        struct link *link;
        char *host;
        unsigned port;
        struct error error;
};

static void way_done(struct way *way)
{
        free(way->host);
        error_done(&way->error);
}

/* One part of a URL, owned by the caller; NULL: it isn't there. An IPv6 address loses its brackets. */
static char *part_of(CURLU *url, CURLUPart part, unsigned flags)
{
        char *theirs = NULL, *ours = NULL;
        size_t length;

        if (curl.curl_url_get(url, part, &theirs, flags) != CURLUE_OK)
                return NULL;
        length = strlen(theirs);
        ours = length > 1 && theirs[0] == '[' ? string_copy_n(theirs + 1, length - 2) : string_copy(theirs);
        curl.curl_free(theirs);
        return ours;
}

static int read_url(const char *text, struct way *way, struct error *error)
{
        CURLU *url = curl.curl_url();
        CLEANUP(string_free) char *scheme = NULL, *port = NULL;

        if (url && curl.curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) {
                scheme = part_of(url, CURLUPART_SCHEME, 0);
                port = part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
                way->host = part_of(url, CURLUPART_HOST, 0);
        }
        curl.curl_url_cleanup(url);
        if (!way->host || !port || !string_equal(scheme, "http"))
                return error_set(error, ERROR_FAILED, "%s is no URL like http://ADDRESS:PORT/PATH", text);
        way->port = (unsigned)strtoul(port, NULL, 10);
        return 0;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
        struct way *way = context;
        int fd;

        (void)purpose;
        (void)address; /* made up: see CONNECT_TO */
        if (link_open_tcp(way->link, way->host, way->port, &fd, &way->error) < 0)
                return CURL_SOCKET_BAD;
        return fd;
}

static int is_connected(void *context, curl_socket_t fd, curlsocktype purpose)
{
        (void)context;
        (void)fd;
        (void)purpose;
        return CURL_SOCKOPT_ALREADY_CONNECTED;
}

/* The status has come by then: whatever follows isn't wanted. */
static size_t take_nothing(char *bytes, size_t size, size_t count, void *context)
{
        (void)bytes;
        (void)size;
        (void)count;
        (void)context;
        return 0;
}

static long limit_ms(struct deadline deadline)
{
        int left = deadline_left_ms(deadline_min(deadline, deadline_in_s(ANSWER_S)));

        return left > 0 ? left : 1; /* to libcurl 0 is for ever */
}

static int ask(CURL *handle, struct way *way, unsigned *ret_status, struct error *error)
{
        CURLcode code = curl.curl_easy_perform(handle);
        CLEANUP(string_free) char *name = string_format("%s:%u", way->host, way->port), *why = NULL;
        long status = 0;

        curl.curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
        if (status > 0) {
                *ret_status = (unsigned)status;
                return 0;
        }
        if (error_is_set(&way->error))
                return error_move(error, &way->error);
        if (link_stream_error(way->link, name, &why))
                return error_set(error, ERROR_FAILED, "%s", why);
        return error_set(error, ERROR_FAILED, "%s", curl.curl_easy_strerror(code));
}

int http_status(struct link *link, const char *url, struct deadline deadline, unsigned *ret_status,
        struct error *error)
{
        CLEANUP(way_done) struct way way = {.link = link};
        struct curl_slist *nowhere = NULL;
        CURL *handle;
        int result;

        pthread_once(&loaded, load);
        if (missing)
                return error_set(error, ERROR_FAILED,
                        "libcurl isn't all here (%s): install libcurl4 or libcurl", missing);
        if (read_url(url, &way, error) < 0)
                return -1;
        /* Who takes no connection says why here, and to libcurl only that it is over. */
        if (link_knock(link, way.host, way.port, deadline, error) < 0)
                return -1;
        handle = curl.curl_easy_init();
        nowhere = curl.curl_slist_append(NULL, "::127.0.0.1:"); /* the machine knows names that we don't */
        curl.curl_easy_setopt(handle, CURLOPT_URL, url);
        curl.curl_easy_setopt(handle, CURLOPT_CONNECT_TO, nowhere);
        curl.curl_easy_setopt(handle, CURLOPT_PROXY, "");
        curl.curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl.curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, limit_ms(deadline));
        curl.curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
        curl.curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &way);
        curl.curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, is_connected);
        curl.curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_nothing);
        result = ask(handle, &way, ret_status, error);
        curl.curl_easy_cleanup(handle);
        curl.curl_slist_free_all(nowhere);
        return result;
}
