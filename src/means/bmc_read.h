/* From what a BMC answers to what it says. Whatever isn't there, or isn't what it should be, is left out; a path that leads out of
 * Redfish's own is none. Pure. */
#pragma once

#include "base/record_read.h"
#include "means/web.h"
#include "plan/bmc.h"

/* "https://HOST/redfish/v1/..." or a path; owned by the caller, NULL: nothing that we would ask for. */
char *bmc_read_path(const char *location);

/* The path at OBJECT."@odata.id" of that member; owned by the caller, NULL: none. */
char *bmc_read_link(const struct json *object, const char *member);
/* The paths of a collection's members, as many as are asked for at most. */
void bmc_read_members(const struct json *collection, size_t most, struct strings *ret_paths);

void bmc_read_system(const struct json *system, struct bmc_state *state);

/* It is a drive for CDs. */
bool bmc_drive_is_cd(const struct json *drive);
/* Fills in all but its path. */
void bmc_read_drive(const struct json *drive, struct bmc_drive *ret_drive);

/* The MAC addresses that an interface says it has, in our form. */
void bmc_read_macs(const struct json *interface, struct strings *ret_macs);

enum bmc_task { BMC_TASK_RUNS, BMC_TASK_DONE, BMC_TASK_FAILED };
enum bmc_task bmc_read_task(const struct json *task);

/* What it says of why it didn't, by @Message.ExtendedInfo or whatever there is; "status 500" at least. Owned by the caller. */
char *bmc_read_failure(const struct web_answer *answer);
