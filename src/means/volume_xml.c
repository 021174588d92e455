/* Volumes as libvirt's XML, and back. */
#include "means/volume_xml.h"

#include <errno.h>
#include <inttypes.h>

#include "base/xml.h"
#include "means/xml_tree.h"

static void write_format(struct xml *xml, const char *format)
{
        xml_open(xml, "format");
        xml_attribute(xml, "type", format);
        xml_close(xml, "format");
}

static void write_size(struct xml *xml, const char *element, uint64_t bytes)
{
        CLEANUP(string_free) char *number = string_format("%" PRIu64, bytes);

        xml_open(xml, element);
        xml_attribute(xml, "unit", "bytes");
        xml_content(xml, number);
        xml_close(xml, element);
}

char *volume_xml_write(const struct volume_wish *wish)
{
        struct xml xml = {0};

        xml_open(&xml, "volume");
        xml_element(&xml, "name", wish->name);
        write_size(&xml, "capacity", wish->size_bytes);
        write_size(&xml, "allocation", wish->has_space ? wish->size_bytes : 0);
        xml_open(&xml, "target");
        write_format(&xml, wish->format);
        xml_close(&xml, "target");
        if (wish->backing) {
                xml_open(&xml, "backingStore");
                xml_element(&xml, "path", wish->backing);
                write_format(&xml, wish->backing_format);
                xml_close(&xml, "backingStore");
        }
        xml_close(&xml, "volume");
        return xml_take(&xml);
}

/* What libvirt writes is always in bytes. */
static bool read_size(const struct xml_node *volume, const char *element, uint64_t *ret_bytes)
{
        const struct xml_node *node = xml_node_child(volume, element);
        const char *unit = xml_node_property(node, "unit");
        char *end;

        if (!node || (unit && !string_equal(unit, "bytes")) || node->text[strspn(node->text, " \n\t")] == '-')
                return false;
        errno = 0;
        *ret_bytes = strtoull(node->text, &end, 10);
        return errno == 0 && end > node->text && end[strspn(end, " \n\t")] == '\0';
}

int volume_xml_read(
        const char *xml, struct volume_state *ret_volume, uint64_t *ret_length, struct error *error)
{
        CLEANUP(xml_node_done) struct xml_node root = {0};
        const struct xml_node *target;
        const char *name, *path, *format, *backing;

        if (xml_node_parse(xml, &root, error) < 0)
                return -1;
        target = xml_node_child(&root, "target");
        name = xml_node_child_text(&root, "name");
        path = xml_node_child_text(target, "path");
        if (!string_equal(root.name, "volume") || !name || !path ||
                !read_size(&root, "capacity", &ret_volume->size_bytes))
                return error_set(error, ERROR_FAILED, "XML of no volume: <%s>", root.name);
        format = xml_node_property(xml_node_child(target, "format"), "type");
        backing = xml_node_child_text(xml_node_child(&root, "backingStore"), "path");
        ret_volume->name = string_copy(name);
        ret_volume->path = string_copy(path);
        ret_volume->format = string_copy(format ? format : "raw"); /* of a volume group there is no word */
        ret_volume->backing = string_copy(backing);
        if (!read_size(&root, "physical", ret_length))
                *ret_length = ret_volume->size_bytes;
        return 0;
}
