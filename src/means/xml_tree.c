/* XML that a machine wrote, as a tree of plain data: the only file that knows libxml2.
 *
 * That library is loaded when there is something to read. libvirt's has loaded it by then, so that it costs nothing;
 * linked, it costs every start of the program 3 ms (measured). */
#include "means/xml_tree.h"

#include <dlfcn.h>
#include <libxml/parser.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/text.h"
#include "means/means.h"

/* The one whose structures the header describes. */
#if LIBXML_VERSION >= 21400
#define LIBRARY "libxml2.so.16"
#else
#define LIBRARY "libxml2.so.2"
#endif

static struct {
        __typeof__(&xmlReadMemory) read_memory;
        __typeof__(&xmlDocGetRootElement) root_element;
        __typeof__(&xmlGetLastError) last_error;
        __typeof__(&xmlFreeDoc) free_document;
        bool is_there;
} xml;

static void load(void)
{
        void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);

        if (!library)
                return;
        xml.read_memory = (__typeof__(xml.read_memory))dlsym(library, "xmlReadMemory");
        xml.root_element = (__typeof__(xml.root_element))dlsym(library, "xmlDocGetRootElement");
        xml.last_error = (__typeof__(xml.last_error))dlsym(library, "xmlGetLastError");
        xml.free_document = (__typeof__(xml.free_document))dlsym(library, "xmlFreeDoc");
        xml.is_there = xml.read_memory && xml.root_element && xml.last_error && xml.free_document;
}

static void free_document(xmlDoc **document)
{
        if (*document)
                xml.free_document(*document);
}

static char *take_name(const xmlNs *space, const xmlChar *name)
{
        if (space && space->prefix)
                return string_format("%s:%s", (const char *)space->prefix, (const char *)name);
        return string_copy((const char *)name);
}

static void copy_properties(const xmlNode *from, struct xml_node *to)
{
        for (const xmlAttr *attribute = from->properties; attribute; attribute = attribute->next) {
                struct xml_property *property = array_add(&to->properties);
                struct text value = {0};

                for (const xmlNode *part = attribute->children; part; part = part->next)
                        if (part->type == XML_TEXT_NODE)
                                text_add(&value, (const char *)part->content);
                property->name = take_name(attribute->ns, attribute->name);
                property->value = text_take(&value);
        }
}

/* False when it is nested too deeply; what was copied is the caller's to free all the same. */
static bool copy_node(const xmlNode *from, struct xml_node *to, int depth)
{
        struct text text = {0};
        bool fits = depth <= XML_TREE_DEEPEST;

        to->name = take_name(from->ns, from->name);
        copy_properties(from, to);
        for (const xmlNode *child = from->children; child && fits; child = child->next) {
                if (child->type == XML_ELEMENT_NODE)
                        fits = copy_node(child, array_add(&to->children), depth + 1);
                else if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
                        text_add(&text, (const char *)child->content);
        }
        to->text = text_take(&text);
        return fits;
}

static int refuse(struct error *error)
{
        const xmlError *last = xml.last_error();
        const char *message = last && last->message ? last->message : "nothing is known about why";

        return error_set(error, ERROR_FAILED, "XML that can't be read: line %d: %.*s", last ? last->line : 0,
                (int)strcspn(message, "\n"), message);
}

int xml_node_parse(const char *document, struct xml_node *ret_root, struct error *error)
{
        const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
        CLEANUP(free_document) xmlDoc *parsed = NULL;
        size_t length = strlen(document);
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        struct xml_node root = {0};

        pthread_once(&once, load);
        if (!xml.is_there)
                return error_set(error, ERROR_FAILED,
                        LIBRARY " can't be loaded here: install it, libvirt needs it too");
        if (length > XML_TREE_LARGEST)
                return error_set(error, ERROR_FAILED, "XML of %zu bytes, more than the %u that are read",
                        length, XML_TREE_LARGEST);
        parsed = xml.read_memory(document, (int)length, NULL, NULL, options);
        if (!parsed)
                return refuse(error);
        if (parsed->intSubset)
                return error_set(error, ERROR_FAILED, "XML with a document type, which is not read");
        if (!copy_node(xml.root_element(parsed), &root, 1)) {
                xml_node_done(&root);
                return error_set(
                        error, ERROR_FAILED, "XML nested more than %d elements deep", XML_TREE_DEEPEST);
        }
        *ret_root = root;
        return 0;
}

const struct xml_node *xml_node_child(const struct xml_node *node, const char *name)
{
        if (!node)
                return NULL;
        for (array_each(const struct xml_node, child, &node->children))
                if (string_equal(child->name, name))
                        return child;
        return NULL;
}

const char *xml_node_property(const struct xml_node *node, const char *name)
{
        if (!node)
                return NULL;
        for (array_each(const struct xml_property, property, &node->properties))
                if (string_equal(property->name, name))
                        return property->value;
        return NULL;
}

const char *xml_node_child_text(const struct xml_node *node, const char *name)
{
        const struct xml_node *child = xml_node_child(node, name);

        return child ? child->text : NULL;
}

void xml_node_done(struct xml_node *node)
{
        for (array_each(struct xml_property, property, &node->properties)) {
                free(property->name);
                free(property->value);
        }
        for (array_each(struct xml_node, child, &node->children))
                xml_node_done(child);
        array_free(&node->properties);
        array_free(&node->children);
        free(node->name);
        free(node->text);
        *node = (struct xml_node) {0};
}

const char *means_xml_version(void)
{
        return LIBXML_DOTTED_VERSION; /* xmlParserVersion, what is loaded, has no dots */
}
