/* What libvirt has no words for, as options of a network's dnsmasq: its wildcards and domains, and who is told which boot loader.
 *
 * libvirt knows no wildcards, but hands options in a namespace of their own through to dnsmasq. It takes two for one
 * wildcard: address=/DOMAIN/ADDRESS for the answer, and local=/DOMAIN/, without which dnsmasq asks elsewhere for an
 * AAAA record, and clients get an error where they should learn that there is none. local= alone is a
 * domain of whose names it tells only those that it has. The boot file is for machines that are iPXE, by their cards or
 * because they have fetched it: others are told to fetch that first. */
#pragma once

#include <stdbool.h>

#include "base/xml.h"
#include "means/xml_tree.h"
#include "topology/network.h"

#define OPTIONS_PREFIX    "dnsmasq"
#define OPTIONS_NAMESPACE "http://libvirt.org/schemas/network/dnsmasq/1.0"

bool network_has_options(const struct network *network);

/* Nothing when it has none. The root element declares the prefix. */
void network_options_write(struct xml *xml, const struct network *network);

/* Adds to ret_unmodelled each option that is neither, nor, all of them together, the loaders'; network has their directory
 * already, and loses it when they aren't all there. */
void network_options_read(
        const struct xml_node *root, struct network *network, struct strings *ret_unmodelled);
