/* Where frontends of an OPNsense listen. What it lets through as an address needn't be one: 10.0.0.1:99999 is saved. */
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "plan/opnsense.h"

#define LARGEST_PORT 65535

static bool read_number(const char **at, unsigned *ret_number)
{
        size_t digits = strspn(*at, "0123456789");
        unsigned number = 0;

        if (digits == 0 || digits > 5)
                return false;
        for (size_t i = 0; i < digits; i++)
                number = 10 * number + (unsigned)((*at)[i] - '0');
        *at += digits;
        *ret_number = number;
        return number > 0 && number <= LARGEST_PORT;
}

static bool read_ports(const char *text, struct bind_range *range)
{
        if (!read_number(&text, &range->first))
                return false;
        range->last = range->first;
        if (*text == '-' && (text++, !read_number(&text, &range->last)))
                return false;
        return *text == '\0' && range->first <= range->last;
}

/* A name that may be one of a machine: with a letter in it, since all else that has only digits and dots is meant as an address. */
static bool is_name(const char *text)
{
        static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

        return text[strcspn(text, letters)] && !strpbrk(text, ":[]*");
}

enum bind_kind opnsense_read_bind(const char *text, struct bind_range *ret_range)
{
        const char *colon = strrchr(text, ':');
        size_t length = colon ? (size_t)(colon - text) : 0;
        bool has_brackets = length > 1 && text[0] == '[' && text[length - 1] == ']';
        CLEANUP(error_done) struct error error = {0}; /* which says why it is none: the kind is enough */
        CLEANUP(string_free) char *address = NULL;
        struct bind_range range = {0};

        if (strchr(text, '@'))
                return BIND_OTHER;
        if (!colon || length == 0 || !read_ports(colon + 1, &range))
                return BIND_INVALID;
        address = has_brackets ? string_copy_n(text + 1, length - 2) : string_copy_n(text, length);
        if (!string_equal(address, "*") && ip_address_parse(address, &range.address, &error) < 0)
                return is_name(address) ? BIND_OTHER : BIND_INVALID;
        *ret_range = range;
        return BIND_SOCKETS;
}

bool bind_range_meets(const struct bind_range *range, const struct socket_address *at)
{
        const struct socket_address there = {range->address, at->port};

        if (at->port < range->first || at->port > range->last)
                return false;
        return range->address.family == 0 || socket_address_meets(&there, at);
}
