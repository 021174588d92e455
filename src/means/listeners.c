/* Where a machine listens, and as whom it can. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "means/listeners.h"
#include "plan/haproxy.h"

/* Descriptors of sockets that listen are among the first hundreds: those of clients, which may be many, come later.
 *
 * Between two looks a socket changes hands when haproxy is reloaded, or is closed: one that nobody has is looked for again, and
 * isn't told when it is gone. Who holds it then is the kernel itself. */
static const char sockets[] =
        "sockets=$(grep -shE \"^ *[0-9]+: [0-9A-F]+:($ports) [0-9A-F]+:0000 0A \" /proc/net/tcp "
        "/proc/net/tcp6)\n"
        "set --\n"
        "for group in /sys/fs/cgroup /sys/fs/cgroup/systemd; do\n"
        "group=$group/system.slice/" HAPROXY_UNIT "/cgroup.procs\n"
        "[ ! -r \"$group\" ] || while read -r pid; do\n"
        "set -- \"$@\" /proc/$pid/fd/[0-9] /proc/$pid/fd/[0-9][0-9] /proc/$pid/fd/[0-9][0-9][0-9]\n"
        "done <\"$group\"\n"
        "done\n"
        "ours=$([ $# = 0 ] || readlink \"$@\")\n"
        "holder() {\n"
        "for fd in $(find /proc/[0-9]*/fd -lname \"socket:\\[$1\\]\" 2>/dev/null); do\n"
        "pid=${fd#/proc/} pid=${pid%%/*}\n"
        "if grep -qs '/" HAPROXY_UNIT "$' \"/proc/$pid/cgroup\"; then echo \"ours $1\"; return; fi\n"
        "read -r name <\"/proc/$pid/comm\" && echo \"by $1 $name (process $pid)\" && return\n"
        "done 2>/dev/null\n"
        "}\n"
        "[ ! \"$sockets\" ] || while read -r _ at _ _ _ _ _ _ _ inode _; do\n"
        "case \"$ours\" in *\"socket:[$inode]\"*) by=\"ours $inode\";; *) by=$(holder \"$inode\");; esac\n"
        "[ \"$by\" ] || by=$(holder \"$inode\")\n"
        "[ \"$by\" ] || grep -qs \" $inode \" /proc/net/tcp /proc/net/tcp6 || continue\n"
        "echo \"at $at $inode\"\n"
        "[ ! \"$by\" ] || echo \"$by\"\n"
        "done <<END\n"
        "$sockets\n"
        "END\n";

/* IPv4's are leaves of a tree, IPv6's lines of a table, which isn't there where IPv6 is switched off. */
static const char own_addresses[] =
        "sed -n '/|-- /h; /\\/32 host LOCAL/{x; s/.*|-- /own /p}; s/^\\([0-9a-f]\\{32\\}\\) .*/own6 \\1/p' "
        "/proc/net/fib_trie /proc/net/if_inet6 2>/dev/null\n";

/* Flags 00010000: it listens. */
static const char fingerprints[] = "sed -n 's,.* 00010000 .* " HAPROXY_RUN "/,running ,p' /proc/net/unix\n";

const char *listener_hex(const struct socket_address *at, char buffer[static LISTENER_HEX])
{
        size_t length = at->address.family == AF_INET6 ? 16 : 4;
        char *next = buffer;

        for (size_t i = 0; i < length; i++) /* words as the machine holds them in memory: little-endian */
                next += snprintf(next, 3, "%02X", at->address.bytes[i - i % 4 + 3 - i % 4]);
        snprintf(next, 6, ":%04X", at->port);
        return buffer;
}

void listeners_add_probe(struct text *script, const struct survey *survey)
{
        if (survey_asks(survey, ASK_LISTENERS)) {
                struct text ports = {0};

                for (array_each(const struct question, question, &survey->questions))
                        if (question->kind == ASK_LISTENERS)
                                text_format(&ports, "%s%04lX", ports.length ? "|" : "",
                                        strtoul(question->subject, NULL, 10));
                text_format(script, "ports='%s'\n%s", text_string(&ports), sockets);
                text_done(&ports);
        }
        if (survey_asks(survey, ASK_OWN_ADDRESSES))
                text_add(script, own_addresses);
        if (survey_asks(survey, ASK_BALANCER))
                text_add(script, fingerprints);
}

/* ---- what comes back ---- */

static bool read_hex(const char *digits, size_t count, uint8_t *ret_bytes)
{
        for (size_t i = 0; i < count; i++) {
                unsigned byte;

                if (strspn(digits, "0123456789ABCDEFabcdef") < 2 || sscanf(digits, "%2x", &byte) != 1)
                        return false;
                ret_bytes[i] = (uint8_t)byte;
                digits += 2;
        }
        return true;
}

static bool read_at(struct answers *answers, const char *rest)
{
        struct listener listener = {0};
        uint8_t words[16];
        size_t digits = strspn(rest, "0123456789ABCDEF"), length = digits / 2;
        char inode[24];

        if ((digits != 8 && digits != 32) || !read_hex(rest, length, words) ||
                sscanf(rest + digits, ":%4X %23[0-9]", &listener.at.port, inode) != 2)
                return false;
        listener.at.address.family = digits == 8 ? AF_INET : AF_INET6;
        for (size_t i = 0; i < length; i++)
                listener.at.address.bytes[i] = words[i - i % 4 + 3 - i % 4];
        *array_add(&answers->listeners) = listener;
        return true;
}

/* About the socket that was named last. */
static struct listener *last_listener(struct answers *answers)
{
        return answers->listeners.count ? &answers->listeners.items[answers->listeners.count - 1] : NULL;
}

static bool read_ours(struct answers *answers, const char *rest)
{
        struct listener *listener = last_listener(answers);

        (void)rest;
        if (listener)
                listener->is_balancer = true;
        return listener;
}

static bool read_by(struct answers *answers, const char *rest)
{
        struct listener *listener = last_listener(answers);
        const char *program = strchr(rest, ' ');

        if (!listener || !program)
                return false;
        string_replace(&listener->program, program + 1);
        return true;
}

static bool read_own(struct answers *answers, const char *rest)
{
        CLEANUP(error_done) struct error error = {0};

        return ip_address_parse(rest, array_add(&answers->own_addresses), &error) == 0;
}

static bool read_own6(struct answers *answers, const char *rest)
{
        struct ip_address *address = array_add(&answers->own_addresses);

        address->family = AF_INET6;
        return strlen(rest) == 32 && read_hex(rest, 16, address->bytes);
}

/* "0123456789abcdef.sock.812.tmp": the name under which it was bound first. */
static bool read_running(struct answers *answers, const char *rest)
{
        strings_take(&answers->balancer_fingerprints, string_copy_n(rest, strcspn(rest, ".")));
        return true;
}

bool listeners_read_line(struct answers *answers, char *line)
{
        static const struct {
                const char *word;
                bool (*read)(struct answers *answers, const char *rest);
        } words[] = {{"at", read_at}, {"ours", read_ours}, {"by", read_by}, {"own", read_own},
                {"own6", read_own6}, {"running", read_running}};
        const char *word = strsep(&line, " ");

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (strcmp(words[i].word, word) == 0)
                        return line && words[i].read(answers, line);
        return false;
}
