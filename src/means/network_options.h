/* The wildcards and domains of a network as options of its dnsmasq.
 *
 * libvirt knows no wildcards, but hands options in a namespace of their own through to dnsmasq. It takes two for one
 * wildcard: address=/DOMAIN/ADDRESS for the answer, and local=/DOMAIN/, without which dnsmasq asks elsewhere for an
 * AAAA record, and clients get an error where they should learn that there is none. local= alone is a
 * domain of whose names it tells only those that it has. */
#pragma once

#include "base/xml.h"
#include "means/xml_tree.h"
#include "topology/network.h"

#define OPTIONS_PREFIX    "dnsmasq"
#define OPTIONS_NAMESPACE "http://libvirt.org/schemas/network/dnsmasq/1.0"

/* Nothing when it has none. The root element declares the prefix. */
void network_options_write(struct xml *xml, const struct network *network);

/* Adds to ret_unmodelled each option that is neither. */
void network_options_read(
        const struct xml_node *root, struct network *network, struct strings *ret_unmodelled);
