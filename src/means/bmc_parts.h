/* What the files about BMCs share: a session with one, and looking at its machine. */
#pragma once

#include "base/locked.h"
#include "means/bmc.h"
#include "means/bmc_read.h"
#include "means/parts.h"

#define BMC_LOOK_S 15 /* for one look: a BMC takes seconds for what a server does at once */

struct session_with_bmc {
        struct link *link;
        const struct machine_config *config;
        struct locked login, ca;
        struct web *web;
        bool is_checked; /* the machine has the MAC address that it should have */
};

/* Valid for as long as the BMCs are. */
struct session_with_bmc *bmcs_find(struct bmcs *bmcs, const struct machine_config *config);
int bmc_open(struct session_with_bmc *session, struct deadline deadline, struct error *error);
void bmc_close(struct session_with_bmc *session);

/* Asks until it is answered with success: a BMC that is busy is asked again, what it does in its own time is waited for, and a
 * GET is led to where it has gone. must_stop may be NULL. ERROR_REFUSED: asking again doesn't help. */
struct bmc_patience {
        struct deadline deadline;
        const struct work *work; /* whose stop ends it; or NULL */
};
int bmc_ask(struct session_with_bmc *session, const struct web_request *request,
        const struct bmc_patience *patience, struct web_answer *ret_answer, struct error *error);
int bmc_get(struct session_with_bmc *session, const char *path, const struct bmc_patience *patience,
        struct json **ret_json, char **ret_etag, struct error *error);

/* False: somebody said stop, or the deadline has come. */
bool bmc_rest(const struct bmc_patience *patience, int ms);

/* The state is overwritten. -1: it can't be had, and why. */
int bmc_look(struct session_with_bmc *session, bool with_drive, const struct bmc_patience *patience,
        struct bmc_state *state, struct error *error);

/* ERROR_REFUSED: it tells which MAC addresses the machine has, and ours isn't among them. */
int bmc_check_mac(struct session_with_bmc *session, const struct bmc_state *state,
        const struct bmc_patience *patience, struct error *error);
