/* A configuration as it stands in the files. */
#include "config/tree.h"

struct setting *section_setting(const struct section *section, const char *name)
{
        for (array_each(struct setting, setting, &section->settings))
                if (string_equal(setting->name, name))
                        return setting;
        return NULL;
}

struct section *section_section(const struct section *section, const char *name)
{
        for (array_each(struct section, inner, &section->sections))
                if (string_equal(inner->name, name))
                        return inner;
        return NULL;
}

char *section_label(const struct section *section)
{
        if (!section->title)
                return string_copy(section->name);
        return string_format("%s \"%.80s\"", section->name, section->title);
}

static void setting_done(struct setting *setting)
{
        free(setting->name);
        strings_done(&setting->values);
}

void section_done(struct section *section)
{
        for (array_each(struct setting, setting, &section->settings))
                setting_done(setting);
        for (array_each(struct section, inner, &section->sections))
                section_done(inner);
        array_free(&section->settings);
        array_free(&section->sections);
        free(section->name);
        free(section->title);
        *section = (struct section) {0};
}

void document_done(struct document *document)
{
        section_done(&document->root);
        for (array_each(struct include, include, &document->includes))
                free(include->file);
        array_free(&document->includes);
}
