/* Images: there, whole and verified.
 *
 * A file gets an image's name, which holds the beginning of its checksum, only after its content was verified on the
 * machine's own disk (see means/image_script.h). So that there is a volume of that name is all there is to ask. */
#include "scores/score.h"
#include "scores/storage.h"

static void image_ask(const struct wish *wish, struct survey *survey)
{
        if (wish->images.count)
                survey_ask(survey, ASK_LONG_STEPS, NULL);
        for (array_each(const struct image_config *, image, &wish->images)) {
                CLEANUP(string_free) char *volume = image_volume_name(*image);

                storage_ask(wish, (*image)->pool, volume, survey);
        }
}

/* It has the right content, but isn't what its section says. */
static void plan_found(const struct image_config *wanted, const struct volume_state *found, struct plan *plan)
{
        const char *format = wanted->is_raw ? "raw" : "qcow2";

        if (!string_equal(found->format, format))
                plan_block(plan, "image %s in pool %s is %s, and its format is %s here: correct format",
                        wanted->name, wanted->pool, found->format, format);
        else if (found->backing)
                plan_block(plan,
                        "image %s in pool %s is itself based on %s: make it one file, with qemu-img convert, "
                        "and "
                        "correct its sha256",
                        wanted->name, wanted->pool, found->backing);
}

static void plan_image(const struct wish *wish, const struct answers *answers,
        const struct image_config *wanted, struct plan *plan)
{
        CLEANUP(string_free) char *volume = image_volume_name(wanted), *why = NULL;
        const struct volume_state *found = answers_volume(answers, wanted->pool, volume);
        struct storage_place place;
        struct step *step;

        if (!storage_find(wish, answers, wanted->pool, &place, &why)) {
                plan_block(plan, "image %s: %s", wanted->name, why);
                return;
        }
        if (place.type == POOL_LOGICAL) {
                plan_block(plan,
                        "image %s: pool %s is a volume group, and an image is a file: keep it in a pool of "
                        "type dir "
                        "or netfs",
                        wanted->name, wanted->pool);
                return;
        }
        if (found) {
                plan_found(wanted, found, plan);
                return;
        }
        step = plan_add(plan, STEP_IMAGE_FETCH, "fetch image %s to pool %s (from %s)", wanted->name,
                wanted->pool, wanted->url ? wanted->url : wanted->file);
        /* What an earlier run began, and is gone on with first, may be just that. */
        step->expected = !place.is_ready || answers->long_steps.count > 0;
        step->image.wanted = wanted;
        step->image.pool_path = place.path;
        step->image.volume = STEAL(volume);
}

static void image_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct image_config *, wanted, &wish->images))
                plan_image(wish, answers, *wanted, plan);
}

static void image_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        survey_ask(survey, ASK_LONG_STEPS, NULL);
        storage_ask_undo(answers, "image", survey);
        storage_ask_image_files(wish, answers, survey);
}

/* A transfer that is cut off leaves a file that libvirt knows nothing of. */
static void undo_parts(const struct answers *answers, struct plan *plan)
{
        for (array_each(char *, part, &answers->parts)) {
                struct step *step = plan_add(plan, STEP_FILE_REMOVE,
                        "remove file %s, which a transfer that was cut off left", *part);

                step->path = *part;
                step->expected = answers->long_steps.count > 0;
        }
}

/* What stays is ours still: an undo without --keep-images deletes it, once its pool is there again. */
static void keep(const struct owned_thing *thing, const struct wish *wish, const struct answers *answers,
        struct plan *plan)
{
        const char *volume;
        CLEANUP(string_free) char *pool = volume_split(thing->name, &volume);

        if (!pool || !thing->is_made || !string_equal(thing->kind, "image"))
                return;
        if (answers_volume(answers, pool, volume)) {
                if (wish->keep_images)
                        plan_keep(plan, "image", thing->name);
                return;
        }
        if (answers_pool(answers, pool) || storage_image_is_gone(wish, answers, thing))
                return;
        if (!wish->keep_images)
                plan_warn(plan,
                        "image %s of pool %s was kept, and stays: there is no pool %s to delete it from; "
                        "promote "
                        "the machine and undo again, or remove its file",
                        volume, pool, pool);
        plan_keep(plan, "image", thing->name);
}

static void image_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        undo_parts(answers, plan);
        for (array_each(const struct owned_thing, thing, &answers->owned))
                keep(thing, wish, answers, plan);
        if (!wish->keep_images)
                storage_undo(answers, "image", plan);
}

const struct score score_image = {
        .name = "image",
        .summary = "the images that guests are made from are there, whole and verified",
        .ask = image_ask,
        .plan = image_plan,
        .ask_undo = image_ask_undo,
        .undo = image_undo,
};
