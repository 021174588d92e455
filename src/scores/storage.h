/* What the Scores of images and volumes have in common: the pools that they are to be in. */
#pragma once

#include "config/storage.h"
#include "config/wish.h"
#include "plan/answers.h"
#include "plan/plan.h"

struct storage_place {
        const char *path; /* lent by the configuration or the answers; NULL: nothing is known of the pool */
        enum pool_type type;
        bool is_ready; /* it is active, so that what isn't found in it isn't there */
};

/* Asks for the pool, and for a volume in it. */
void storage_ask(const struct wish *wish, const char *pool, const char *volume, struct survey *survey);

/* False: there can be none, *ret_why (owned by the caller) says why and what to do. */
bool storage_find(const struct wish *wish, const struct answers *answers, const char *pool,
        struct storage_place *ret_place, char **ret_why);

/* Undoing: the volumes that are noted as made, under one kind ("volume", "image"), by POOL/VOLUME. */
void storage_ask_undo(const struct answers *answers, const char *kind, struct survey *survey);
void storage_undo(const struct answers *answers, const char *kind, struct plan *plan);

/* Images whose pool isn't there any more: asks whether their files are, as far as the configuration tells where. */
void storage_ask_image_files(const struct wish *wish, const struct answers *answers, struct survey *survey);
bool storage_image_is_gone(
        const struct wish *wish, const struct answers *answers, const struct owned_thing *thing);

/* Undoing leaves it alone, whoever wants it to: the file that the volume is, its note, or a directory above one of them. */
bool storage_keeps_path(const struct wish *wish, const struct answers *answers, const char *path);
/* Undoing leaves it, because others need it. */
bool storage_is_needed(const struct answers *answers, const struct volume_state *found);
