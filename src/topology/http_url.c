/* URLs of web servers that are asked without TLS. */
#include "topology/http_url.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* The number behind the colon, which ends there; 80 where there is none, 0 where it is no port. */
static unsigned read_port(const char *text, const char *end)
{
        char *rest = NULL;
        unsigned long number;

        if (text == end)
                return 80;
        if (*text != ':' || !isdigit((unsigned char)text[1]))
                return 0;
        number = strtoul(text + 1, &rest, 10);
        return rest == end && number <= 65535 ? (unsigned)number : 0;
}

int http_url_parse(const char *url, struct http_url *ret_url, struct error *error)
{
        static const char scheme[] = "http://";
        const char *authority = url + strlen(scheme), *end, *host, *host_end;
        bool has_brackets;
        unsigned port;

        if (strncmp(url, scheme, strlen(scheme)) != 0)
                return error_set(error, ERROR_FAILED, "%s is no URL like http://ADDRESS:PORT/PATH", url);
        has_brackets = *authority == '[';
        end = authority + strcspn(authority, "/?#");
        host = authority + has_brackets;
        host_end = has_brackets ? host + strcspn(host, "]/") : authority + strcspn(authority, ":/?#");
        port = has_brackets && *host_end != ']' ? 0 : read_port(host_end + has_brackets, end);
        if (host == host_end || port == 0 || memchr(host, '@', (size_t)(host_end - host)) ||
                url[strcspn(url, " \t\r\n")] || (*end && *end != '/'))
                return error_set(error, ERROR_FAILED, "%s is no URL like http://ADDRESS:PORT/PATH", url);
        *ret_url = (struct http_url) {
                .host = string_copy_n(host, (size_t)(host_end - host)),
                .authority = string_copy_n(authority, (size_t)(end - authority)),
                .path = string_copy(*end ? end : "/"),
                .port = port,
        };
        return 0;
}

void http_url_done(struct http_url *url)
{
        string_free(&url->host);
        string_free(&url->authority);
        string_free(&url->path);
}
