/* IP addresses, subnets and ranges, IPv4 and IPv6, parsed strictly. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define IP_TEXT     46 /* INET6_ADDRSTRLEN */
#define SUBNET_TEXT 50 /* and "/128" */

struct ip_address {
        int family;        /* AF_INET or AF_INET6; 0: none */
        uint8_t bytes[16]; /* network order; IPv4 uses the first 4 */
};

/* An address and the length of its network's prefix: "192.168.150.1/24" keeps the .1. */
struct subnet {
        struct ip_address address;
        unsigned prefix;
};

struct ip_range {
        struct ip_address start;
        struct ip_address end; /* not below start, same family */
};

/* The parsers fail with ERROR_CONFIG, what is wrong and what would be right. No blanks, no leading zeros
 * (some read them as octal), no scopes ("%eth0"). */
int ip_address_parse(const char *text, struct ip_address *ret_address, struct error *error);
/* The shortest usual form; "" for none. Returns buffer, as subnet_format does. */
const char *ip_address_format(const struct ip_address *address, char buffer[static IP_TEXT]);
/* 32 or 128. */
unsigned ip_address_bits(const struct ip_address *address);
int ip_address_equal(const struct ip_address *a, const struct ip_address *b);

/* One that a machine may be reached at by others: not 0.0.0.0, a loopback's, multicast or broadcast. */
bool ip_address_is_unicast(const struct ip_address *address);

/* Less than, equal to or greater than 0, as memcmp; addresses of different families are ordered by family. */
int ip_address_compare(const struct ip_address *a, const struct ip_address *b);

/* "ADDRESS/PREFIX", both required; the address may have bits behind the prefix. */
int subnet_parse(const char *text, struct subnet *ret_subnet, struct error *error);
const char *subnet_format(const struct subnet *subnet, char buffer[static SUBNET_TEXT]);
int subnet_equal(const struct subnet *a, const struct subnet *b);

/* The subnet without bits behind its prefix. */
void subnet_network(const struct subnet *subnet, struct subnet *ret_network);

/* The two networks share at least one address. */
int subnet_overlaps(const struct subnet *a, const struct subnet *b);
int subnet_contains(const struct subnet *subnet, const struct ip_address *address);

/* The network's own first (all host bits 0) or, for IPv4, last (broadcast) address: no host can have it. A
 * network of one or two addresses reserves none. */
int subnet_reserves(const struct subnet *subnet, const struct ip_address *address);

/* "START-END", blanks around the '-' allowed. */
int ip_range_parse(const char *text, struct ip_range *ret_range, struct error *error);
/* "START-END", owned by the caller. */
char *ip_range_format(const struct ip_range *range);
int ip_range_equal(const struct ip_range *a, const struct ip_range *b);
int ip_range_contains(const struct ip_range *range, const struct ip_address *address);
