/* Where a BMC tells of its machine. */
#include "topology/bmc_url.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SCHEME       "https://"
#define USUAL_PORT   443
#define LARGEST_PORT 65535
#define LONGEST_PATH 1024
#define LETTERS      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define NAME         LETTERS ".-"
#define ADDRESS      "0123456789abcdefABCDEF:."
#define PATH         LETTERS "/._~!$&'()*+,;=:@%#-"

/* The number behind the colon, up to the path; 0 where it is no port. */
static unsigned read_port(const char *text)
{
        size_t digits = strspn(text, "0123456789");
        unsigned long number = strtoul(text, NULL, 10);

        return digits > 0 && digits <= 5 && text[digits] == '/' && number <= LARGEST_PORT ? (unsigned)number
                                                                                          : 0;
}

bool is_redfish_path(const char *path)
{
        size_t root = strlen(REDFISH_ROOT);

        return path && strncmp(path, REDFISH_ROOT, root) == 0 && (path[root] == '/' || path[root] == '\0') &&
               strlen(path) <= LONGEST_PATH && strspn(path, PATH) == strlen(path) && !strstr(path, "..");
}

/* The root, or one system: nothing that is only part of one. */
static bool is_path_of_machine(const char *path)
{
        const char *system = path + strlen(REDFISH_ROOT "/Systems/");

        if (!is_redfish_path(path))
                return false;
        if (strcmp(path, REDFISH_ROOT) == 0)
                return true;
        return strncmp(path, REDFISH_ROOT "/Systems/", strlen(REDFISH_ROOT "/Systems/")) == 0 && *system &&
               !strpbrk(system, "/#");
}

int bmc_url_parse(const char *url, struct bmc_url *ret_url, struct error *error)
{
        bool is_https = strncmp(url, SCHEME, strlen(SCHEME)) == 0;
        const char *host = is_https ? url + strlen(SCHEME) : url, *behind;
        bool has_brackets = *host == '[';
        CLEANUP(string_free) char *path = NULL;
        size_t length;
        unsigned port;

        host += has_brackets;
        length = strspn(host, has_brackets ? ADDRESS : NAME);
        behind = host + length + (has_brackets && host[length] == ']');
        port = *behind == ':' ? read_port(behind + 1) : *behind == '/' ? USUAL_PORT : 0;
        path = string_copy(behind + strcspn(behind, "/"));
        if (*path && path[strlen(path) - 1] == '/')
                path[strlen(path) - 1] = '\0';
        if (!is_https || length == 0 || port == 0 || (has_brackets && host[length] != ']') ||
                !is_path_of_machine(path))
                return error_set(error, ERROR_CONFIG,
                        "\"%.120s\" is no machine of a BMC: write \"https://ADDRESS" REDFISH_ROOT
                        "/Systems/ID\", or "
                        "\"https://ADDRESS" REDFISH_ROOT "\" where it has one machine only",
                        url);
        ret_url->base = string_copy_n(url, (size_t)(behind + strcspn(behind, "/") - url));
        ret_url->host = string_copy_n(host, length);
        ret_url->port = port;
        ret_url->path = STEAL(path);
        return 0;
}

void bmc_url_done(struct bmc_url *url)
{
        string_free(&url->base);
        string_free(&url->host);
        string_free(&url->path);
}
