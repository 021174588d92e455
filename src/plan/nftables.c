/* The one writer of our table of nftables. */
#include "plan/nftables.h"

#include <string.h>
#include <sys/socket.h>

#include "base/sha256.h"

#define LONGEST_INTERFACE 15 /* IFNAMSIZ and its NUL */
#define MARK              "provision "

static const char head[] =
        "# Made by provision, from the sections firewall of its host.conf: changes go there, they are\n"
        "# written over here. It is loaded by " NFTABLES_UNIT ".\n"
        "table " NFTABLES_TABLE "\n"
        "delete table " NFTABLES_TABLE "\n"
        "table " NFTABLES_TABLE " {\n";

/* What comes first for everybody. A TCP packet that only acknowledges opens no connection: it belongs to one that is older
 * than the kernel's watch over connections, which begins with the first rule that asks for them. */
static const char always[] =
        "\t\tct state established,related accept\n"
        "\t\ttcp flags & (syn | ack) == ack accept\n"
        "\t\ticmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request } accept\n"
        "\t\ticmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, "
        "echo-request, nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, "
        "mld-listener-query } accept\n"
        "\t\tudp sport 67 udp dport 68 accept\n"
        "\t\tip6 saddr fe80::/10 udp sport 547 udp dport 546 accept\n";

/* ---- words ---- */

/* A quoted string ends at the next quote, and nothing escapes one. At the end of an interface's name a star stands for all
 * that follow, unless a backslash is before it. */
int nftables_add_string(struct text *text, const char *string, struct error *error)
{
        size_t length = strlen(string);

        for (const char *at = string; *at; at++)
                if ((unsigned char)*at < ' ' || *at == 0x7F || *at == '"' || *at == '\\')
                        return error_set(error, ERROR_CONFIG,
                                "\"%.80s\" holds a quote, a backslash or a control character, which nft "
                                "can't read",
                                string);
        text_add(text, "\"");
        text_add_n(text, string, length && string[length - 1] == '*' ? length - 1 : length);
        text_add(text, length && string[length - 1] == '*' ? "\\*\"" : "\"");
        return 0;
}

static int add_interface(struct text *text, const char *name, struct error *error)
{
        size_t length = strlen(name);

        if (length == 0 || length > LONGEST_INTERFACE || strpbrk(name, "/: \t\n") || strcmp(name, ".") == 0 ||
                strcmp(name, "..") == 0)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" can't be the name of an interface", name);
        return nftables_add_string(text, name, error);
}

/* nft's own names have no '-', and a firewall's have no '.'. */
static void add_chain_name(struct text *text, const char *name)
{
        text_add(text, "firewall_");
        for (; *name; name++)
                text_add_n(text, *name == '-' ? "." : name, 1);
}

/* ---- rules ---- */

/* "tcp dport { 22, 8000-8010 } accept", behind what limits it; nothing when there is no such port. */
static void add_ports(struct text *text, const struct firewall *firewall, const char *limit)
{
        for (int protocol = 0; protocol < PORT_PROTOCOLS; protocol++) {
                const char *separator = "";

                for (array_each(const struct port_range, range, &firewall->ports)) {
                        if ((int)range->protocol != protocol)
                                continue;
                        if (!*separator)
                                text_format(text, "\t\t%s%s dport { ", limit,
                                        port_protocol_name(range->protocol));
                        text_format(text, "%s%u", separator, range->first);
                        if (range->last != range->first)
                                text_format(text, "-%u", range->last);
                        separator = ", ";
                }
                if (*separator)
                        text_add(text, " } accept\n");
        }
}

/* From these subnets of one family. One that is all of it is no set for nft. */
static void add_from(struct text *text, const struct firewall *firewall, int family)
{
        CLEANUP(text_done) struct text limit = {0};
        const char *separator = "";
        char subnet[SUBNET_TEXT];

        for (array_each(const struct subnet, from, &firewall->from)) {
                if (from->address.family != family)
                        continue;
                if (from->prefix == 0) {
                        add_ports(text, firewall,
                                family == AF_INET ? "meta nfproto ipv4 " : "meta nfproto ipv6 ");
                        return;
                }
                text_format(&limit, "%s%s",
                        *separator          ? separator
                        : family == AF_INET ? "ip saddr { "
                                            : "ip6 saddr { ",
                        subnet_format(from, subnet));
                separator = ", ";
        }
        if (!*separator)
                return;
        text_add(&limit, " } ");
        add_ports(text, firewall, text_string(&limit));
}

static void add_chain(struct text *text, const struct firewall *firewall)
{
        text_add(text, "\tchain ");
        add_chain_name(text, firewall->name);
        text_format(text, " {\n%s", always);
        if (firewall->from.count == 0)
                add_ports(text, firewall, "");
        add_from(text, firewall, AF_INET);
        add_from(text, firewall, AF_INET6);
        text_add(text, "\t\tdrop\n\t}\n");
}

/* What of the machine's input goes there. */
static int add_way(
        struct text *text, const struct firewall *firewall, const char *fingerprint, struct error *error)
{
        const char *separator = "";

        text_add(text, "\t\tiifname { ");
        for (size_t i = 0; i < firewall->interfaces.count; i++) {
                text_add(text, separator);
                if (add_interface(text, firewall->interfaces.items[i], error) < 0)
                        return error_prefix(error, "firewall %s", firewall->name);
                separator = ", ";
        }
        text_add(text, " } goto ");
        add_chain_name(text, firewall->name);
        text_format(text, " comment \"" MARK "%s\"\n", fingerprint);
        return 0;
}

static int add_all(
        struct text *text, const struct firewalls *firewalls, const char *fingerprint, struct error *error)
{
        text_add(text, head);
        for (array_each(const struct firewall *const, firewall, &firewalls->list))
                add_chain(text, *firewall);
        text_add(text, "\tchain input {\n"
                       "\t\ttype filter hook input priority 0; policy accept;\n");
        for (array_each(const struct firewall *const, firewall, &firewalls->list))
                if (add_way(text, *firewall, fingerprint, error) < 0)
                        return -1;
        text_add(text, "\t}\n}\n");
        return 0;
}

char *nftables_write(const struct firewalls *firewalls, char **ret_fingerprint, struct error *error)
{
        CLEANUP(text_done) struct text text = {0};
        CLEANUP(string_free) char *sum = NULL, *fingerprint = NULL;

        if (add_all(&text, firewalls, "", error) < 0)
                return NULL;
        sum = sha256_hex(text_string(&text), text.length);
        fingerprint = string_copy_n(sum, NFTABLES_FINGERPRINT);
        text_clear(&text);
        if (add_all(&text, firewalls, fingerprint, error) < 0)
                return NULL;
        *ret_fingerprint = STEAL(fingerprint);
        return text_take(&text);
}

bool nftables_is_of(const char *line, const char *fingerprint)
{
        const char *mark = strstr(line, "comment \"" MARK);

        return mark && strncmp(mark + strlen("comment \"" MARK), fingerprint, NFTABLES_FINGERPRINT) == 0;
}
