/* Storage pools as libvirt's XML, and back. */
#include "means/pool_xml.h"

#include "base/xml.h"
#include "means/xml_tree.h"

char *pool_xml_write(const struct pool_config *pool, const char *uuid)
{
        struct xml xml = {0};

        xml_open(&xml, "pool");
        xml_attribute(&xml, "type", "dir");
        xml_element(&xml, "name", pool->name);
        xml_element(&xml, "uuid", uuid);
        xml_open(&xml, "target");
        xml_element(&xml, "path", pool->path);
        xml_close(&xml, "target");
        xml_close(&xml, "pool");
        return xml_take(&xml);
}

int pool_xml_read(const char *xml, char **ret_type, char **ret_path, struct error *error)
{
        CLEANUP(xml_node_done) struct xml_node root = {0};
        const char *type, *path;

        if (xml_node_parse(xml, &root, error) < 0)
                return -1;
        type = xml_node_property(&root, "type");
        path = xml_node_child_text(xml_node_child(&root, "target"), "path");
        if (!string_equal(root.name, "pool") || !type)
                return error_set(error, ERROR_FAILED, "XML of no pool: <%s>", root.name);
        *ret_type = string_copy(type);
        *ret_path = string_copy(path ? path : "");
        return 0;
}
