/* --set: values from the command line, put into the tree before anything is made of it, so that they are
 * checked as those of the files are. */
#include "base/nearest.h"
#include "config/overrides.h"
#include "config/schema.h"

/* The key that a name leads to. */
struct target {
        const struct section_schema *schema;
        struct section *section;
        const struct key *key;
};

struct path {
        const char *rest; /* what is still to be followed: "lab1.connect" */
        const struct place *place;
        struct problems *problems;
};

static void complain_about_title(const struct path *path, const struct target *target, const char *name)
{
        ARRAY(const char *) titles = {0};
        CLEANUP(string_free) char *title = string_copy_n(path->rest, strcspn(path->rest, "."));
        const char *nearest;

        for (array_each(struct section, section, &target->section->sections))
                if (string_equal(section->name, name))
                        *array_add(&titles) = section->title;
        nearest = nearest_word(title, titles.items, titles.count);
        if (nearest && string_equal(nearest, path->rest)) {
                problems_add(path->problems, path->place,
                        "a key is missing after %s.%.80s: %s.%.80s.KEY=VALUE", name, title, name, title);
                array_free(&titles);
                return;
        }
        problems_add(path->problems, path->place, "there is no %s \"%.80s\" in the files%s%s%s", name, title,
                nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
        array_free(&titles);
}

/* The section whose title the path goes on with; the longest, because titles may hold dots. */
static struct section *find_titled(struct path *path, const struct target *target, const char *name)
{
        struct section *found = NULL;
        size_t longest = 0;

        for (array_each(struct section, section, &target->section->sections)) {
                size_t length = section->title ? strlen(section->title) : 0;

                if (!string_equal(section->name, name) || !section->title || (found && length <= longest) ||
                        strncmp(path->rest, section->title, length) != 0 || path->rest[length] != '.')
                        continue;
                found = section;
                longest = length;
        }
        if (!found) {
                complain_about_title(path, target, name);
                return NULL;
        }
        path->rest += longest + 1;
        return found;
}

/* The only section of that name; made when there is none, as in --set deadlines.kvm=5min. */
static struct section *find_untitled(const struct path *path, const struct target *target, const char *name)
{
        struct section *found = NULL;

        for (array_each(struct section, section, &target->section->sections)) {
                if (!string_equal(section->name, name))
                        continue;
                if (found) {
                        problems_add(path->problems, path->place,
                                "there are several sections %s, without names to tell them apart: change the "
                                "file",
                                name);
                        return NULL;
                }
                found = section;
        }
        if (!found) {
                found = array_add(&target->section->sections);
                found->name = string_copy(name);
                found->place = *path->place;
        }
        return found;
}

/* Follows one section's name, and its title. */
static int enter(struct path *path, struct target *target)
{
        size_t length = strcspn(path->rest, ".");
        CLEANUP(string_free) char *name = string_copy_n(path->rest, length);
        const struct section_schema *inner = schema_section(target->schema, name);
        struct section *inside;

        if (!inner) {
                CLEANUP(string_free) char *suggestion = schema_suggest_section(target->schema, name);

                problems_add(
                        path->problems, path->place, "there is no section \"%.80s\"%s", name, suggestion);
                return -1;
        }
        path->rest += length + 1;
        inside = inner->title ? find_titled(path, target, name) : find_untitled(path, target, name);
        if (!inside)
                return -1;
        target->schema = inner;
        target->section = inside;
        return 0;
}

static int follow(struct path *path, struct target *target)
{
        while (strchr(path->rest, '.'))
                if (enter(path, target) < 0)
                        return -1;
        target->key = schema_key(target->schema, path->rest);
        if (!target->key) {
                CLEANUP(string_free) char *suggestion = schema_suggest_key(target->schema, path->rest);

                problems_add(
                        path->problems, path->place, "there is no key \"%.80s\"%s", path->rest, suggestion);
                return -1;
        }
        return 0;
}

/* A list's values stand between commas. */
static void set(const struct target *target, const char *value, const struct place *place)
{
        struct setting *setting = section_setting(target->section, target->key->name);

        if (!setting) {
                setting = array_add(&target->section->settings);
                setting->name = string_copy(target->key->name);
        }
        strings_done(&setting->values);
        setting->place = *place;
        while (target->key->is_list && strchr(value, ',')) {
                size_t length = strcspn(value, ",");

                strings_take(&setting->values, string_copy_n(value, length));
                value += length + 1;
        }
        strings_add(&setting->values, value);
}

void override_apply(
        struct section *root, const char *setting, const struct place *place, struct problems *problems)
{
        const char *equal = strchr(setting, '=');
        CLEANUP(string_free) char *name = string_copy_n(setting, strcspn(setting, "="));
        struct target target = {.schema = &schema_root, .section = root};
        struct path path = {.rest = name, .place = place, .problems = problems};

        if (!equal)
                problems_add(
                        problems, place, "a setting is NAME=VALUE, as in host.lab1.connect=root@10.77.1.2");
        else if (follow(&path, &target) == 0)
                set(&target, equal + 1, place);
}
