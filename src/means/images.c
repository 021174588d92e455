/* Images: fetched by the machine from a URL, or sent to it from here; verified there either way. */
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/storage.h"
#include "means/image_script.h"
#include "means/libvirt_parts.h"
#include "means/long_step.h"
#include "means/script.h"
#include "means/volume_xml.h"

#define MARGIN_S 10 /* before the deadline that the machine is to give up itself, and say why */

static struct image_place place_of(const struct step *step)
{
        return (struct image_place) {.directory = step->image.pool_path, .volume = step->image.volume};
}

/* Gigabytes take their time: it goes on whatever becomes of the connection. */
static int run_script(const struct work *work, const char *kind, const char *script, struct error *error)
{
        const struct step *step = work->step;
        CLEANUP(string_free)
        char *content = string_format("%s %s %s", step->image.pool_path, step->image.volume,
                step->image.wanted->url ? step->image.wanted->url : "");
        const struct long_step long_step = {
                .kind = kind, .content = content, .sentence = step->sentence, .script = script};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(string_free) char *said = NULL;

        if (long_step_run(work, &long_step, &output, error) < 0)
                return -1;
        if (output.status == 0)
                return 0;
        said = script_last_line(&output.err);
        return error_set(
                error, ERROR_FAILED, "%s", said ? said : "the machine's shell ended and said nothing");
}

static int fetch(const struct work *work, struct error *error)
{
        const struct image_place place = place_of(work->step);
        int left_ms = deadline_left_ms(work->deadline), patience_s = left_ms / 1000 - MARGIN_S;
        CLEANUP(text_done) struct text script = {0};

        if (left_ms < 0)
                patience_s = step_deadline_s(work->step);
        image_add_fetch(&script, work->step->image.wanted, &place, patience_s > 0 ? patience_s : 0);
        return run_script(work, "image.fetch", text_string(&script), error);
}

/* ---- sending ---- */

struct sending {
        const struct work *work;
        struct upload upload;
        uint64_t room_needed; /* at most; holes take none */
        int64_t told_ns;
};

static void count_sent(void *context, uint64_t done)
{
        struct sending *sending = context;
        const struct means_progress *progress = sending->work->progress;
        int64_t now_ns = clock_now_ns();

        if (!progress || !progress->bytes ||
                (done < sending->upload.size && now_ns < sending->told_ns + 500000000))
                return;
        sending->told_ns = now_ns;
        progress->bytes(progress->context, done, sending->upload.size);
}

static int open_file(const char *path, struct sending *sending, struct error *error)
{
        struct stat status;

        sending->upload.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (sending->upload.fd < 0 || fstat(sending->upload.fd, &status) < 0)
                return error_set_errno(error, ERROR_FAILED, "%s can't be read", path);
        if (!S_ISREG(status.st_mode))
                return error_set(error, ERROR_FAILED, "%s is no file", path);
        sending->upload.size = (uint64_t)status.st_size;
        sending->room_needed = (uint64_t)status.st_blocks * 512;
        return 0;
}

/* The bytes of its file; *ret_is_there is false where there is none. */
static int find_volume(struct session *session, const char *pool, const char *path, uint64_t *ret_length,
        bool *ret_is_there, struct error *error)
{
        CLEANUP(volume_handle_done) struct volume_handle part = {0};
        struct answers found = {0};
        char *xml = NULL;
        int result;

        if (volume_find(session, pool, path, &part, error) < 0 || volume_xml(&part, NULL, &xml, error) < 0)
                return -1;
        *ret_is_there = xml != NULL;
        result = xml ? volume_xml_read(xml, array_add(&found.volumes), ret_length, error) : 0;
        free(xml);
        answers_done(&found);
        return result;
}

static int check_room(struct session *session, const struct sending *sending, struct error *error)
{
        const struct step *step = sending->work->step;
        uint64_t left = sending->upload.size - sending->upload.offset, free_bytes;

        if (left > sending->room_needed)
                left = sending->room_needed;
        if (session_pool_room(session, step->image.wanted->pool, &free_bytes, error) < 0)
                return -1;
        if (left > free_bytes)
                return error_set(error, ERROR_FAILED,
                        "there is no room for %s in %s: %" PRIu64 " more bytes are needed and %" PRIu64
                        " are free",
                        step->image.wanted->file, step->image.pool_path, left, free_bytes);
        return 0;
}

/* What ran over the disk is taken away again, so that guests can write. */
static int send_to(struct session *session, const char *path, struct sending *sending, struct error *error)
{
        CLEANUP(error_done) struct error gone = {0};

        if (session_upload(session, path, &sending->upload, error) == 0)
                return 0;
        if (strstr(error_text(error), "No space left") && session_delete_volume(session, path, &gone) == 0)
                error_prefix(error, "there is no room in %s, what had arrived was removed",
                        sending->work->step->image.pool_path);
        return -1;
}

static int send_part(struct session *session, void *context, struct error *error)
{
        struct sending *sending = context;
        const struct step *step = sending->work->step;
        const struct means_progress *progress = sending->work->progress;
        const char *pool = step->image.wanted->pool;
        CLEANUP(string_free) char *name = image_part_name(step->image.volume);
        CLEANUP(string_free) char *path = volume_path(step->image.pool_path, name);
        CLEANUP(string_free)
        char *xml = volume_xml_write(&(const struct volume_wish) {.name = name, .format = "raw"});
        CLEANUP(string_free) char *final = volume_path(step->image.pool_path, step->image.volume);
        bool is_there = false;

        if (find_volume(session, pool, final, &sending->upload.offset, &is_there, error) < 0)
                return -1;
        if (is_there) /* by a run that was cut off before libvirt was told */
                return 0;
        if (find_volume(session, pool, path, &sending->upload.offset, &is_there, error) < 0)
                return -1;
        if (is_there && sending->upload.offset > sending->upload.size) { /* of another image, once */
                if (session_delete_volume(session, path, error) < 0)
                        return -1;
                is_there = false;
        }
        if (!is_there)
                sending->upload.offset = 0;
        if (check_room(session, sending, error) < 0 ||
                (!is_there && session_create_volume(session, pool, xml, NULL, error) < 0))
                return -1;
        if (sending->upload.offset && progress) {
                CLEANUP(string_free)
                char *line = string_format(
                        "going on behind %" PRIu64 " bytes that are there", sending->upload.offset);

                progress->line(progress->context, line);
        }
        if (sending->upload.offset == sending->upload.size)
                return 0;
        return send_to(session, path, sending, error);
}

static int send(const struct work *work, struct error *error)
{
        const struct image_place place = place_of(work->step);
        const struct image_config *wanted = work->step->image.wanted;
        struct sending sending = {.work = work};
        CLEANUP(text_done) struct text script = {0};
        int result;

        sending.upload = (struct upload) {.fd = -1, .progress = count_sent, .context = &sending};
        result = open_file(wanted->file, &sending, error);
        if (result == 0)
                result = pool_refresh(work->libvirt, wanted->pool, work->deadline, error);
        if (result == 0)
                result = libvirt_run(work->libvirt, send_part, &sending, work->deadline, error);
        fd_close(&sending.upload.fd);
        if (result < 0)
                return -1;
        image_add_finish(&script, wanted, &place);
        return run_script(work, "image.finish", text_string(&script), error);
}

int image_fetch(const struct work *work, struct error *error)
{
        const struct image_config *wanted = work->step->image.wanted;
        CLEANUP(error_done) struct error stale = {0}; /* the next look finds libvirt's list as it is */
        int result = wanted->url ? fetch(work, error) : send(work, error);

        if (result < 0) {
                if (error->kind == ERROR_FAILED)
                        pool_refresh(work->libvirt, wanted->pool, work->deadline, &stale);
                return -1;
        }
        return pool_refresh(work->libvirt, wanted->pool, work->deadline, error);
}
