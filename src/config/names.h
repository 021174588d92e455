/* How names are spelt: of libvirt's objects, interfaces, units, packages, … */
#pragma once

#include <stddef.h>

#include "base/error.h"

struct name_rule {
        const char *what;  /* "a package name" */
        const char *first; /* letters that the first may be; others: letters that the rest may be */
        const char *others;
        size_t longest;
        const char *right; /* the rule in words */
        /* What letters alone don't say; NULL: nothing. */
        int (*check)(const char *name, struct error *error);
};

extern const struct name_rule name_of_object; /* hosts, networks, pools, images, volume groups */
extern const struct name_rule name_of_interface;
extern const struct name_rule name_in_dns;
extern const struct name_rule name_or_wildcard_in_dns; /* "*.apps.lab.test", too */
extern const struct name_rule name_of_unit;
extern const struct name_rule name_of_sysctl;
extern const struct name_rule name_of_account; /* users and groups */
extern const struct name_rule name_of_package;
extern const struct name_rule name_of_firewall;
extern const struct name_rule name_of_service; /* load balancers, their services and servers */

int name_check(const struct name_rule *rule, const char *name, struct error *error);
