/* The one reader of haproxy's configuration: of ours, to say what has changed in it, and of theirs, to know where it
 * listens. */
#include <string.h>

#include "plan/haproxy_parts.h"

static const char *const section_words[HAPROXY_SECTION_KINDS] = {
        [HAPROXY_LISTEN] = "listen", [HAPROXY_FRONTEND] = "frontend", [HAPROXY_BACKEND] = "backend"};

/* What begins a section of which nothing is modelled. */
static const char *const other_sections[] = {"global", "defaults", "peers", "resolvers", "userlist", "cache",
        "mailers", "program", "ring", "http-errors", "fcgi-app", "log-forward", "log-profile", "crt-store",
        "traces", "acme"};

struct reading {
        ARRAY(struct haproxy_section) sections;
        bool is_in_section;
        unsigned line;
};

static bool is_other_section(const char *word)
{
        for (size_t i = 0; i < sizeof(other_sections) / sizeof(other_sections[0]); i++)
                if (strcmp(other_sections[i], word) == 0)
                        return true;
        return false;
}

static void begin_section(
        struct reading *reading, enum haproxy_section_kind kind, const struct haproxy_line *line)
{
        struct haproxy_section *section = array_add(&reading->sections);
        const struct haproxy_word *words = line->words.items;

        section->kind = kind;
        section->said.line = reading->line;
        section->said.service.name = string_copy(line->words.count > 1 ? words[1].text : "");
        section->said.service.check = (struct health_check) {.interval_s = 2, .rise = 2, .fall = 3};
        reading->is_in_section = true;
        if (line->words.count == 3 && kind != HAPROXY_BACKEND) /* an address there is as old as haproxy */
                haproxy_take_bind(section, words[2].text);
        else if (line->words.count > 2)
                strings_add(&section->said.unmodelled, words[2].text);
}

static void take_line(struct reading *reading, const struct haproxy_line *line)
{
        const char *word = line->words.items[0].text;

        for (enum haproxy_section_kind kind = 0; kind < HAPROXY_SECTION_KINDS; kind++) {
                if (strcmp(section_words[kind], word) == 0) {
                        begin_section(reading, kind, line);
                        return;
                }
        }
        if (is_other_section(word))
                reading->is_in_section = false;
        else if (reading->is_in_section)
                haproxy_take_line(&reading->sections.items[reading->sections.count - 1], line);
}

static const struct haproxy_section *find_backend(const struct reading *reading, const char *name)
{
        for (array_each(const struct haproxy_section, section, &reading->sections))
                if (name && section->kind == HAPROXY_BACKEND &&
                        string_equal(section->said.service.name, name))
                        return section;
        return NULL;
}

/* What a frontend leads to is part of the service: servers, and how they are checked. */
static void join_backend(const struct reading *reading, struct haproxy_section *frontend)
{
        const struct haproxy_section *backend = find_backend(reading, frontend->backend);
        struct balanced_service *service = &frontend->said.service;

        if (!backend) {
                strings_add(&frontend->said.unmodelled, "no default_backend");
                return;
        }
        string_free(&service->check.path);
        service->check = backend->said.service.check;
        service->check.path = string_copy(backend->said.service.check.path);
        for (array_each(const struct balanced_server, server, &backend->said.service.servers))
                *array_add(&service->servers) =
                        (struct balanced_server) {string_copy(server->name), server->at};
        frontend->is_checked = backend->is_checked;
        for (array_each(char *, word, &backend->said.unmodelled))
                strings_add(&frontend->said.unmodelled, *word);
}

/* Hands the section's content over to the model. */
static void take_section(
        const struct reading *reading, struct haproxy_section *section, struct haproxy *haproxy)
{
        if (section->kind == HAPROXY_BACKEND)
                return;
        if (section->why) {
                struct haproxy_skipped *skipped = array_add(&haproxy->skipped);

                skipped->name = STEAL(section->said.service.name);
                skipped->line = section->said.line;
                skipped->why = STEAL(section->why);
                return;
        }
        if (section->kind == HAPROXY_FRONTEND)
                join_backend(reading, section);
        if (!section->is_checked)
                strings_add(&section->said.unmodelled, "no check");
        *array_add(&haproxy->services) = section->said;
        section->said = (struct haproxy_service) {0};
}

void haproxy_read(const char *text, struct haproxy *ret_haproxy)
{
        struct reading reading = {0};

        *ret_haproxy = (struct haproxy) {0};
        while (*text) {
                CLEANUP(haproxy_line_done) struct haproxy_line line = {0};

                reading.line++;
                text = haproxy_split(text, &line);
                if (line.words.count > 0)
                        take_line(&reading, &line);
        }
        for (array_each(struct haproxy_section, section, &reading.sections))
                take_section(&reading, section, ret_haproxy);
        for (array_each(struct haproxy_section, section, &reading.sections)) {
                balanced_service_done(&section->said.service);
                strings_done(&section->said.unmodelled);
                free(section->backend);
                free(section->why);
        }
        array_free(&reading.sections);
}
