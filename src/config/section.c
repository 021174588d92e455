/* What every section's rules use. */
#include "config/section.h"

bool subject_has(const struct subject *subject, const char *name)
{
        return section_setting(subject->section, name) || section_section(subject->section, name);
}

bool subject_knows(const struct subject *subject, const char *name)
{
        const struct setting *setting = section_setting(subject->section, name);

        return setting && !setting->is_bad;
}

static const struct place *find_place(const struct subject *subject, const char *name)
{
        const struct setting *setting = section_setting(subject->section, name);
        const struct section *section = section_section(subject->section, name);

        return setting ? &setting->place : section ? &section->place : &subject->section->place;
}

void subject_problem(const struct subject *subject, const char *name, const char *format, ...)
{
        CLEANUP(string_free) char *text = NULL;
        va_list arguments;

        va_start(arguments, format);
        text = string_vformat(format, arguments);
        va_end(arguments);
        problems_add(subject->problems, find_place(subject, name), "%s: %s", subject->label, text);
}

void subject_claim(const struct subject *subject, const char *key, const char *format, ...)
{
        va_list arguments;
        char *thing;

        va_start(arguments, format);
        thing = string_vformat(format, arguments);
        va_end(arguments);
        claims_take(subject->claims, (struct claim) {
                                             .scope = string_format("%p: %s", (const void *)subject->around,
                                                     subject->section->name),
                                             .thing = thing,
                                             .label = string_copy(subject->label),
                                             .place = *find_place(subject, key),
                                     });
}
