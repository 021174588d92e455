/* What a reader of libvirt's XML understands, as a table. */
#include "means/xml_understood.h"

#include <stdbool.h>

struct search {
        const struct xml_understood *table;
        size_t count;
        struct strings *unmodelled;
};

void xml_add_unmodelled(
        struct strings *unmodelled, const char *element, const char *attribute, const char *value)
{
        CLEANUP(string_free)
        char *words =
                attribute ? string_format("%s %s='%s'", element, attribute, value) : string_copy(element);

        if (!strings_has(unmodelled, words))
                strings_add(unmodelled, words);
}

/* Lends the value that goes with it: XML_ANY, XML_SKIP or the only one; false when it isn't understood. */
static bool is_understood(
        const struct search *search, const char *path, const char *attribute, const char **ret_value)
{
        for (size_t i = 0; i < search->count; i++) {
                const struct xml_understood *row = &search->table[i];

                if (!string_equal(row->path, path) || !string_equal(row->attribute, attribute))
                        continue;
                *ret_value = row->value;
                return true;
        }
        return false;
}

static void find(const struct search *search, const struct xml_node *node, const char *path)
{
        const char *value;

        for (array_each(const struct xml_property, property, &node->properties))
                if (!is_understood(search, path, property->name, &value) ||
                        (value && !string_equal(value, property->value)))
                        xml_add_unmodelled(search->unmodelled, node->name, property->name, property->value);
        for (array_each(const struct xml_node, child, &node->children)) {
                CLEANUP(string_free)
                char *below = *path ? string_format("%s/%s", path, child->name) : string_copy(child->name);

                if (!is_understood(search, below, NULL, &value))
                        xml_add_unmodelled(search->unmodelled, child->name, NULL, NULL);
                else if (value == XML_ANY)
                        find(search, child, below);
        }
}

void xml_find_unmodelled(const struct xml_node *root, const struct xml_understood *table, size_t count,
        struct strings *ret_unmodelled)
{
        const struct search search = {.table = table, .count = count, .unmodelled = ret_unmodelled};

        find(&search, root, "");
}
