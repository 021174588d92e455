/* What a BMC says of its machine, and notes about it. */
#include "plan/bmc.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define NETWORK "booted network"
#define ISO     "booted iso "

static void drive_done(struct bmc_drive *drive)
{
        free(drive->path);
        free(drive->etag);
        free(drive->insert);
        free(drive->eject);
        free(drive->image);
}

void bmc_state_done(struct bmc_state *state)
{
        free(state->why);
        free(state->path);
        free(state->etag);
        free(state->boot_target);
        strings_done(&state->boot_targets);
        free(state->reset);
        strings_done(&state->resets);
        free(state->drives);
        free(state->interfaces);
        drive_done(&state->drive);
        *state = (struct bmc_state) {0};
}

bool bmc_can(const struct strings *allowed, const char *what)
{
        return allowed->count == 0 || strings_has(allowed, what);
}

char *bmc_note_path(const char *machine)
{
        return string_format(BMC_NOTES "/%s", machine);
}

char *bmc_note_write(const struct machine_config *machine)
{
        return machine->boot == MACHINE_BOOTS_ISO ? string_format(ISO "%s\n", machine->iso)
                                                  : string_copy(NETWORK "\n");
}

char *bmc_note_iso(const char *note)
{
        return note && strncmp(note, ISO, strlen(ISO)) == 0 ? string_copy(note + strlen(ISO)) : NULL;
}
