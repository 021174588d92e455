/* Where an HTTPS server is. */
#include "topology/https_server.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define USUAL_PORT   443
#define LARGEST_PORT 65535
#define NAME         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
#define ADDRESS      "0123456789abcdefABCDEF:."

/* The number behind the colon; 0 where it is no port. */
static unsigned read_port(const char *text)
{
        size_t digits = strspn(text, "0123456789");
        unsigned long number = strtoul(text, NULL, 10);

        return digits > 0 && digits <= 5 && text[digits] == '\0' && number <= LARGEST_PORT ? (unsigned)number
                                                                                           : 0;
}

int https_server_parse(const char *url, struct https_server *ret_server, struct error *error)
{
        static const char scheme[] = "https://";
        bool is_https = strncmp(url, scheme, strlen(scheme)) == 0;
        size_t end = strlen(url), length;
        CLEANUP(string_free) char *base = NULL;
        const char *host, *behind;
        bool has_brackets;
        unsigned port;

        base = string_copy_n(url, end && url[end - 1] == '/' ? end - 1 : end);
        host = is_https ? base + strlen(scheme) : base;
        has_brackets = *host == '[';
        host += has_brackets;
        length = strspn(host, has_brackets ? ADDRESS : NAME);
        behind = host + length + (has_brackets && host[length] == ']');
        port = *behind == ':' ? read_port(behind + 1) : *behind ? 0 : USUAL_PORT;
        if (!is_https || length == 0 || port == 0 || (has_brackets && host[length] != ']'))
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no server: write \"https://ADDRESS\", with :PORT behind it where it "
                        "isn't %d, "
                        "and nothing more",
                        url, USUAL_PORT);
        ret_server->host = string_copy_n(host, length);
        ret_server->base = STEAL(base);
        ret_server->port = port;
        return 0;
}

void https_server_done(struct https_server *server)
{
        string_free(&server->base);
        string_free(&server->host);
}
