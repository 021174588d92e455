/* Volumes: the disks of guests.
 *
 * libvirt keeps no metadata of a volume, so what we made is known by a note of one line on the machine, which also says
 * what it was made from (disk_note). A volume without one is ours still when a guest of ours has it: notes don't
 * survive a machine that is installed anew around its old disks.
 *
 *                            says the same        other size          made from something else
 *   not there                create               -                   -
 *   ours                     nothing              grow, or blocked    blocked; with replace: made anew
 *   not ours                 blocked: it would be written to          -
 */
#include "scores/score.h"
#include "scores/storage.h"

#define LARGEST_EXTENT (UINT64_C(256) << 20) /* that is reckoned with */

/* One disk: what is wished of it, and what there is. */
struct look {
        const struct guest_config *guest;
        const struct disk_config *disk;
        const struct image_config *image; /* NULL: it is to be empty */
        char *volume, *image_volume;
        struct storage_place place, image_place;
        const struct volume_state *found, *image_found;
        const char *note; /* NULL: there is none */
        bool is_ours;
        const struct guest_state *user; /* the guest as it is, or NULL */
        struct plan *plan;
};

static void look_done(struct look *look)
{
        free(look->volume);
        free(look->image_volume);
}

static const struct image_config *find_image(const struct wish *wish, const char *name)
{
        for (array_each(const struct image_config *, image, &wish->images))
                if (name && string_equal((*image)->name, name))
                        return *image;
        return NULL;
}

static void ask_disk(const struct wish *wish, const struct guest_config *guest,
        const struct disk_config *disk, struct survey *survey)
{
        const struct image_config *image = find_image(wish, disk->image);
        CLEANUP(string_free) char *volume = disk_volume_name(guest, disk);
        CLEANUP(string_free) char *image_volume = image ? image_volume_name(image) : NULL;
        CLEANUP(string_free) char *note = disk_note_path(disk->pool, volume);

        storage_ask(wish, disk->pool, volume, survey);
        survey_ask(survey, ASK_NOTE, note);
        if (image)
                storage_ask(wish, image->pool, image_volume, survey);
}

static void volume_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct guest_config *, guest, &wish->guests)) {
                if ((*guest)->disks.count)
                        survey_ask(survey, ASK_GUEST, (*guest)->name);
                for (array_each(const struct disk_config, disk, &(*guest)->disks))
                        ask_disk(wish, *guest, disk, survey);
        }
}

/* ---- words ---- */

/* "on image debian", "as a copy of image debian", "empty" */
static char *origin_words(const struct look *look)
{
        if (!look->image)
                return string_copy("empty");
        return string_format(
                "%s image %s", look->disk->origin == DISK_BACKED ? "on" : "as a copy of", look->image->name);
}

static uint64_t wanted_size(const struct look *look)
{
        if (look->disk->size_bytes || !look->image_found)
                return look->disk->size_bytes;
        return look->image_found->size_bytes;
}

/* ", 20 GiB"; "" while it isn't known. */
static char *size_words(const struct look *look)
{
        CLEANUP(string_free) char *size = size_format(wanted_size(look));

        return wanted_size(look) ? string_format(", %s", size) : string_copy("");
}

/* ---- what is there ---- */

static const char *wanted_backing(const struct look *look, char **ret_owned)
{
        if (look->disk->origin != DISK_BACKED || !look->image_place.path)
                return NULL;
        *ret_owned = volume_path(look->image_place.path, look->image_volume);
        return *ret_owned;
}

/* What can't be changed in a volume that is there. */
static void find_differences(const struct look *look, struct strings *differences)
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

static void plan_foreign(const struct look *look)
{
        CLEANUP(string_free) char *size = size_format(look->found->size_bytes);

        plan_block(look->plan,
                "volume %s in pool %s is there and is not ours (%s, %s%s%s): guest %s would write to it; "
                "rename the disk "
                "or the guest, or move the volume away",
                look->volume, look->disk->pool, look->found->format, size,
                look->found->backing ? ", based on " : "", look->found->backing ? look->found->backing : "",
                look->guest->name);
}

/* ---- what is to be done ---- */

static struct step *add_step(const struct look *look, struct step *step)
{
        step->volume.guest = look->guest;
        step->volume.disk = look->disk;
        step->volume.pool_type = look->place.type;
        step->volume.pool_path = look->place.path;
        step->volume.image = look->image_found;
        step->volume.size_bytes = wanted_size(look);
        return step;
}

/* As long as the image isn't there its size isn't known, and nothing can be made from it. */
static bool must_wait(const struct look *look)
{
        return !look->place.is_ready || (look->image && !look->image_found);
}

static bool is_too_small(const struct look *look)
{
        CLEANUP(string_free) char *wanted = NULL, *least = NULL;

        if (!look->image_found || wanted_size(look) >= look->image_found->size_bytes)
                return false;
        wanted = size_format(wanted_size(look));
        least = size_format(look->image_found->size_bytes);
        plan_block(look->plan,
                "disk %s of guest %s is to have %s, and its image %s has %s: a disk is at least as large as "
                "its image",
                look->disk->name, look->guest->name, wanted, look->disk->image, least);
        return true;
}

static void plan_create(const struct look *look)
{
        CLEANUP(string_free) char *origin = origin_words(look), *size = size_words(look);

        if (is_too_small(look))
                return;
        add_step(look, plan_add(look->plan, STEP_VOLUME_CREATE, "create volume %s in pool %s%s, %s",
                               look->volume, look->disk->pool, size, origin))
                ->expected = must_wait(look);
}

static void plan_replace(const struct look *look, const char *differences)
{
        CLEANUP(string_free) char *origin = origin_words(look), *size = size_words(look);
        bool is_running = look->user && look->user->running.name;
        struct step *step;

        if (is_too_small(look))
                return;
        step = plan_add(look->plan, STEP_VOLUME_CREATE,
                "%s%s%s volume %s in pool %s anew%s, %s, WHICH GIVES UP ALL THAT IS ON IT, as replace says "
                "(it %s)",
                is_running ? "power off guest " : "", is_running ? look->guest->name : "",
                is_running ? " and make its" : "make", look->volume, look->disk->pool, size, origin,
                differences);
        add_step(look, step)->expected = must_wait(look);
        step->volume.replaces = true;
}

/* A volume group has room by the extent. How large one is, libvirt doesn't say: a power of two, and seldom more. */
static bool is_rounded_up(const struct look *look)
{
        uint64_t wanted = look->disk->size_bytes, found = look->found->size_bytes;

        if (look->place.type != POOL_LOGICAL)
                return false;
        for (uint64_t extent = 1; extent <= LARGEST_EXTENT; extent *= 2)
                if ((wanted + extent - 1) / extent * extent == found)
                        return true;
        return false;
}

static void plan_size(const struct look *look)
{
        CLEANUP(string_free) char *found = size_format(look->found->size_bytes);
        CLEANUP(string_free) char *wanted = size_format(look->disk->size_bytes);
        CLEANUP(string_free) char *least = size_setting(look->found->size_bytes);

        if (look->disk->size_bytes == 0 || look->disk->size_bytes == look->found->size_bytes ||
                is_rounded_up(look))
                return;
        if (look->disk->size_bytes < look->found->size_bytes)
                plan_block(look->plan,
                        "volume %s in pool %s has %s, wanted %s: disks never shrink; say size = \"%s\" or "
                        "more",
                        look->volume, look->disk->pool, found, wanted, least);
        else
                add_step(look,
                        plan_add(look->plan, STEP_VOLUME_GROW, "grow volume %s in pool %s from %s to %s",
                                look->volume, look->disk->pool, found, wanted));
}

static void plan_found(const struct look *look)
{
        CLEANUP(strings_done) struct strings differences = {0};
        CLEANUP(string_free) char *words = NULL;

        if (!look->is_ours) {
                plan_foreign(look);
                return;
        }
        find_differences(look, &differences);
        if (differences.count == 0) {
                plan_size(look);
                return;
        }
        words = strings_join(&differences, "; ");
        if (look->guest->replace)
                plan_replace(look, words);
        else
                plan_block(look->plan,
                        "volume %s in pool %s %s: make the configuration say the same, or say replace = true "
                        "in guest "
                        "\"%s\" to have it made anew, which gives up all that is on it",
                        look->volume, look->disk->pool, words, look->guest->name);
}

/* A guest of ours has it as a disk already. */
static bool is_used_by_ours(const struct look *look)
{
        if (!look->user || !look->user->ours || !look->found)
                return false;
        for (array_each(const struct guest_disk, disk, &look->user->defined.disks))
                if (string_equal(disk->path, look->found->path) ||
                        (string_equal(disk->pool, look->disk->pool) &&
                                string_equal(disk->volume, look->volume)))
                        return true;
        return false;
}

static void look_at(struct look *look, const struct answers *answers)
{
        CLEANUP(string_free) char *note_path = disk_note_path(look->disk->pool, look->volume);
        const struct note_state *note = answers_note(answers, note_path);

        look->found = answers_volume(answers, look->disk->pool, look->volume);
        look->note = note ? note->text : NULL;
        look->user = answers_guest(answers, look->guest->name);
        look->is_ours = look->note || is_used_by_ours(look);
        if (look->image)
                look->image_found = answers_volume(answers, look->image->pool, look->image_volume);
}

/* libvirt would make it raw without a word. */
static bool is_unfit(const struct look *look)
{
        if (look->place.type != POOL_LOGICAL || look->disk->is_raw)
                return false;
        plan_block(look->plan,
                "disk %s of guest %s: pool %s is a volume group, which holds raw volumes only: add format = "
                "raw%s",
                look->disk->name, look->guest->name, look->disk->pool,
                look->disk->origin == DISK_BACKED ? " and copy = true" : "");
        return true;
}

static void plan_disk(const struct wish *wish, const struct answers *answers,
        const struct guest_config *guest, const struct disk_config *disk, struct plan *plan)
{
        CLEANUP(look_done)
        struct look look = {
                .guest = guest, .disk = disk, .image = find_image(wish, disk->image), .plan = plan};
        CLEANUP(string_free) char *why = NULL;

        look.volume = disk_volume_name(guest, disk);
        look.image_volume = look.image ? image_volume_name(look.image) : NULL;
        if (!storage_find(wish, answers, disk->pool, &look.place, &why)) {
                plan_block(plan, "disk %s of guest %s: %s", disk->name, guest->name, why);
                return;
        }
        if (look.image && !storage_find(wish, answers, look.image->pool, &look.image_place, &why))
                return; /* the image's own Score has said so */
        if (is_unfit(&look))
                return;
        look_at(&look, answers);
        if (look.found)
                plan_found(&look);
        else
                plan_create(&look);
}

static void volume_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct guest_config *, guest, &wish->guests))
                for (array_each(const struct disk_config, disk, &(*guest)->disks))
                        plan_disk(wish, answers, *guest, disk, plan);
}

static void volume_ask_undo(const struct answers *answers, struct survey *survey)
{
        storage_ask_undo(answers, "volume", survey);
}

static void volume_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        (void)wish;
        storage_undo(answers, "volume", plan);
}

const struct score score_volume = {
        .name = "volume",
        .summary = "guests' disks are there, made from what they are to be made from, and large enough",
        .ask = volume_ask,
        .plan = volume_plan,
        .ask_undo = volume_ask_undo,
        .undo = volume_undo,
};
