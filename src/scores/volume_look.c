/* One disk of a guest: what is wished of it, what there is, in words and as steps. */
#include "scores/volume_look.h"

void volume_look_done(struct volume_look *look)
{
        free(look->volume);
        free(look->image_volume);
}

/* ---- words ---- */

char *volume_origin_words(const struct volume_look *look)
{
        if (!look->image)
                return string_copy("empty");
        return string_format(
                "%s image %s", look->disk->origin == DISK_BACKED ? "on" : "as a copy of", look->image->name);
}

static uint64_t volume_wanted_size(const struct volume_look *look)
{
        if (look->disk->size_bytes || !look->image_found)
                return look->disk->size_bytes;
        return look->image_found->size_bytes;
}

char *volume_size_words(const struct volume_look *look)
{
        CLEANUP(string_free) char *size = size_format(volume_wanted_size(look));

        return volume_wanted_size(look) ? string_format(", %s", size) : string_copy("");
}

/* ---- what is there ---- */

static const char *wanted_backing(const struct volume_look *look, char **ret_owned)
{
        if (look->disk->origin != DISK_BACKED || !look->image_place.path)
                return NULL;
        *ret_owned = volume_path(look->image_place.path, look->image_volume);
        return *ret_owned;
}

void volume_find_differences(const struct volume_look *look, struct strings *differences)
{
        const struct volume_state *found = look->found;
        const char *format = look->disk->is_raw ? "raw" : "qcow2";
        CLEANUP(string_free) char *path = NULL, *note = disk_note(look->disk, look->image_volume);
        const char *backing = wanted_backing(look, &path);

        if (!string_equal(found->format, format))
                strings_take(differences, string_format("is %s, wanted %s", found->format, format));
        if (!string_equal(found->backing, backing))
                strings_take(differences,
                        string_format("is based on %s, wanted %s",
                                found->backing ? found->backing : "nothing", backing ? backing : "nothing"));
        else if (look->note && !string_equal(look->note, note))
                strings_take(
                        differences, string_format("was made as \"%s\", wanted \"%s\"", look->note, note));
}

struct step *volume_step(const struct volume_look *look, struct step *step)
{
        step->volume.guest = look->guest;
        step->volume.disk = look->disk;
        step->volume.pool_type = look->place.type;
        step->volume.pool_path = look->place.path;
        step->volume.image = look->image_found;
        step->volume.size_bytes = volume_wanted_size(look);
        return step;
}

bool volume_must_wait(const struct volume_look *look)
{
        return !look->place.is_ready || (look->image && !look->image_found);
}

bool volume_is_too_small(const struct volume_look *look)
{
        CLEANUP(string_free) char *wanted = NULL, *least = NULL;

        if (!look->image_found || volume_wanted_size(look) >= look->image_found->size_bytes)
                return false;
        wanted = size_format(volume_wanted_size(look));
        least = size_format(look->image_found->size_bytes);
        plan_block(look->plan,
                "disk %s of guest %s is to have %s, and its image %s has %s: a disk is at least as large as "
                "its image",
                look->disk->name, look->guest->name, wanted, look->disk->image, least);
        return true;
}
