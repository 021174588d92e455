/* Storage pools as libvirt's XML, and back. */
#include "means/pool_xml.h"

#include "base/xml.h"
#include "config/storage.h"
#include "means/xml_tree.h"

static void write_group(struct xml *xml, const struct pool_config *pool)
{
        for (array_each(char *, device, &pool->devices)) {
                xml_open(xml, "device");
                xml_attribute(xml, "path", *device);
                xml_close(xml, "device");
        }
        xml_element(xml, "name", pool->source);
        xml_open(xml, "format");
        xml_attribute(xml, "type", "lvm2");
        xml_close(xml, "format");
}

static void write_export(struct xml *xml, const struct pool_config *pool)
{
        CLEANUP(string_free) char *host = NULL, *path = NULL;

        pool_source_split(pool->source, &host, &path); /* as the configuration has made sure */
        xml_open(xml, "host");
        xml_attribute(xml, "name", host);
        xml_close(xml, "host");
        xml_open(xml, "dir");
        xml_attribute(xml, "path", path);
        xml_close(xml, "dir");
        xml_open(xml, "format");
        xml_attribute(xml, "type", "nfs");
        xml_close(xml, "format");
}

static void (*const write_source[POOL_TYPES])(struct xml *xml, const struct pool_config *pool) = {
        [POOL_LOGICAL] = write_group,
        [POOL_NETFS] = write_export,
};

char *pool_xml_write(const struct pool_config *pool, const char *uuid)
{
        struct xml xml = {0};

        xml_open(&xml, "pool");
        xml_attribute(&xml, "type", pool_type_name(pool->type));
        xml_element(&xml, "name", pool->name);
        xml_element(&xml, "uuid", uuid);
        if (write_source[pool->type]) {
                xml_open(&xml, "source");
                write_source[pool->type](&xml, pool);
                xml_close(&xml, "source");
        }
        xml_open(&xml, "target");
        xml_element(&xml, "path", pool->path);
        xml_close(&xml, "target");
        xml_close(&xml, "pool");
        return xml_take(&xml);
}

static char *read_group(const struct xml_node *source)
{
        return string_copy(xml_node_child_text(source, "name"));
}

static char *read_export(const struct xml_node *source)
{
        const char *host = xml_node_property(xml_node_child(source, "host"), "name");
        const char *path = xml_node_property(xml_node_child(source, "dir"), "path");

        if (!host || !path)
                return NULL;
        return string_format(strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, path);
}

static char *(*const read_source[POOL_TYPES])(const struct xml_node *source) = {
        [POOL_LOGICAL] = read_group,
        [POOL_NETFS] = read_export,
};

int pool_xml_read(const char *xml, struct pool_state *ret_pool, struct error *error)
{
        CLEANUP(xml_node_done) struct xml_node root = {0};
        const char *type, *path;

        if (xml_node_parse(xml, &root, error) < 0)
                return -1;
        type = xml_node_property(&root, "type");
        path = xml_node_child_text(xml_node_child(&root, "target"), "path");
        if (!string_equal(root.name, "pool") || !type)
                return error_set(error, ERROR_FAILED, "XML of no pool: <%s>", root.name);
        ret_pool->type = string_copy(type);
        ret_pool->path = string_copy(path ? path : "");
        for (int known = 0; known < POOL_TYPES; known++)
                if (read_source[known] && string_equal(type, pool_type_name((enum pool_type)known)))
                        ret_pool->source = read_source[known](xml_node_child(&root, "source"));
        return 0;
}
