/* Tree to structs: nothing in here knows any section or key. What comes out is complete only if no problem
 * was found. */
#include <assert.h>

#include "config/build.h"

/* The section being built, and what its problems need. */
struct builder {
        const struct section_schema *schema;
        struct section *section;
        void *object;
        struct subject subject;
};

/* A problem of the section, after its label; the file as a whole has none. */
__attribute__((format(printf, 3, 4))) static void complain(
        const struct builder *builder, const struct place *place, const char *format, ...)
{
        const char *label = builder->subject.label;
        CLEANUP(string_free) char *text = NULL;
        va_list arguments;

        va_start(arguments, format);
        text = string_vformat(format, arguments);
        va_end(arguments);
        problems_add(builder->subject.problems, place, "%s%s%s", label, *label ? ": " : "", text);
}

static void judge_value(const struct builder *builder, const struct key *key, const char *text,
        const struct place *place, bool *ret_is_bad)
{
        CLEANUP(error_done) struct error error = {0};
        struct value value = {.text = text, .place = place};

        if (value_check(text, key->is_text, &error) == 0 &&
                (!key->rule || name_check(key->rule, text, &error) == 0) &&
                key->parse(&value, (char *)builder->object + key->offset, &error) == 0)
                return;
        *ret_is_bad = true;
        complain(builder, place, "%s: %s", key->name, error_text(&error));
}

static void build_setting(const struct builder *builder, const struct key *key, struct setting *setting)
{
        if (setting->values.count == 0) {
                setting->is_bad = true;
                complain(builder, &setting->place,
                        "%s = {} is empty: give it a value, %s = %s, or leave it out", key->name, key->name,
                        key->form);
        }
        if (setting->values.count > 1 && !key->is_list) {
                setting->is_bad = true;
                complain(builder, &setting->place, "%s takes one value, not %zu: %s = %s", key->name,
                        setting->values.count, key->name, key->form);
                return;
        }
        for (array_each(char *, text, &setting->values))
                judge_value(builder, key, *text, &setting->place, &setting->is_bad);
}

static void judge_unknown_key(const struct builder *builder, const struct setting *setting)
{
        CLEANUP(string_free) char *suggestion = schema_suggest_key(builder->schema, setting->name);

        complain(builder, &setting->place, "there is no key \"%.80s\"%s", setting->name, suggestion);
}

static void build_settings(const struct builder *builder)
{
        for (array_each(struct setting, setting, &builder->section->settings)) {
                const struct key *key = schema_key(builder->schema, setting->name);
                const struct setting *first = section_setting(builder->section, setting->name);
                CLEANUP(string_free) char *place = place_format(&first->place);

                if (!key)
                        judge_unknown_key(builder, setting);
                else if (first != setting)
                        complain(builder, &setting->place,
                                "%s is set twice, first at %s: remove one (+= adds to a list)", key->name,
                                place);
                else
                        build_setting(builder, key, setting);
        }
}

/* What isn't there: an error where it must be, else its default. */
static void build_defaults(const struct builder *builder)
{
        for (size_t i = 0; i < builder->schema->key_count; i++) {
                const struct key *key = &builder->schema->keys[i];
                bool is_bad = false;

                if (section_setting(builder->section, key->name))
                        continue;
                if (key->standard)
                        judge_value(builder, key, key->standard, &builder->section->place, &is_bad);
                assert(!is_bad);
                if (key->is_required && !builder->section->is_cut)
                        complain(builder, &builder->section->place, "%s is missing: add %s = %s", key->name,
                                key->name, key->form);
        }
}

static void judge_unknown_section(const struct builder *builder, const struct section *section)
{
        CLEANUP(string_free) char *suggestion = schema_suggest_section(builder->schema, section->name);

        if (schema_section(&schema_root, section->name))
                complain(builder, &section->place, "%s can't stand inside: is a } missing before it?",
                        section->name);
        else
                complain(builder, &section->place, "there is no section \"%.80s\"%s", section->name,
                        suggestion);
}

static void build_section(
        const struct builder *parent, const struct section_schema *schema, struct section *section);

static void build_sections(const struct builder *builder)
{
        for (array_each(struct section, section, &builder->section->sections)) {
                const struct section_schema *inner = schema_section(builder->schema, section->name);
                const struct section *first = section_section(builder->section, section->name);
                CLEANUP(string_free) char *place = place_format(&first->place);

                if (!inner)
                        judge_unknown_section(builder, section);
                else if (inner->is_single && first != section)
                        complain(builder, &section->place,
                                "%s stands twice, first at %s: write one section of both", section->name,
                                place);
                else
                        build_section(builder, inner, section);
        }
}

static void build_section(
        const struct builder *parent, const struct section_schema *schema, struct section *section)
{
        CLEANUP(string_free) char *own_label = section_label(section), *label = NULL;
        struct builder builder = {.schema = schema, .section = section, .subject = parent->subject};
        bool is_bad = false;

        label = *parent->subject.label ? string_format("%s: %s", parent->subject.label, own_label)
                                       : string_copy(own_label);
        builder.object = schema->add(parent->object, &section->place);
        builder.subject.section = section;
        builder.subject.label = label;
        builder.subject.around = parent->section;
        builder.subject.parent = parent->object;
        if (schema->title)
                judge_value(&builder, schema->title, section->title, &section->place, &is_bad);
        build_settings(&builder);
        build_defaults(&builder);
        build_sections(&builder);
        if (schema->judge && !section->is_cut)
                schema->judge(&builder.subject, builder.object);
}

void build(struct section *root, struct loading *loading, struct problems *problems)
{
        CLEANUP(claims_done) struct claims claims = {0};
        struct builder builder = {
                .schema = &schema_root,
                .section = root,
                .object = loading,
                .subject = {.section = root,
                        .label = "",
                        .around = root,
                        .problems = problems,
                        .claims = &claims},
        };

        build_settings(&builder);
        build_sections(&builder);
        claims_judge(&claims, problems);
}
