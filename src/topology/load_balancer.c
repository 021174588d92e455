/* A load balancer's services: parsed, compared, said in words. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "topology/load_balancer.h"

#define LARGEST_PORT 65535

static const char *const modes[BALANCED_MODES] = {[BALANCED_TCP] = "tcp", [BALANCED_HTTP] = "http"};

static const char *const kinds[HEALTH_CHECK_KINDS] = {
        [HEALTH_TCP] = "tcp", [HEALTH_HTTP] = "http", [HEALTH_HTTPS] = "https"};

const char *balanced_mode_name(enum balanced_mode mode)
{
        return modes[mode];
}

const char *health_check_kind_name(enum health_check_kind kind)
{
        return kinds[kind];
}

/* ---- addresses with ports ---- */

static bool read_port(const char *text, unsigned *ret_port)
{
        size_t digits = strspn(text, "0123456789");
        unsigned long port = strtoul(text, NULL, 10);

        if (digits == 0 || digits > 5 || text[digits] || text[0] == '0' || port > LARGEST_PORT)
                return false;
        *ret_port = (unsigned)port;
        return true;
}

int socket_address_parse(const char *text, struct socket_address *ret_socket, struct error *error)
{
        const char *colon = strrchr(text, ':');
        size_t length = colon ? (size_t)(colon - text) : 0;
        bool has_brackets = length > 1 && text[0] == '[' && text[length - 1] == ']';
        CLEANUP(string_free) char *address = NULL;
        struct socket_address at = {0};

        if (!colon || !read_port(colon + 1, &at.port))
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" has no port: write ADDRESS:PORT with a port from 1 to %d, as in "
                        "192.168.150.1:6443 or [fd00:150::1]:6443",
                        text, LARGEST_PORT);
        address = has_brackets ? string_copy_n(text + 1, length - 2) : string_copy_n(text, length);
        if (ip_address_parse(address, &at.address, error) < 0)
                return -1;
        if (has_brackets != (at.address.family == AF_INET6))
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\": an IPv6 address stands in brackets, an IPv4 address doesn't, as in "
                        "192.168.150.1:6443 or [fd00:150::1]:6443",
                        text);
        *ret_socket = at;
        return 0;
}

const char *socket_address_format(const struct socket_address *at, char buffer[static SOCKET_TEXT])
{
        bool is_v6 = at->address.family == AF_INET6;
        char address[IP_TEXT];

        snprintf(buffer, SOCKET_TEXT, "%s%s%s:%u", is_v6 ? "[" : "", ip_address_format(&at->address, address),
                is_v6 ? "]" : "", at->port);
        return buffer;
}

bool socket_address_equal(const struct socket_address *a, const struct socket_address *b)
{
        return a->port == b->port && ip_address_equal(&a->address, &b->address);
}

bool ip_address_is_any(const struct ip_address *address)
{
        const struct ip_address any = {.family = address->family};

        return address->family && ip_address_equal(address, &any);
}

bool socket_address_meets(const struct socket_address *a, const struct socket_address *b)
{
        if (a->port != b->port)
                return false;
        return ip_address_equal(&a->address, &b->address) ||
               (a->address.family == b->address.family &&
                       (ip_address_is_any(&a->address) || ip_address_is_any(&b->address)));
}

/* ---- in words ---- */

static char *binds_words(const struct balanced_service *service)
{
        struct text words = {0};
        char at[SOCKET_TEXT];

        for (array_each(const struct socket_address, bind, &service->binds))
                text_format(&words, "%s%s", words.length ? ", " : "", socket_address_format(bind, at));
        return text_take(&words);
}

/* "https every 5 s (2 good, 3 bad), /readyz must answer 200, port 1936" */
static char *check_words(const struct health_check *check)
{
        struct text words = {0};

        text_format(&words, "%s every %u s (%u good, %u bad)", kinds[check->kind], check->interval_s,
                check->rise, check->fall);
        if (check->kind != HEALTH_TCP)
                text_format(
                        &words, ", %s must answer %u", check->path ? check->path : "nothing", check->status);
        if (check->port)
                text_format(&words, ", port %u", check->port);
        return text_take(&words);
}

static const struct balanced_server *find_server(const struct balanced_service *service, const char *name)
{
        for (array_each(const struct balanced_server, server, &service->servers))
                if (string_equal(server->name, name))
                        return server;
        return NULL;
}

static void compare_servers(
        const struct balanced_service *wanted, const struct balanced_service *found, struct strings *words)
{
        char at[SOCKET_TEXT], there[SOCKET_TEXT];
        size_t before = words->count;
        bool is_in_order = wanted->servers.count == found->servers.count;

        for (array_each(const struct balanced_server, server, &wanted->servers)) {
                const struct balanced_server *known = find_server(found, server->name);

                if (!known)
                        strings_take(words, string_format("server %s at %s comes", server->name,
                                                    socket_address_format(&server->at, at)));
                else if (!socket_address_equal(&known->at, &server->at))
                        strings_take(words, string_format("server %s moves from %s to %s", server->name,
                                                    socket_address_format(&known->at, there),
                                                    socket_address_format(&server->at, at)));
        }
        for (array_each(const struct balanced_server, server, &found->servers))
                if (!find_server(wanted, server->name))
                        strings_take(words, string_format("server %s leaves", server->name));
        for (size_t i = 0; i < wanted->servers.count && is_in_order; i++)
                is_in_order = string_equal(wanted->servers.items[i].name, found->servers.items[i].name);
        if (words->count == before && !is_in_order)
                strings_add(words, "its servers' order changes");
}

void balanced_service_differences(const struct balanced_service *wanted, const struct balanced_service *found,
        struct strings *ret_words)
{
        CLEANUP(string_free) char *binds = binds_words(wanted), *found_binds = binds_words(found);
        CLEANUP(string_free)
        char *check = check_words(&wanted->check), *found_check = check_words(&found->check);

        if (wanted->mode != found->mode)
                strings_take(ret_words,
                        string_format("mode from %s to %s", modes[found->mode], modes[wanted->mode]));
        if (!string_equal(binds, found_binds))
                strings_take(ret_words, string_format("it listens at %s instead of %s", binds,
                                                *found_binds ? found_binds : "nothing"));
        compare_servers(wanted, found, ret_words);
        if (!string_equal(check, found_check))
                strings_take(ret_words, string_format("its check was %s and becomes %s", found_check, check));
}

/* ---- owning ---- */

void balanced_service_copy(struct balanced_service *to, const struct balanced_service *from)
{
        *to = (struct balanced_service) {
                .name = string_copy(from->name), .mode = from->mode, .check = from->check};
        to->check.path = string_copy(from->check.path);
        for (array_each(const struct socket_address, bind, &from->binds))
                *array_add(&to->binds) = *bind;
        for (array_each(const struct balanced_server, server, &from->servers))
                *array_add(&to->servers) = (struct balanced_server) {string_copy(server->name), server->at};
}

void balanced_service_leave_out(struct balanced_service *service, const struct strings *names)
{
        size_t kept = 0;

        for (array_each(const struct balanced_server, server, &service->servers))
                if (strings_has(names, server->name))
                        free(server->name);
                else
                        service->servers.items[kept++] = *server;
        service->servers.count = kept;
}

void balanced_service_done(struct balanced_service *service)
{
        free(service->name);
        array_free(&service->binds);
        for (array_each(struct balanced_server, server, &service->servers))
                free(server->name);
        array_free(&service->servers);
        free(service->check.path);
        *service = (struct balanced_service) {0};
}
