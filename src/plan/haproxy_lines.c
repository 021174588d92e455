/* What stands in a section of haproxy's configuration: the lines that our writer writes, and all forms of `bind`. */
#include <string.h>
#include <sys/socket.h>

#include "plan/haproxy_parts.h"

#define MOST_BINDS 10000 /* of a section: a range is some letters, and would be much memory */

/* ---- numbers ---- */

static bool read_number(const char *text, unsigned long most, unsigned *ret_number)
{
        size_t digits = strspn(text, "0123456789");
        unsigned long number = strtoul(text, NULL, 10);

        if (digits == 0 || digits > 9 || text[digits] || number > most)
                return false;
        *ret_number = (unsigned)number;
        return true;
}

/* Milliseconds, or with a unit; whole seconds only. */
static bool read_seconds(const char *text, unsigned *ret_seconds)
{
        static const struct {
                const char *unit;
                unsigned ms;
        } units[] = {{"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
        size_t digits = strspn(text, "0123456789");
        unsigned long long number = strtoull(text, NULL, 10);

        if (digits == 0 || digits > 9)
                return false;
        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
                if (strcmp(text + digits, units[i].unit) != 0 || number * units[i].ms % 1000)
                        continue;
                *ret_seconds = (unsigned)(number * units[i].ms / 1000);
                return true;
        }
        return false;
}

/* ---- bind ---- */

/* "80" or "8000-8010". */
static bool read_ports(const char *text, unsigned *ret_first, unsigned *ret_last)
{
        CLEANUP(string_free) char *first = string_copy_n(text, strcspn(text, "-"));
        const char *dash = strchr(text, '-');

        if (!read_number(first, 65535, ret_first) || *ret_first == 0)
                return false;
        *ret_last = *ret_first;
        return !dash || (read_number(dash + 1, 65535, ret_last) && *ret_last >= *ret_first);
}

/* The address alone: nothing and "*" are all of IPv4's, and brackets may stand around an IPv6 one. */
static bool read_address(const char *text, struct ip_address *ret_address)
{
        size_t length = strlen(text);
        bool has_brackets = length > 1 && text[0] == '[' && text[length - 1] == ']';
        CLEANUP(string_free)
        char *bare = has_brackets ? string_copy_n(text + 1, length - 2) : string_copy(text);
        struct error error = {0}; /* ours says what is wrong with all of it */
        bool is_read;

        if (!*bare || strcmp(bare, "*") == 0) {
                *ret_address = (struct ip_address) {.family = AF_INET};
                return true;
        }
        is_read = ip_address_parse(bare, ret_address, &error) == 0;
        error_done(&error);
        return is_read;
}

/* What has nothing to do with TCP ports: "/run/x.sock", "unix@…", "abns@…", "quic4@…". */
static bool is_no_tcp(const char *text)
{
        static const char *const others[] = {"/", "unix@", "uxst@", "abns@", "abnsz@", "quic4@", "quic6@",
                "rhttp@", "udp@", "udp4@", "udp6@", "uxdg@"};

        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
                if (strncmp(text, others[i], strlen(others[i])) == 0)
                        return true;
        return false;
}

void haproxy_take_bind(struct haproxy_section *section, const char *text)
{
        static const char *const families[] = {"ipv4@", "ipv6@", "tcp@", "tcp4@", "tcp6@", "ipv4:", ""};
        const char *bare = text, *colon;
        CLEANUP(string_free) char *address = NULL;
        struct socket_address at = {0};
        unsigned last;

        if (is_no_tcp(text)) {
                strings_take(&section->said.unmodelled, string_format("bind %s", text));
                return;
        }
        for (size_t i = 0; i < sizeof(families) / sizeof(families[0]) && bare == text; i++)
                if (strncmp(text, families[i], strlen(families[i])) == 0)
                        bare += strlen(families[i]);
        colon = strrchr(bare, ':');
        address = colon ? string_copy_n(bare, (size_t)(colon - bare)) : NULL;
        if (!colon || !read_ports(colon + 1, &at.port, &last) || !read_address(address, &at.address)) {
                if (!section->why)
                        section->why = string_format("its bind address \"%.80s\" isn't understood", text);
                return;
        }
        if (section->said.service.binds.count + last - at.port >= MOST_BINDS) {
                if (!section->why)
                        section->why = string_format("it listens at more than %d ports", MOST_BINDS);
                return;
        }
        for (; at.port <= last; at.port++)
                *array_add(&section->said.service.binds) = at;
}

static void take_bind(struct haproxy_section *section, const struct haproxy_line *line)
{
        const struct haproxy_word *words = line->words.items;

        if (line->words.count < 2) {
                if (!section->why)
                        section->why = string_copy("it has a bind without an address");
                return;
        }
        if (words[1].is_expanded && !section->why)
                section->why = string_format(
                        "its bind address \"%.80s\" depends on the environment of haproxy", words[1].text);
        for (const char *at = words[1].text; !words[1].is_expanded && *at; at += *at == ',') {
                CLEANUP(string_free) char *one = string_copy_n(at, strcspn(at, ","));

                haproxy_take_bind(section, one);
                at += strlen(one);
        }
        for (size_t i = 2; i < line->words.count; i++)
                if (strcmp(words[i].text, "v6only") != 0)
                        strings_take(&section->said.unmodelled, string_format("bind … %s", words[i].text));
}

/* ---- servers and their checks ---- */

static bool take_parameter(
        struct health_check *check, const struct haproxy_word *words, size_t count, size_t *i)
{
        const char *word = words[*i].text, *value = *i + 1 < count ? words[*i + 1].text : "";
        const struct {
                const char *word;
                unsigned *target;
                unsigned most;
        } numbers[] = {
                {"rise", &check->rise, 1000}, {"fall", &check->fall, 1000}, {"port", &check->port, 65535}};

        if (strcmp(word, "check") == 0)
                return true;
        if (strcmp(word, "check-ssl") == 0) {
                check->kind = HEALTH_HTTPS;
                return true;
        }
        if (strcmp(word, "verify") == 0)
                return ++*i < count && strcmp(value, "none") == 0;
        if (strcmp(word, "inter") == 0)
                return ++*i < count && read_seconds(value, &check->interval_s);
        for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++)
                if (strcmp(word, numbers[n].word) == 0)
                        return ++*i < count && read_number(value, numbers[n].most, numbers[n].target);
        return false;
}

/* Those behind `server NAME ADDRESS` or `default-server`: all servers of a service are checked alike. */
static void take_parameters(struct haproxy_section *section, const struct haproxy_line *line, size_t first)
{
        for (size_t i = first; i < line->words.count; i++) {
                size_t at = i;

                section->is_checked |= strcmp(line->words.items[i].text, "check") == 0;
                if (!take_parameter(&section->said.service.check, line->words.items, line->words.count, &i))
                        strings_take(
                                &section->said.unmodelled, string_format("%s … %s", line->words.items[0].text,
                                                                   line->words.items[at].text));
        }
}

static void take_server(struct haproxy_section *section, const struct haproxy_line *line)
{
        const struct haproxy_word *words = line->words.items;
        CLEANUP(error_done)
        struct error error = {0}; /* an address in another form isn't modelled, that is all */
        struct socket_address at;

        if (line->words.count >= 3 && !words[2].is_expanded &&
                socket_address_parse(words[2].text, &at, &error) == 0)
                *array_add(&section->said.service.servers) =
                        (struct balanced_server) {string_copy(words[1].text), at};
        else
                strings_take(&section->said.unmodelled,
                        string_format("server %s", line->words.count > 1 ? words[1].text : ""));
        take_parameters(section, line, 3);
}

static void take_default_server(struct haproxy_section *section, const struct haproxy_line *line)
{
        take_parameters(section, line, 1);
}

/* ---- the rest of a section ---- */

static void take_mode(struct haproxy_section *section, const struct haproxy_line *line)
{
        const char *word = line->words.count == 2 ? line->words.items[1].text : "";

        for (int mode = 0; mode < BALANCED_MODES; mode++) {
                if (strcmp(balanced_mode_name((enum balanced_mode)mode), word) == 0) {
                        section->said.service.mode = (enum balanced_mode)mode;
                        return;
                }
        }
        strings_take(&section->said.unmodelled, string_format("mode %s", word));
}

static void take_option(struct haproxy_section *section, const struct haproxy_line *line)
{
        const struct haproxy_word *words = line->words.items;
        struct health_check *check = &section->said.service.check;

        if (line->words.count == 4 && strcmp(words[1].text, "httpchk") == 0 &&
                strcmp(words[2].text, "GET") == 0 && !words[3].is_expanded) {
                string_replace(&check->path, words[3].text);
                check->kind = check->kind == HEALTH_TCP ? HEALTH_HTTP : check->kind;
                check->status = check->status ? check->status : 200;
                return;
        }
        strings_take(&section->said.unmodelled,
                string_format("option %s", line->words.count > 1 ? words[1].text : ""));
}

static void take_expectation(struct haproxy_section *section, const struct haproxy_line *line)
{
        const struct haproxy_word *words = line->words.items;

        if (line->words.count != 4 || strcmp(words[1].text, "expect") != 0 ||
                strcmp(words[2].text, "status") != 0 ||
                !read_number(words[3].text, 599, &section->said.service.check.status))
                strings_add(&section->said.unmodelled, "http-check");
}

static void take_backend(struct haproxy_section *section, const struct haproxy_line *line)
{
        if (line->words.count == 2)
                string_replace(&section->backend, line->words.items[1].text);
        else
                strings_add(&section->said.unmodelled, "default_backend");
}

static const struct {
        const char *word;
        void (*take)(struct haproxy_section *section, const struct haproxy_line *line);
} keywords[] = {
        {"bind", take_bind},
        {"mode", take_mode},
        {"server", take_server},
        {"default-server", take_default_server},
        {"option", take_option},
        {"http-check", take_expectation},
        {"default_backend", take_backend},
};

void haproxy_take_line(struct haproxy_section *section, const struct haproxy_line *line)
{
        const char *word = line->words.items[0].text;

        for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
                if (strcmp(keywords[i].word, word) == 0) {
                        keywords[i].take(section, line);
                        return;
                }
        }
        strings_add(&section->said.unmodelled, word);
}
