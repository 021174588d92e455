/* What a guest's definition leads to. Wherever an element <source> is below <devices>, in a disk, in what that is based on
 * or in a network interface, its attributes say it. */
#include "means/guest_uses.h"

#include "base/text.h"
#include "means/xml_tree.h"

static void add(struct strings *strings, const char *value)
{
        if (value && *value && !strings_has(strings, value))
                strings_add(strings, value);
}

static void read_source(const struct xml_node *source, struct guest_uses *uses)
{
        const char *pool = xml_node_property(source, "pool"), *volume = xml_node_property(source, "volume");

        add(&uses->networks, xml_node_property(source, "network"));
        add(&uses->bridges, xml_node_property(source, "bridge"));
        add(&uses->paths, xml_node_property(source, "file"));
        add(&uses->paths, xml_node_property(source, "dev"));
        add(&uses->pools, pool);
        if (pool && volume) {
                CLEANUP(string_free) char *name = string_format("%s/%s", pool, volume);

                add(&uses->volumes, name);
        }
}

/* As deep as xml_node_parse has let it be. */
static void read_below(const struct xml_node *node, struct guest_uses *uses)
{
        for (array_each(const struct xml_node, child, &node->children)) {
                if (string_equal(child->name, "source"))
                        read_source(child, uses);
                read_below(child, uses);
        }
}

int guest_uses_read(const char *xml, struct guest_uses *uses, struct error *error)
{
        CLEANUP(xml_node_done) struct xml_node root = {0};
        const struct xml_node *devices;

        if (xml_node_parse(xml, &root, error) < 0)
                return -1;
        devices = xml_node_child(&root, "devices");
        if (devices)
                read_below(devices, uses);
        return 0;
}
