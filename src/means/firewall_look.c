/* A machine's packet filter, as its kernel and whoever else looks after it tell.
 *
 * Our table is listed as nft lists it. Of everybody else's only what hangs at the hook of the machine's input is looked at,
 * chain by chain: some machines have tables of many thousand rules. */
#include "means/firewall_look.h"

#include <stdio.h>
#include <string.h>

#include "base/shell.h"
#include "means/firewalld.h"
#include "plan/firewalld.h"
#include "plan/nftables.h"

static const char ours[] = "nft list table " NFTABLES_TABLE " 2>/dev/null | sed 's/^/listed /'\n"
                           "sed 's/^/loaded /' " NFTABLES_LOADED " 2>/dev/null\n";

/* Of rules only those that ask for nothing before they drop: what drops some addresses or an invalid packet is in nobody's
 * way. */
static const char dropping[] =
        "nft list chains 2>/dev/null | { table= chain=\n"
        "while read -r word a b rest; do case \"$word $a $b\" in\n"
        "'table '*) table=\"$a $b\";;\n"
        "'chain '*) chain=$a\n"
        "case $a in ufw-*|ufw6-*) echo \"ufw $table\";; *[!A-Za-z0-9_./-]*) chain=;; esac;;\n"
        "'type filter hook') case \"${chain:+$table $rest}\" in\n"
        "'" NFTABLES_TABLE " '*) ;;\n"
        "*' input '*' policy drop;') echo \"drops $table $chain\";;\n"
        "*' input '*) ! nft -s list chain $table \"$chain\" 2>/dev/null | grep -qE "
        "'^[[:space:]]*((counter|log( "
        "prefix \"[^\"]*\")?( (group|level|flags) [^ ]+)*) )*(drop|reject( with [^\"]*)?|xt target "
        "\"(DROP|REJECT)\")( comment \".*\")?$' || echo \"drops $table $chain\";;\n"
        "esac;;\n"
        "esac; done; }\n";

/* sudo keeps nothing of it, but whoever runs above sudo has it. */
static const char connection[] =
        "connection=${SSH_CONNECTION-} pid=$$\n"
        "while [ ! \"$connection\" ] && [ \"$pid\" -gt 1 ]; do\n"
        "connection=$(tr '\\0' '\\n' <\"/proc/$pid/environ\" | sed -n 's/^SSH_CONNECTION=//p')\n"
        "pid=$(sed -n 's/^PPid:[[:space:]]*//p' \"/proc/$pid/status\")\n"
        "done 2>/dev/null\n"
        "[ ! \"$connection\" ] || echo \"connected $connection\"\n"
        "ip -o addr 2>/dev/null | sed -n 's,^[0-9]*: *\\([^ @]*\\)[^ ]* *inet6* *\\([^ /]*\\).*,address \\1 "
        "\\2,p'\n";

/* An interface that is in no zone by itself is in the default one. Zones that ours are noted for are looked at, too. */
static const char zones[] =
        "echo firewalld it\n"
        "default=$(call /org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1 getDefaultZone "
        "2>/dev/null)\n"
        "default=$(string \"$default\") zones=$(sed 's/ .*//' " FIREWALLD_NOTE " 2>/dev/null)\n"
        "[ ! \"$default\" ] || for interface; do\n"
        "zone=$(string \"$(zone getZoneOfInterface s \"$interface\" 2>/dev/null)\") zone=${zone:-$default}\n"
        "echo \"zone $interface $zone\"; zones=\"$zones $zone\"\n"
        "done\n"
        "seen=' '; for name in $zones; do\n"
        "case $seen in *\" $name \"*) continue;; esac; seen=\"$seen$name \"\n"
        "for method in getPorts getRichRules; do\n"
        "echo \"now $name $(zone $method s \"$name\")\"; echo \"kept $name $(kept \"$name\" $method)\"\n"
        "done 2>/dev/null; done\n";

static void add_zones(struct text *script, const struct survey *survey)
{
        text_add(script, firewalld_functions);
        text_add(script, "if runs; then set --");
        for (array_each(const struct question, question, &survey->questions)) {
                if (question->kind != ASK_ZONE)
                        continue;
                text_add(script, " ");
                shell_add_word(script, question->subject);
        }
        text_format(script, "\n%sfi\n", zones);
}

void firewall_add_probe(struct text *script, const struct survey *survey)
{
        text_add(script, "if command -v nft >/dev/null; then\n");
        text_add(script, ours);
        text_add(script, dropping);
        text_add(script, "fi\n");
        text_add(script, connection);
        add_zones(script, survey);
}

/* ---- what comes back ---- */

/* Behind a link-local address stands its interface: "fe80::1%eth0". */
static bool read_address(const char *text, struct ip_address *ret_address)
{
        CLEANUP(string_free) char *bare = string_copy_n(text, strcspn(text, "%"));
        CLEANUP(error_done) struct error error = {0};

        return ip_address_parse(bare, ret_address, &error) == 0;
}

static bool read_listed(struct firewall_state *firewall, char *rest)
{
        strings_add(&firewall->listed, rest);
        return true;
}

static bool read_loaded(struct firewall_state *firewall, char *rest)
{
        strings_add(&firewall->loaded, rest);
        return true;
}

static bool read_ufw(struct firewall_state *firewall, char *rest)
{
        if (!strings_has(&firewall->ufw_tables, rest))
                strings_add(&firewall->ufw_tables, rest);
        return true;
}

/* "FAMILY TABLE CHAIN" */
static bool read_drops(struct firewall_state *firewall, char *rest)
{
        char *last = strrchr(rest, ' ');
        struct dropping_chain *chain;

        if (!last || !last[1] || !memchr(rest, ' ', (size_t)(last - rest)))
                return false;
        chain = array_add(&firewall->dropping);
        chain->table = string_copy_n(rest, (size_t)(last - rest));
        chain->name = string_copy(last + 1);
        return true;
}

/* "CLIENT PORT SERVER PORT"; UNKNOWN for addresses where sshd has no socket of its own. */
static bool read_connected(struct firewall_state *firewall, char *rest)
{
        const char *client = strsep(&rest, " "), *client_port = strsep(&rest, " ");
        const char *server = strsep(&rest, " ");

        if (!rest || !client_port || sscanf(rest, "%5u", &firewall->ssh_port) != 1)
                return false;
        if (!read_address(client, &firewall->ssh_client) || !read_address(server, &firewall->ssh_server))
                firewall->ssh_client.family = 0;
        return true;
}

/* "INTERFACE ADDRESS" */
static bool read_own(struct firewall_state *firewall, char *rest)
{
        const char *interface = strsep(&rest, " ");
        struct interface_address *address;

        if (!rest || !*interface)
                return false;
        address = array_add(&firewall->addresses);
        address->interface = string_copy(interface);
        return read_address(rest, &address->address);
}

static bool read_firewalld(struct firewall_state *firewall, char *rest)
{
        (void)rest;
        return firewall->has_firewalld = true;
}

/* "INTERFACE ZONE" */
static bool read_zone(struct firewall_state *firewall, char *rest)
{
        const char *interface = strsep(&rest, " ");
        struct interface_zone *zone;

        if (!rest || !*rest || !*interface)
                return false;
        zone = array_add(&firewall->zones);
        zone->interface = string_copy(interface);
        zone->zone = string_copy(rest);
        return true;
}

/* The next string in what busctl printed, without its quotes and escapes; owned by the caller, NULL: there is none. */
static char *next_string(const char **at)
{
        CLEANUP(text_done) struct text string = {0};
        const char *next = strchr(*at, '"');

        if (!next)
                return NULL;
        for (next++; *next && *next != '"'; next++) {
                if (*next == '\\' && next[1])
                        next++;
                text_add_n(&string, next, 1);
        }
        *at = *next ? next + 1 : next;
        return string_copy(text_string(&string));
}

/* 'ZONE aas 1 2 "443" "tcp"', 'ZONE a(ss) 1 "443" "tcp"' or 'ZONE as 1 "rule …"' */
static bool read_openings(struct strings *openings, char *rest)
{
        const char *zone = strsep(&rest, " "), *at = rest;
        bool has_pairs = rest && (strncmp(rest, "aas ", 4) == 0 || strncmp(rest, "a(ss) ", 6) == 0);

        if (!rest || !*zone)
                return false;
        for (char *first; (first = next_string(&at));) {
                CLEANUP(string_free) char *second = has_pairs ? next_string(&at) : NULL;

                if (!has_pairs || second)
                        strings_take(openings, string_format("%s %s%s%s", zone, first, second ? "/" : "",
                                                       second ? second : ""));
                free(first);
        }
        return true;
}

static bool read_now(struct firewall_state *firewall, char *rest)
{
        return read_openings(&firewall->runtime, rest);
}

static bool read_kept(struct firewall_state *firewall, char *rest)
{
        return read_openings(&firewall->permanent, rest);
}

bool firewall_read_line(struct firewall_state *firewall, char *line)
{
        static const struct {
                const char *word;
                bool (*read)(struct firewall_state *firewall, char *rest);
        } words[] = {{"listed", read_listed}, {"loaded", read_loaded}, {"ufw", read_ufw},
                {"drops", read_drops}, {"connected", read_connected}, {"address", read_own},
                {"firewalld", read_firewalld}, {"zone", read_zone}, {"now", read_now}, {"kept", read_kept}};
        const char *word = strsep(&line, " ");

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (strcmp(words[i].word, word) == 0)
                        return line && words[i].read(firewall, line);
        return false;
}
