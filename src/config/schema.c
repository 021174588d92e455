/* What may stand in a host.conf: the list of sections, and looking things up in their tables. */
#include "base/nearest.h"
#include "base/text.h"
#include "config/section.h"

static const struct section_schema *const sections[] = {&section_host, &section_deadlines, &section_network,
        &section_pool, &section_image, &section_packages, &section_unit, &section_sysctl, &section_group,
        &section_file, &section_guest, &section_load_balancer, &section_boot_server, &section_firewall,
        &section_cluster, &section_opnsense, &section_firewall_pair, &section_machine, NULL};

const struct section_schema schema_root = {.name = "a configuration", .sections = sections};

const struct key *schema_key(const struct section_schema *section, const char *name)
{
        for (size_t i = 0; i < section->key_count; i++)
                if (string_equal(section->keys[i].name, name))
                        return &section->keys[i];
        return NULL;
}

const struct section_schema *schema_section(const struct section_schema *section, const char *name)
{
        for (size_t i = 0; section->sections && section->sections[i]; i++)
                if (string_equal(section->sections[i]->name, name))
                        return section->sections[i];
        return NULL;
}

#define NAMES_MAX 32

/* The keys' names; how many. */
static size_t key_names(const struct section_schema *section, const char *ret_names[static NAMES_MAX])
{
        size_t count = 0;

        for (; count < section->key_count && count < NAMES_MAX; count++)
                ret_names[count] = section->keys[count].name;
        return count;
}

static size_t section_names(const struct section_schema *section, const char *ret_names[static NAMES_MAX])
{
        size_t count = 0;

        for (; section->sections && section->sections[count] && count < NAMES_MAX; count++)
                ret_names[count] = section->sections[count]->name;
        return count;
}

static char *suggest(const char *name, const char *kind, const char *const *names, size_t count)
{
        CLEANUP(text_done) struct text text = {0};
        const char *nearest = nearest_word(name, names, count);

        if (nearest) {
                text_format(&text, "; did you mean \"%s\"?", nearest);
                return text_take(&text);
        }
        for (size_t i = 0; i < count; i++)
                text_format(&text, "%s%s", i == 0 ? kind : ", ", names[i]);
        return text_take(&text);
}

char *schema_suggest_key(const struct section_schema *section, const char *name)
{
        const char *names[NAMES_MAX];

        if (section->key_count == 0)
                return string_copy(" outside of sections");
        return suggest(name, "; its keys are ", names, key_names(section, names));
}

char *schema_suggest_section(const struct section_schema *section, const char *name)
{
        const char *names[NAMES_MAX];

        return suggest(name, "; there are ", names, section_names(section, names));
}
