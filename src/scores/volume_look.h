/* One disk of a guest: what is wished of it, and what there is. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"
#include "plan/plan.h"
#include "scores/storage.h"

struct volume_look {
        const struct guest_config *guest;
        const struct disk_config *disk;
        const struct image_config *image; /* NULL: it is to be empty */
        char *volume, *image_volume;
        struct storage_place place, image_place;
        const struct volume_state *found, *image_found;
        const char *note; /* NULL: there is none */
        bool is_ours;
        bool may_restart;
        const struct guest_state *user; /* the guest as it is, or NULL */
        struct plan *plan;
};

void volume_look_done(struct volume_look *look);

/* "on image debian", "as a copy of image debian", "empty"; ", 20 GiB", "" while that isn't known. Owned by the caller. */
char *volume_origin_words(const struct volume_look *look);
char *volume_size_words(const struct volume_look *look);

/* What can't be changed in a volume that is there. */
void volume_find_differences(const struct volume_look *look, struct strings *differences);

/* As long as the image isn't there its size isn't known, and nothing can be made from it. */
bool volume_must_wait(const struct volume_look *look);

/* True, and it has blocked the plan: the disk would be smaller than its image. */
bool volume_is_too_small(const struct volume_look *look);

/* Fills in what every step about a volume has. */
struct step *volume_step(const struct volume_look *look, struct step *step);
