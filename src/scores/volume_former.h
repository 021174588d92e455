/* Disks that a guest has already, under the name of another format or in another pool. */
#pragma once

#include "scores/volume_look.h"

/* With replace: asks for what would be left behind. */
void volume_former_ask(const struct wish *wish, const struct guest_config *guest,
        const struct disk_config *disk, struct survey *survey);

/* Where the guest, which is ours, has this disk instead, by its definition: a volume that isn't there would take its place,
 * empty or from its image. Owned by the caller; NULL: nowhere. */
char *volume_former_path(const struct volume_look *look);

/* With replace: plans to delete what the disk was in another format, once no guest has it. */
void volume_former_plan(const struct volume_look *look, const struct answers *answers);
