/* A virtual network as its owner means it: what host.conf wishes and what libvirt has are both brought into
 * this form, and compared in it. */
#pragma once

#include "base/array.h"
#include "topology/ip.h"
#include "topology/mac_address.h"

enum network_mode {
        NETWORK_NAT,
        NETWORK_ISOLATED,
        NETWORK_ROUTED,
        NETWORK_BRIDGE, /* guests sit on a bridge that the machine has already */
        NETWORK_MODES
};

struct fixed_lease {
        struct mac_address mac;
        struct ip_address address;
        char *name; /* or NULL */
};

struct dns_host {
        struct ip_address address;
        struct strings names;
};

/* Every name that has no entry of its own, below the domain or the domain itself; whatever else than the address is asked
 * of it, there is nothing. */
struct dns_wildcard {
        char *domain;              /* "apps.lab.test" of *.apps.lab.test */
        struct ip_address address; /* family 0: none, so that there is nothing but the entries */
};

struct network {
        char *name;
        enum network_mode mode;
        char *bridge;    /* NULL: libvirt chooses one (never NULL for NETWORK_BRIDGE) */
        char *uplink;    /* forward only out of this interface; NULL: any */
        char *domain;    /* the DNS domain of its guests, or NULL */
        char *boot_file; /* the URL that DHCP tells machines to boot from, or NULL */
        char *loaders;   /* with it: where the host has iPXE for machines that aren't, by TFTP; or NULL */
        unsigned mtu;    /* 0: the default */
        struct subnet address; /* the host's own address in it; family 0: none */
        ARRAY(struct ip_range) ranges;
        ARRAY(struct fixed_lease) leases;
        ARRAY(struct dns_host) dns;
        ARRAY(struct dns_wildcard) wildcards;
};

/* "nat", "isolated", "routed", "bridge". */
const char *network_mode_name(enum network_mode mode);

/* What differs, in words, one string a difference ("mtu is 1500, wanted 9000", "lacks DHCP range …", "has
 * fixed lease …, not wanted"), added to ret_words; nothing when they say the same. Their names aren't
 * compared. Order of ranges, leases, names and wildcards doesn't matter, a bridge the wish leaves open matches any, and
 * an MTU that isn't given is 1500. */
void network_differences(
        const struct network *wanted, const struct network *found, struct strings *ret_words);

int fixed_lease_equal(const struct fixed_lease *a, const struct fixed_lease *b);
int dns_host_equal(const struct dns_host *a, const struct dns_host *b);

/* to is overwritten: it is empty, or its content belongs to somebody else by now. */
void network_copy(struct network *to, const struct network *from);
void network_done(struct network *network);
