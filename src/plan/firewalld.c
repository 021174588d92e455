#include "plan/firewalld.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static void add_rule(
        const struct port_range *range, const struct subnet *from, const char *zone, struct strings *openings)
{
        char subnet[SUBNET_TEXT], ports[PORT_RANGE_TEXT];

        port_range_format(range, ports);
        ports[strcspn(ports, "/")] = '\0';
        strings_take(openings,
                string_format(
                        "%s rule family=\"%s\" source address=\"%s\" port port=\"%s\" protocol=\"%s\" accept",
                        zone, from->address.family == AF_INET ? "ipv4" : "ipv6", subnet_format(from, subnet),
                        ports, port_protocol_name(range->protocol)));
}

void firewalld_openings(const struct firewall *firewall, const char *zone, struct strings *openings)
{
        char ports[PORT_RANGE_TEXT];

        for (array_each(const struct port_range, range, &firewall->ports)) {
                if (firewall->from.count == 0)
                        strings_take(openings, string_format("%s %s", zone, port_range_format(range, ports)));
                for (array_each(const struct subnet, from, &firewall->from))
                        add_rule(range, from, zone, openings);
        }
}

/* The word behind this one, up to the next quote; owned by the caller, NULL: it isn't there. */
static char *find_value(const char *rule, const char *word)
{
        const char *value = strstr(rule, word);

        return value ? string_copy_n(value + strlen(word), strcspn(value + strlen(word), "\"")) : NULL;
}

/* "22/tcp" of either form; owned by the caller. */
static char *find_ports(const char *opening)
{
        const char *blank = strchr(opening, ' '), *what = blank ? blank + 1 : opening;
        CLEANUP(string_free) char *ports = NULL, *protocol = NULL;

        if (strncmp(what, "rule ", 5) != 0)
                return string_copy(what);
        ports = find_value(what, " port port=\"");
        protocol = find_value(what, " protocol=\"");
        return string_format("%s/%s", ports ? ports : "?", protocol ? protocol : "?");
}

char *firewalld_words(const char *opening)
{
        CLEANUP(string_free) char *ports = find_ports(opening);
        CLEANUP(string_free) char *from = find_value(opening, " source address=\"");

        return string_format("%s%s%s in zone %.*s", ports, from ? " from " : "", from ? from : "",
                (int)strcspn(opening, " "), opening);
}

bool firewalld_opens(const char *opening, unsigned port)
{
        CLEANUP(string_free) char *ports = find_ports(opening);
        const struct port_range wanted = {PORT_TCP, port, port};
        CLEANUP(error_done) struct error error = {0};
        struct port_range range;

        return port_range_parse(ports, &range, &error) == 0 && port_range_meets(&range, &wanted);
}
