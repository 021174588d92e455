/* What stands in the small files that the probe prints: os-release, /proc/sys, routes, our own drop-ins. */
#include <linux/ipv6_route.h>
#include <linux/route.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "base/text.h"
#include "means/manager.h"
#include "means/probe_parts.h"
#include "means/sysctl.h"

static const char blank[] = " \t\r\n";

/* The line without blanks around it, in place. */
static char *trim(char *line)
{
        char *end;

        line += strspn(line, blank);
        end = line + strlen(line);
        while (end > line && strchr(blank, end[-1]))
                *--end = '\0';
        return line;
}

/* ---- the machine ---- */

static void read_word(struct answers *answers, void *state, char *line)
{
        char **word = state;

        (void)answers;
        if (!*word)
                *word = string_copy(trim(line));
}

/* "uninitialized" stands there until the first boot is over (machine-id(5)). */
static void read_machine_id(struct answers *answers, void *state, char *line)
{
        char *id = trim(line);

        (void)state;
        if (strlen(id) == 32 && strspn(id, "0123456789abcdef") == 32)
                string_replace(&answers->machine.machine_id, id);
}

/* In place: quotes taken away, escapes resolved, as sh would. */
static char *unquote(char *value)
{
        char quote = *value == '"' || *value == '\'' ? *value : '\0';
        char *to = value;

        for (const char *from = value + (quote != '\0'); *from && *from != quote; from++) {
                if (*from == '\\' && quote != '\'' && from[1])
                        from++;
                *to++ = *from;
        }
        *to = '\0';
        return value;
}

/* The first file that has a key decides: /etc/os-release comes before /usr/lib/os-release. */
static void read_release(struct answers *answers, void *state, char *line)
{
        struct machine_facts *machine = &answers->machine;
        const struct {
                const char *key;
                char **value;
        } keys[] = {
                {"ID", &machine->os_id},
                {"ID_LIKE", &machine->os_id_like},
                {"VERSION_ID", &machine->os_version},
                {"PRETTY_NAME", &machine->os_name},
        };
        char *value = trim(line), *key = strsep(&value, "=");

        (void)state;
        for (size_t i = 0; value && i < sizeof(keys) / sizeof(keys[0]); i++)
                if (strcmp(key, keys[i].key) == 0 && !*keys[i].value)
                        *keys[i].value = string_copy(unquote(value));
}

/* "0-3,6" */
static void read_cpus(struct answers *answers, void *state, char *line)
{
        (void)state;
        for (char *part; (part = strsep(&line, ","));) {
                unsigned first, last;

                switch (sscanf(part, "%u-%u", &first, &last)) {
                case 1:
                        answers->machine.cpus++;
                        break;
                case 2:
                        answers->machine.cpus += last >= first ? last - first + 1 : 0;
                        break;
                }
        }
}

bool machine_is_known(struct machine_facts *machine)
{
        const struct {
                char **value;
                const char *when_missing; /* as os-release(5) says; NULL: every machine has it */
        } words[] = {
                {&machine->os_id, "linux"},
                {&machine->os_id_like, ""},
                {&machine->os_version, ""},
                {&machine->os_name, "Linux"},
                {&machine->hostname, NULL},
                {&machine->kernel, NULL},
                {&machine->arch, NULL},
                {&machine->boot_id, NULL},
                {&machine->machine_id, ""},
        };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                if (*words[i].value)
                        continue;
                if (!words[i].when_missing)
                        return false;
                *words[i].value = string_copy(words[i].when_missing);
        }
        return true;
}

/* ---- routes ---- */

/* Networks that others may have, too: what is only the kernel's own (its addresses, multicast, link-local)
 * and the default route are none. */
static void add_route(struct answers *answers, const struct subnet *subnet, const char *interface)
{
        const uint8_t *bytes = subnet->address.bytes;
        struct route *route;

        if (subnet->prefix == 0 || strcmp(interface, "lo") == 0)
                return;
        if (subnet->address.family == AF_INET6 &&
                (bytes[0] == 0xFF || (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80)))
                return;
        route = array_add(&answers->routes);
        route->subnet = *subnet;
        route->interface = string_copy(interface);
}

/* Numbers are printed as the machine holds them in memory: little-endian on all processors that phase kvm
 * knows. */
static void read_route4(struct answers *answers, void *state, char *line)
{
        struct subnet subnet = {.address.family = AF_INET};
        char interface[32];
        unsigned address, mask, flags;

        (void)state;
        if (sscanf(line, "%31s %8x %*8x %x %*d %*d %*d %8x", interface, &address, &flags, &mask) != 4)
                return; /* the heading */
        if (!(flags & RTF_UP) || (flags & RTF_REJECT))
                return;
        for (int i = 0; i < 4; i++)
                subnet.address.bytes[i] = (uint8_t)(address >> (8 * i));
        subnet.prefix = (unsigned)__builtin_popcount(mask);
        add_route(answers, &subnet, interface);
}

static void read_route6(struct answers *answers, void *state, char *line)
{
        const unsigned own = RTF_LOCAL | RTF_ANYCAST | RTF_REJECT;
        struct subnet subnet = {.address.family = AF_INET6};
        char digits[33], interface[32];
        unsigned flags;

        (void)state;
        if (sscanf(line, "%32[0-9a-f] %2x %*s %*s %*s %*s %*s %*s %8x %31s", digits, &subnet.prefix, &flags,
                    interface) != 4)
                return;
        if (strlen(digits) != 32 || subnet.prefix > 128 || !(flags & RTF_UP) || (flags & own))
                return;
        for (int i = 0; i < 16; i++)
                sscanf(digits + 2 * i, "%2hhx", &subnet.address.bytes[i]);
        add_route(answers, &subnet, interface);
}

/* ---- kernel settings ---- */

/* Fields, also those of further lines, with one blank between them. */
static void read_sysctl(struct answers *answers, void *state, char *line)
{
        struct sysctl_state *sysctl = state;
        struct text value = {0};

        (void)answers;
        text_add(&value, sysctl->exists ? sysctl->value : "");
        for (char *field; (field = strsep(&line, blank));)
                if (*field)
                        text_format(&value, "%s%s", value.length ? " " : "", field);
        free(sysctl->value);
        sysctl->value = text_take(&value);
        sysctl->exists = true;
}

static void read_drop_in(struct answers *answers, void *state, char *line)
{
        struct sysctl_state *sysctl = state;
        char *value = trim(line), *key;

        (void)answers;
        if (*value == '#' || *value == ';')
                return;
        key = strsep(&value, "=");
        if (value && strcmp(trim(key), sysctl->key) == 0)
                string_replace(&sysctl->persistent_value, trim(value));
}

/* ---- users and groups ---- */

/* Lines of others come along, for a name is searched anywhere in a line. */
static void read_user(struct answers *answers, void *state, char *line)
{
        struct user_state *user = state;

        (void)answers;
        if (strcmp(strsep(&line, ":"), user->name) == 0 && line)
                user->exists = true;
}

/* "NAME:x:GID:MEMBER,MEMBER" */
static void read_group(struct answers *answers, void *state, char *line)
{
        struct group_state *group = state;
        const char *name = strsep(&line, ":"), *password = strsep(&line, ":"), *gid = strsep(&line, ":");

        (void)answers;
        if (strcmp(name, group->name) != 0 || group->exists || !password || !gid)
                return;
        group->exists = sscanf(gid, "%u", &group->gid) == 1;
        for (char *member; (member = strsep(&line, ",")) && group->exists;)
                if (*member)
                        strings_add(&group->members, member);
}

/* grep finds "libvirt:" at the end of a home directory, too. */
static void read_other_account(struct answers *answers, void *state, char *line)
{
        (void)answers;
        (void)state;
        (void)line;
}

/* ---- notes of ours ---- */

static void read_note(struct answers *answers, void *state, char *line)
{
        struct note_state *note = state;

        (void)answers;
        if (!note->text)
                note->text = string_copy(line);
}

/* ---- whole files ---- */

/* Its storage doubles, so that long files cost no more a line than short ones. */
static void read_text(struct answers *answers, void *state, char *line)
{
        struct text_state *file = state;
        size_t length = strlen(line), needed = file->length + length + 2;

        (void)answers;
        if (needed > file->capacity) {
                file->capacity = 2 * needed;
                file->text = memory_resize(file->text, file->capacity, 1);
        }
        memcpy(file->text + file->length, line, length);
        memcpy(file->text + file->length + length, "\n", 2);
        file->length += length + 1;
}

/* ---- all of them ---- */

static struct text_source *add_source(struct text_sources *sources, char *path,
        void (*read_line)(struct answers *answers, void *state, char *line), void *state)
{
        struct text_source *source = array_add(&sources->sources);

        *source = (struct text_source) {.path = path, .read_line = read_line, .state = state};
        return source;
}

void text_sources_init(struct text_sources *sources, const struct survey *survey, struct answers *answers)
{
        struct machine_facts *machine = &answers->machine;

        add_source(sources, string_copy("/etc/os-release"), read_release, NULL);
        add_source(sources, string_copy("/usr/lib/os-release"), read_release, NULL);
        add_source(sources, string_copy("/proc/sys/kernel/hostname"), read_word, &machine->hostname);
        add_source(sources, string_copy("/proc/sys/kernel/osrelease"), read_word, &machine->kernel);
        add_source(sources, string_copy("/proc/sys/kernel/arch"), read_word, &machine->arch);
        add_source(sources, string_copy("/proc/sys/kernel/random/boot_id"), read_word, &machine->boot_id);
        add_source(sources, string_copy("/etc/machine-id"), read_machine_id, NULL);
        add_source(sources, string_copy("/sys/devices/system/cpu/online"), read_cpus, NULL);
        if (survey_asks(survey, ASK_ROUTES)) {
                add_source(sources, string_copy("/proc/net/route"), read_route4, NULL);
                add_source(sources, string_copy("/proc/net/ipv6_route"), read_route6, NULL);
        }
        for (array_each(struct sysctl_state, sysctl, &answers->sysctls)) {
                char *live = sysctl_path(sysctl->key);

                if (live)
                        add_source(sources, live, read_sysctl, sysctl);
                add_source(sources, sysctl_drop_in(sysctl->key), read_drop_in, sysctl);
        }
        if (survey_asks(survey, ASK_USER) || survey_asks(survey, ASK_GROUP)) {
                add_source(sources, string_copy("/etc/passwd"), read_other_account, NULL)->name = "";
                add_source(sources, string_copy("/etc/group"), read_other_account, NULL)->name = "";
        }
        for (array_each(struct note_state, note, &answers->notes))
                add_source(sources, string_copy(note->path), read_note, note);
        for (array_each(struct text_state, text, &answers->texts))
                add_source(sources, string_copy(text->path), read_text, text);
        for (array_each(struct user_state, user, &answers->users))
                add_source(sources, string_copy("/etc/passwd"), read_user, user)->name = user->name;
        for (array_each(struct group_state, group, &answers->groups))
                add_source(sources, string_copy("/etc/group"), read_group, group)->name = group->name;
}

void text_sources_done(struct text_sources *sources)
{
        for (array_each(struct text_source, source, &sources->sources))
                free(source->path);
        array_free(&sources->sources);
}

bool text_sources_read(const struct text_sources *sources, struct answers *answers, char *line)
{
        bool is_known = false;

        for (array_each(const struct text_source, source, &sources->sources)) {
                size_t length = strlen(source->path);

                if (strncmp(line, source->path, length) != 0 || line[length] != ':')
                        continue;
                CLEANUP(string_free) char *content = string_copy(line + length + 1);
                source->read_line(answers, source->state, content);
                is_known = true;
        }
        return is_known;
}
