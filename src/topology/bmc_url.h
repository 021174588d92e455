/* Where a BMC tells of its machine: "https://HOST[:PORT]/redfish/v1/Systems/ID", or ".../redfish/v1" where it has one system only.
 * Pure. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

#define REDFISH_ROOT "/redfish/v1"

struct bmc_url {
        char *base; /* "https://HOST:PORT", as it was written */
        char *host; /* without brackets */
        unsigned port;
        char *path; /* without a slash at its end: REDFISH_ROOT, or a system's below it */
};

/* ERROR_CONFIG with what would be right. */
int bmc_url_parse(const char *url, struct bmc_url *ret_url, struct error *error);
void bmc_url_done(struct bmc_url *url);

/* A path that a BMC may name, and that is asked for by us: below REDFISH_ROOT, of the letters that a URL has, with no way up. */
bool is_redfish_path(const char *path);
