/* Volumes: the disks of guests.
 *
 * libvirt keeps no metadata of a volume, so what we made is known by a note of one line on the machine, which also says
 * what it was made from (disk_note). A volume without one is ours still when a guest of ours has it: notes don't
 * survive a machine that is installed anew around its old disks.
 *
 *                            says the same        other size          made from something else
 *   not there                create               -                   -
 *   not there, and the guest has the disk in      -                   blocked; with replace: created, and the other
 *     another format or pool                                          is deleted once the guest has let go of it
 *   ours                     nothing              grow, or blocked    blocked; with replace: made anew, for which a
 *                                                                     guest that runs has to be shut down, or warned of
 *   not ours                 blocked: it would be written to          -
 */
#include "scores/volume.h"

#include "scores/score.h"
#include "scores/volume_former.h"
#include "scores/volume_look.h"

#define LARGEST_EXTENT (UINT64_C(256) << 20) /* that is reckoned with */

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
        volume_former_ask(wish, guest, disk, survey);
}

void volumes_ask(const struct wish *wish, const struct guest_config *guest, struct survey *survey)
{
        if (guest->disks.count)
                survey_ask(survey, ASK_GUEST, guest->name);
        for (array_each(const struct disk_config, disk, &guest->disks))
                ask_disk(wish, guest, disk, survey);
}

static void volume_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct guest_config *, guest, &wish->guests))
                volumes_ask(wish, *guest, survey);
}

static void plan_foreign(const struct volume_look *look)
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

static void plan_create(const struct volume_look *look)
{
        CLEANUP(string_free) char *origin = volume_origin_words(look), *size = volume_size_words(look);

        if (volume_is_too_small(look))
                return;
        volume_step(look, plan_add(look->plan, STEP_VOLUME_CREATE, "create volume %s in pool %s%s, %s",
                                  look->volume, look->disk->pool, size, origin))
                ->expected = volume_must_wait(look);
}

/* The guest would have another disk at its next start, without what is on the one that it has. */
static void plan_instead(const struct volume_look *look, const char *former)
{
        CLEANUP(string_free) char *origin = volume_origin_words(look), *size = volume_size_words(look);

        if (!look->guest->replace)
                plan_block(look->plan,
                        "disk %s of guest %s is %s, wanted volume %s in pool %s: make the configuration say "
                        "the same, "
                        "or say replace = true in guest \"%s\" to have it made anew, which gives up all that "
                        "is on it",
                        look->disk->name, look->guest->name, former, look->volume, look->disk->pool,
                        look->guest->name);
        else if (!volume_is_too_small(look))
                volume_step(look,
                        plan_add(look->plan, STEP_VOLUME_CREATE,
                                "make volume %s in pool %s anew%s, %s, WHICH GIVES UP ALL THAT IS ON %s, as "
                                "replace says",
                                look->volume, look->disk->pool, size, origin, former))
                        ->expected = volume_must_wait(look);
}

/* The guest is shut down for it only where that is allowed, and started again by its own Score. */
static void plan_replace(const struct volume_look *look, const char *differences)
{
        CLEANUP(string_free) char *origin = volume_origin_words(look), *size = volume_size_words(look);
        bool is_running = look->user && look->user->running.name;
        struct step *step;

        if (volume_is_too_small(look))
                return;
        if (is_running && look->guest->is_running && !look->may_restart) {
                plan_warn(look->plan,
                        "volume %s in pool %s %s, and stays as it is while guest %s runs: once that is off a "
                        "run makes it "
                        "anew, as replace says; --allow-restart would do that now",
                        look->volume, look->disk->pool, differences, look->guest->name);
                return;
        }
        step = plan_add(look->plan, STEP_VOLUME_CREATE,
                "%s%s%s volume %s in pool %s anew%s, %s, WHICH GIVES UP ALL THAT IS ON IT, as replace says "
                "(it %s)",
                is_running ? "shut guest " : "", is_running ? look->guest->name : "",
                is_running ? " down and make its" : "make", look->volume, look->disk->pool, size, origin,
                differences);
        volume_step(look, step)->expected = volume_must_wait(look);
        step->volume.replaces = true;
}

/* A volume group has room by the extent. How large one is, libvirt doesn't say: a power of two, and seldom more. */
static bool is_rounded_up(const struct volume_look *look)
{
        uint64_t wanted = look->disk->size_bytes, found = look->found->size_bytes;

        if (look->place.type != POOL_LOGICAL)
                return false;
        for (uint64_t extent = 1; extent <= LARGEST_EXTENT; extent *= 2)
                if ((wanted + extent - 1) / extent * extent == found)
                        return true;
        return false;
}

static void plan_size(const struct volume_look *look)
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
                volume_step(look,
                        plan_add(look->plan, STEP_VOLUME_GROW, "grow volume %s in pool %s from %s to %s",
                                look->volume, look->disk->pool, found, wanted));
}

static void plan_found(const struct volume_look *look)
{
        CLEANUP(strings_done) struct strings differences = {0};
        CLEANUP(string_free) char *words = NULL;

        if (!look->is_ours) {
                plan_foreign(look);
                return;
        }
        volume_find_differences(look, &differences);
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
static bool is_used_by_ours(const struct volume_look *look)
{
        return look->user && look->user->ours && look->found &&
               guest_has_disk(&look->user->defined, look->found->path, look->disk->pool, look->volume);
}

static void look_at(struct volume_look *look, const struct answers *answers)
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
static bool is_unfit(const struct volume_look *look)
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
        CLEANUP(volume_look_done)
        struct volume_look look = {.guest = guest,
                .disk = disk,
                .image = find_image(wish, disk->image),
                .may_restart = wish->may_restart,
                .plan = plan};
        CLEANUP(string_free) char *why = NULL, *former = NULL;

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
        former = look.found ? NULL : volume_former_path(&look);
        if (look.found)
                plan_found(&look);
        else if (former)
                plan_instead(&look, former);
        else
                plan_create(&look);
        volume_former_plan(&look, answers);
}

static void volume_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct guest_config *, guest, &wish->guests))
                for (array_each(const struct disk_config, disk, &(*guest)->disks))
                        plan_disk(wish, answers, *guest, disk, plan);
}

bool volumes_end_guest(
        const struct wish *wish, const struct answers *answers, const struct guest_config *guest)
{
        struct plan plan = {0};
        bool ends = false;

        for (array_each(const struct disk_config, disk, &guest->disks))
                plan_disk(wish, answers, guest, disk, &plan);
        for (array_each(const struct step, step, &plan.steps))
                ends = ends || (step->kind == STEP_VOLUME_CREATE && step->volume.replaces);
        plan_done(&plan);
        return ends;
}

static void volume_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
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
