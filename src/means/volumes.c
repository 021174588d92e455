/* libvirt's volumes: what there is, and every step that changes one.
 *
 * A volume is made under another name and given its own when it is complete: a copy that was cut off is then no disk that a
 * guest could boot half of, and what lies under the other name is ours to throw away. libvirt can't rename volumes; the
 * machine can. */
#include "config/storage.h"
#include "means/guest_xml.h"
#include "means/image_script.h"
#include "means/libvirt_parts.h"
#include "means/parts.h"
#include "means/volume_script.h"
#include "means/volume_xml.h"

int volumes_answer(const struct wanted_volumes *volumes, struct answers *answers, struct error *error)
{
        for (array_each(const struct wanted_volume, wanted, &volumes->list)) {
                struct volume_state *state;
                uint64_t length;

                if (!wanted->xml)
                        continue;
                state = array_add(&answers->volumes);
                state->pool = string_copy(wanted->pool);
                if (volume_xml_read(wanted->xml, state, &length, error) < 0)
                        return error_prefix(error, "volume %s of pool %s", wanted->name, wanted->pool);
        }
        return 0;
}

static bool is_in_group(const struct step *step)
{
        return step->volume.pool_type == POOL_LOGICAL;
}

/* ---- making one ---- */

/* A copy from another format has the size of its original, whatever was asked for. */
static int grow_copy(struct session *session, const char *path, uint64_t wanted, struct error *error)
{
        CLEANUP(volume_handle_done) struct volume_handle copy = {0};
        CLEANUP(answers_done) struct answers found = {0};
        CLEANUP(string_free) char *xml = NULL;
        struct volume_state *state = array_add(&found.volumes);
        uint64_t length;

        if (volume_find(session, NULL, path, &copy, error) < 0 || volume_xml(&copy, NULL, &xml, error) < 0)
                return -1;
        if (!xml)
                return error_set(error, ERROR_FAILED, "%s was made, and is gone", path);
        if (volume_xml_read(xml, state, &length, error) < 0)
                return -1;
        return state->size_bytes < wanted ? session_grow_volume(session, path, wanted, error) : 0;
}

static int make_part(struct session *session, void *context, struct error *error)
{
        const struct step *step = context;
        const struct disk_config *disk = step->volume.disk;
        const struct volume_state *image = step->volume.image;
        CLEANUP(string_free) char *volume = disk_volume_name(step->volume.guest, disk);
        CLEANUP(string_free) char *part = image_part_name(volume);
        CLEANUP(string_free) char *path = volume_path(step->volume.pool_path, part), *xml = NULL;
        bool is_copy = disk->origin == DISK_COPIED;

        xml = volume_xml_write(&(const struct volume_wish) {
                .name = part,
                .format = disk->is_raw ? "raw" : "qcow2",
                .size_bytes = step->volume.size_bytes,
                .backing = disk->origin == DISK_BACKED ? image->path : NULL,
                .backing_format = disk->origin == DISK_BACKED ? image->format : NULL,
                .has_space = is_in_group(step),
        });
        if (session_delete_volume(session, path, error) < 0 ||
                session_create_volume(session, disk->pool, xml, is_copy ? image->path : NULL, error) < 0)
                return -1;
        return is_copy ? grow_copy(session, path, step->volume.size_bytes, error) : 0;
}

static int end_guest(struct session *session, void *context, struct error *error)
{
        const struct step *step = context;

        return guest_shut_down(session, step->volume.guest->name, error);
}

/* What is given up goes first where a name can't be taken over. */
static int delete_old(struct session *session, void *context, struct error *error)
{
        const struct step *step = context;
        CLEANUP(string_free) char *volume = disk_volume_name(step->volume.guest, step->volume.disk);
        CLEANUP(string_free) char *path = volume_path(step->volume.pool_path, volume);

        return session_delete_volume(session, path, error);
}

/* What lies in the pool's directory and isn't in libvirt's list, or the other way round, is in the way once only. */
static int make(const struct work *work, struct error *error)
{
        CLEANUP(error_done) struct error first = {0};
        struct step *step = (struct step *)work->step;

        if (libvirt_run(work->libvirt, make_part, step, work->deadline, &first) == 0)
                return 0;
        if (first.kind != ERROR_FAILED)
                return error_move(error, &first);
        if (pool_refresh(work->libvirt, step->volume.disk->pool, work->deadline, error) < 0)
                return -1;
        return libvirt_run(work->libvirt, make_part, step, work->deadline, error);
}

int volume_create(const struct work *work, struct error *error)
{
        CLEANUP(error_done) struct error stale = {0};
        struct step *step = (struct step *)work->step;
        CLEANUP(text_done) struct text script = {0};

        if (make(work, error) < 0)
                return -1;
        if (step->volume.replaces && libvirt_run(work->libvirt, end_guest, step, work->deadline, error) < 0)
                return -1;
        if (step->volume.replaces && is_in_group(step) &&
                libvirt_run(work->libvirt, delete_old, step, work->deadline, error) < 0)
                return -1;
        volume_add_naming(&script, step);
        if (script_run(work, text_string(&script), NULL, 0, error) == 0)
                return pool_refresh(work->libvirt, step->volume.disk->pool, work->deadline, error);
        if (error->kind == ERROR_FAILED) /* the next look is to see what is in the way */
                pool_refresh(work->libvirt, step->volume.disk->pool, work->deadline, &stale);
        return -1;
}

/* ---- growing one ---- */

struct volume_place {
        const char *path, *pool, *volume;
};

/* A guest that waits for its restart is defined with disks that it doesn't run with. */
static int guest_runs_with(struct session *session, const char *guest, const struct volume_place *place,
        bool *ret_runs_with, struct error *error)
{
        CLEANUP(strings_done) struct strings unmodelled = {0};
        CLEANUP(guest_done) struct guest running = {0};
        CLEANUP(string_free) char *xml = NULL;
        bool is_active;

        *ret_runs_with = false;
        if (session_guest_is_active(session, guest, &is_active, error) < 0 ||
                (is_active && session_xml(session, LIBVIRT_GUEST, guest, true, &xml, error) < 0))
                return -1;
        if (!xml)
                return 0;
        if (guest_xml_read(xml, &running, &unmodelled, error) < 0)
                return error_prefix(error, "guest %s", guest);
        *ret_runs_with = guest_has_disk(&running, place->path, place->pool, place->volume);
        return 0;
}

static int grow(struct session *session, void *context, struct error *error)
{
        const struct step *step = context;
        const char *guest = step->volume.guest->name;
        CLEANUP(string_free) char *volume = disk_volume_name(step->volume.guest, step->volume.disk);
        CLEANUP(string_free) char *path = volume_path(step->volume.pool_path, volume);
        const struct volume_place place = {path, step->volume.disk->pool, volume};
        bool runs = false;

        if (guest_runs_with(session, guest, &place, &runs, error) < 0)
                return -1;
        if (runs && session_grow_disk(session, guest, path, step->volume.size_bytes, &runs, error) < 0)
                return -1;
        return runs || is_in_group(step) ? 0
                                         : session_grow_volume(session, path, step->volume.size_bytes, error);
}

/* In a volume group the volume first, then what its guest sees, and last what libvirt knows: until then it is told to
 * grow again. */
int volume_grow(const struct work *work, struct error *error)
{
        struct step *step = (struct step *)work->step;
        CLEANUP(text_done) struct text script = {0};

        if (!is_in_group(step))
                return libvirt_run(work->libvirt, grow, step, work->deadline, error);
        volume_add_extending(&script, step);
        if (script_run(work, text_string(&script), NULL, 0, error) < 0 ||
                libvirt_run(work->libvirt, grow, step, work->deadline, error) < 0)
                return -1;
        return pool_refresh(work->libvirt, step->volume.disk->pool, work->deadline, error);
}

/* ---- taking one away ---- */

static int delete_volume(struct session *session, void *context, struct error *error)
{
        return session_delete_volume(session, context, error);
}

int volume_remove(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error)
{
        (void)link;
        return libvirt_run(libvirt, delete_volume, step->doomed->path, deadline, error);
}
