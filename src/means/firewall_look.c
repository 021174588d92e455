/* A machine's packet filter, as its kernel and whoever else looks after it tell.
 *
 * Our table is listed as nft lists it. Of everybody else's only what hangs at the hook of the machine's input is looked at,
 * chain by chain: some machines have tables of many thousand rules. */
#include "means/firewall_look.h"

#include <stdio.h>
#include <string.h>

#include "base/shell.h"
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

void firewall_add_probe(struct text *script, const struct survey *survey)
{
        (void)survey;
        text_add(script, "if command -v nft >/dev/null; then\n");
        text_add(script, ours);
        text_add(script, dropping);
        text_add(script, "fi\n");
        text_add(script, connection);
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

/* "CLIENT PORT SERVER PORT" */
static bool read_connected(struct firewall_state *firewall, char *rest)
{
        const char *client = strsep(&rest, " "), *client_port = strsep(&rest, " ");
        const char *server = strsep(&rest, " ");

        return rest && client_port && read_address(client, &firewall->ssh_client) &&
               read_address(server, &firewall->ssh_server) && sscanf(rest, "%5u", &firewall->ssh_port) == 1;
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

bool firewall_read_line(struct firewall_state *firewall, char *line)
{
        static const struct {
                const char *word;
                bool (*read)(struct firewall_state *firewall, char *rest);
        } words[] = {{"listed", read_listed}, {"loaded", read_loaded}, {"ufw", read_ufw},
                {"drops", read_drops}, {"connected", read_connected}, {"address", read_own}};
        const char *word = strsep(&line, " ");

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (strcmp(words[i].word, word) == 0)
                        return line && words[i].read(firewall, line);
        return false;
}
