/* The rules of a machine's firewalls, as nft reads them: made from the model by one writer. Pure.
 *
 * They are a table of our own, which is replaced as a whole in one transaction; no other table is ever touched. What is
 * loaded isn't read back into a model: how nft lists a rule differs from one version to the next. But it lists the same
 * rules in the same words every time, so what it lists is compared with what it listed when we had loaded them, which is
 * kept in /run; and a comment in the table is a fingerprint of the text it was loaded from. Whoever flushes or changes the
 * table changes what the kernel lists. */
#pragma once

#include "base/error.h"
#include "base/text.h"
#include "topology/firewall.h"

#define NFTABLES_TABLE       "inet provision"
#define NFTABLES_FILE        "/etc/provision-firewall.nft"
#define NFTABLES_UNIT        "provision-firewall.service"
#define NFTABLES_UNIT_FILE   "/etc/systemd/system/" NFTABLES_UNIT
#define NFTABLES_RUN         "/run/provision-firewall"
#define NFTABLES_LOADED      NFTABLES_RUN "/loaded" /* what nft listed when it was loaded */
#define NFTABLES_FINGERPRINT 16                     /* hex digits */

/* The file's text, and what it is known by, both owned by the caller. NULL with ERROR_CONFIG for an interface that no
 * machine can have. */
char *nftables_write(const struct firewalls *firewalls, char **ret_fingerprint, struct error *error);

/* Adds a string in quotes that nft reads back as exactly these bytes; ERROR_CONFIG for what it has no way to say. */
int nftables_add_string(struct text *text, const char *string, struct error *error);

/* A line of the table, as nft lists it, holds this fingerprint. */
bool nftables_is_of(const char *line, const char *fingerprint);
