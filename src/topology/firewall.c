/* Ports that the outside may reach: parsed, compared, said in words. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "topology/firewall.h"

#define LARGEST_PORT 65535

static const char *const protocols[PORT_PROTOCOLS] = {[PORT_TCP] = "tcp", [PORT_UDP] = "udp"};

const char *port_protocol_name(enum port_protocol protocol)
{
        return protocols[protocol];
}

/* ---- ports ---- */

static bool read_port(const char *text, size_t length, unsigned *ret_port)
{
        unsigned port = 0;

        if (length == 0 || length > 5 || strspn(text, "0123456789") < length || text[0] == '0')
                return false;
        for (size_t i = 0; i < length; i++)
                port = 10 * port + (unsigned)(text[i] - '0');
        *ret_port = port;
        return port <= LARGEST_PORT;
}

static bool read_protocol(const char *text, enum port_protocol *ret_protocol)
{
        for (int protocol = 0; protocol < PORT_PROTOCOLS; protocol++) {
                if (strcmp(protocols[protocol], text) == 0) {
                        *ret_protocol = (enum port_protocol)protocol;
                        return true;
                }
        }
        return false;
}

int port_range_parse(const char *text, struct port_range *ret_range, struct error *error)
{
        size_t length = strcspn(text, "/"), first = strcspn(text, "-/");
        struct port_range range = {.protocol = PORT_TCP};
        bool is_range = text[first] == '-';

        if (text[length] && !read_protocol(text + length + 1, &range.protocol))
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" has neither tcp nor udp behind its slash: write \"443/tcp\" or "
                        "\"51820/udp\"",
                        text);
        if (!read_port(text, first, &range.first) ||
                (is_range && !read_port(text + first + 1, length - first - 1, &range.last)))
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no port: write a number from 1 to %d, or two with a '-' between them, "
                        "as in \"443\", \"8000-8010\" or \"51820/udp\"",
                        text, LARGEST_PORT);
        if (!is_range)
                range.last = range.first;
        if (range.last < range.first)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" ends before it begins: write \"%u-%u\"",
                        text, range.last, range.first);
        *ret_range = range;
        return 0;
}

const char *port_range_format(const struct port_range *range, char buffer[static PORT_RANGE_TEXT])
{
        if (range->first == range->last)
                snprintf(buffer, PORT_RANGE_TEXT, "%u/%s", range->first, protocols[range->protocol]);
        else
                snprintf(buffer, PORT_RANGE_TEXT, "%u-%u/%s", range->first, range->last,
                        protocols[range->protocol]);
        return buffer;
}

bool port_range_equal(const struct port_range *a, const struct port_range *b)
{
        return a->protocol == b->protocol && a->first == b->first && a->last == b->last;
}

bool port_range_meets(const struct port_range *a, const struct port_range *b)
{
        return a->protocol == b->protocol && a->first <= b->last && b->first <= a->last;
}

/* ---- what a firewall lets in ---- */

bool firewall_filters(const struct firewall *firewall, const char *interface)
{
        return strings_has(&firewall->interfaces, interface);
}

bool firewall_has_port(const struct firewall *firewall, enum port_protocol protocol, unsigned port)
{
        const struct port_range wanted = {protocol, port, port};

        for (array_each(const struct port_range, range, &firewall->ports))
                if (port_range_meets(range, &wanted))
                        return true;
        return false;
}

bool firewall_admits(const struct firewall *firewall, const struct ip_address *client)
{
        if (firewall->from.count == 0)
                return true;
        for (array_each(const struct subnet, subnet, &firewall->from))
                if (subnet_contains(subnet, client))
                        return true;
        return false;
}

char *firewall_ports_words(const struct firewall *firewall)
{
        CLEANUP(strings_done) struct strings words = {0};
        char text[PORT_RANGE_TEXT];

        for (array_each(const struct port_range, range, &firewall->ports))
                strings_add(&words, port_range_format(range, text));
        return words.count ? strings_join(&words, ", ") : string_copy("no port");
}

const struct firewall *firewalls_of(const struct firewalls *firewalls, const char *interface)
{
        for (array_each(const struct firewall *const, firewall, &firewalls->list))
                if (firewall_filters(*firewall, interface))
                        return *firewall;
        return NULL;
}

void firewall_done(struct firewall *firewall)
{
        free(firewall->name);
        strings_done(&firewall->interfaces);
        array_free(&firewall->ports);
        array_free(&firewall->from);
}
