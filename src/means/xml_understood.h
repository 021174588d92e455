/* What a reader of libvirt's XML understands, as a table: whatever else there is can be named, so that nobody takes two
 * things for the same that are not. */
#pragma once

#include "means/xml_tree.h"

#define XML_ANY  NULL
#define XML_SKIP "" /* of an element: whatever it holds */

/* An element by its path below the root, or one of its attributes. */
struct xml_understood {
        const char *path;      /* "ip/dhcp/range"; "" is the root */
        const char *attribute; /* NULL: the element itself */
        const char *value;     /* XML_ANY, or the only one that is understood */
};

/* Adds to ret_unmodelled every element and attribute that the table hasn't, as it stands between the angle brackets:
 * "portgroup", "bridge zone='public'". */
void xml_find_unmodelled(const struct xml_node *root, const struct xml_understood *table, size_t count,
        struct strings *ret_unmodelled);

/* The same for one; attribute NULL: the element itself. Twice is once. */
void xml_add_unmodelled(
        struct strings *unmodelled, const char *element, const char *attribute, const char *value);
