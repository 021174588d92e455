/* Disks that a guest has already, under the name of another format or in another pool. */
#include "scores/volume_former.h"

/* What the disk would be called in the other format. */
static char *other_name(const struct guest_config *guest, const struct disk_config *disk)
{
        const struct disk_config other = {.name = disk->name, .is_raw = !disk->is_raw};

        return disk_volume_name(guest, &other);
}

void volume_former_ask(const struct wish *wish, const struct guest_config *guest,
        const struct disk_config *disk, struct survey *survey)
{
        CLEANUP(string_free) char *name = other_name(guest, disk), *note = disk_note_path(disk->pool, name);

        if (!guest->replace)
                return;
        storage_ask(wish, disk->pool, name, survey);
        survey_ask(survey, ASK_NOTE, note);
}

static const char *volume_of(const struct guest_disk *disk)
{
        const char *slash = disk->path ? strrchr(disk->path, '/') : NULL;

        return slash ? slash + 1 : disk->volume;
}

char *volume_former_path(const struct volume_look *look)
{
        CLEANUP(string_free) char *other = other_name(look->guest, look->disk);
        CLEANUP(string_free)
        char *wanted = look->place.path ? volume_path(look->place.path, look->volume) : NULL;

        if (!look->user || !look->user->ours)
                return NULL;
        for (array_each(const struct guest_disk, disk, &look->user->defined.disks)) {
                const char *volume = volume_of(disk);
                bool is_wanted = guest_disk_is(disk, wanted, look->disk->pool, look->volume);

                if (volume && !is_wanted &&
                        (string_equal(volume, look->volume) || string_equal(volume, other)))
                        return disk->path ? string_copy(disk->path)
                                          : string_format("%s of pool %s", disk->volume, disk->pool);
        }
        return NULL;
}

static bool has_disk(const struct guest *guest, const struct volume_state *volume)
{
        return guest_has_disk(guest, volume->path, volume->pool, volume->name);
}

void volume_former_plan(const struct volume_look *look, const struct answers *answers)
{
        CLEANUP(string_free) char *name = other_name(look->guest, look->disk);
        CLEANUP(string_free) char *note_path = disk_note_path(look->disk->pool, name);
        const struct volume_state *former = answers_volume(answers, look->disk->pool, name);
        const struct note_state *note = answers_note(answers, note_path);
        const struct guest_state *user = look->user;
        bool is_defined = former && user && has_disk(&user->defined, former);
        bool runs = former && user && user->running.name && has_disk(&user->running, former);
        struct step *step;

        if (!look->guest->replace || !former || !((note && note->text) || (is_defined && user->ours)) ||
                (runs && look->guest->is_running && !look->may_restart))
                return;
        step = plan_add(look->plan, STEP_VOLUME_REMOVE, "delete volume %s of pool %s, in whose place %s is",
                name, look->disk->pool, look->volume);
        step->doomed = former;
        step->expected = is_defined || runs || !look->found;
}
