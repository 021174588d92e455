/* XML that a machine wrote, as a tree of plain data.
 *
 * What comes from a machine isn't trusted: no document type, so that no entity can stand for anything, nothing is
 * fetched, and size and depth have limits. */
#pragma once

#include "base/array.h"
#include "base/error.h"

#define XML_TREE_LARGEST (4U << 20) /* bytes of one document */
#define XML_TREE_DEEPEST 64         /* elements within each other */

struct xml_property {
        char *name;
        char *value;
};

struct xml_node {
        char *name; /* "bridge"; with its prefix where it has one: "dnsmasq:options" */
        char *text; /* its own character data, without that of its children; never NULL */
        ARRAY(struct xml_property) properties;
        ARRAY(struct xml_node) children; /* elements, in order */
};

int xml_node_parse(const char *document, struct xml_node *ret_root, struct error *error);

/* The first child of that name; NULL when there is none, or no node. */
const struct xml_node *xml_node_child(const struct xml_node *node, const char *name);

/* The value of an attribute; NULL when there is none, or no node. */
const char *xml_node_property(const struct xml_node *node, const char *name);

/* The text of the first child of that name, or NULL. */
const char *xml_node_child_text(const struct xml_node *node, const char *name);

void xml_node_done(struct xml_node *node);
