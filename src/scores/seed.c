/* What guests are given at their birth: seeds for cloud-init, configurations for Ignition.
 *
 * Both are read when a guest starts for the first time, and never again: writing a changed one for a guest that has
 * started would change nothing but the file, and hide that the guest isn't what the configuration says. So that is
 * only said, unless the guest may be made anew (replace). */
#include "base/sha256.h"
#include "plan/seed.h"
#include "scores/score.h"

static void ask_file(struct survey *survey, char *path)
{
        survey_ask(survey, ASK_FILE, path);
        free(path);
}

static bool has_ignition(const struct guest_config *guest)
{
        return guest->ignition || guest->cluster;
}

static void seed_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct guest_config *, guest, &wish->guests)) {
                if ((*guest)->cloud_init.is_wanted || has_ignition(*guest))
                        survey_ask(survey, ASK_GUEST, (*guest)->name);
                if ((*guest)->cloud_init.is_wanted) {
                        ask_file(survey, guest_seed_path((*guest)->name));
                        ask_file(survey, seed_note_path(*guest));
                        ask_file(survey, seed_host_key_path(*guest));
                }
                if (has_ignition(*guest))
                        ask_file(survey, guest_ignition_path((*guest)->name));
                if ((*guest)->cluster)
                        survey_ask_installer(survey, (*guest)->cluster);
        }
}

/* Takes the path over. */
static const struct file_state *find_file(const struct answers *answers, char *path)
{
        const struct file_state *file = answers_file(answers, path);

        free(path);
        return file && file->exists ? file : NULL;
}

static bool has_sum(const struct file_state *file, const char *sha256)
{
        return file && file->type == FILE_REGULAR && sha256 && string_equal(file->sha256, sha256);
}

static bool has_content(const struct file_state *file, const char *content)
{
        CLEANUP(string_free) char *sha256 = sha256_hex(content, strlen(content));

        return has_sum(file, sha256);
}

/* Of the Ignition that it is to have; owned by the caller. NULL: that isn't made yet. */
static char *ignition_sum(const struct guest_config *guest, const struct answers *answers)
{
        const struct installer_state *made;

        if (guest->ignition)
                return sha256_hex(guest->ignition, strlen(guest->ignition));
        made = answers_installer(answers, guest->cluster->name);
        return made && made->is_made ? string_copy(made->sums[guest->role]) : NULL;
}

static bool is_in_the_way(const struct file_state *file, struct plan *plan)
{
        if (!file || file->type == FILE_REGULAR)
                return false;
        plan_block(plan, "%s is a %s where a file is wanted: move it out of the way", file->path,
                file->type == FILE_DIRECTORY ? "directory" : file->what);
        return true;
}

struct birth {
        const struct wish *wish;
        const struct guest_config *guest;
        bool is_expected; /* whether the guest is there can't be seen yet */
        bool is_born;     /* it is there: it has read what it was given */
};

static void add_step(const struct birth *birth, enum step_kind kind, const char *what, struct plan *plan)
{
        struct step *step = plan_add(plan, kind, "write %s of guest %s", what, birth->guest->name);

        step->seed.host = birth->wish->host;
        step->seed.guest = birth->guest;
        step->expected = birth->is_expected;
}

/* A changed one for a guest that is there. */
static void say_ignored(const struct birth *birth, const char *what, const char *reader, struct plan *plan)
{
        plan_warn(plan,
                "%s of guest %s has changed, but %s has read it when the guest first started, and doesn't "
                "again: remove "
                "the guest to have it made anew",
                what, birth->guest->name, reader);
}

static bool may_write(const struct birth *birth, const struct file_state *there)
{
        return !there || !birth->is_born || birth->guest->replace;
}

static void plan_cloud_init(const struct birth *birth, const struct answers *answers, struct plan *plan)
{
        const struct guest_config *guest = birth->guest;
        const struct file_state *seed = find_file(answers, guest_seed_path(guest->name));
        const struct file_state *note = find_file(answers, seed_note_path(guest));
        const struct file_state *key = find_file(answers, seed_host_key_path(guest));
        CLEANUP(string_free) char *content = seed_note(guest);

        if (is_in_the_way(seed, plan) || is_in_the_way(note, plan) || is_in_the_way(key, plan))
                return;
        if (seed && key && has_content(note, content))
                return;
        if (may_write(birth, seed))
                add_step(birth, STEP_SEED,
                        guest->cloud_init.network_config ? "the seed (user-data, network-config)"
                                                         : "the seed (user-data)",
                        plan);
        else
                say_ignored(birth, "the cloud-init data", "cloud-init", plan);
}

static void plan_ignition(struct birth birth, const struct answers *answers, struct plan *plan)
{
        const struct file_state *there = find_file(answers, guest_ignition_path(birth.guest->name));
        CLEANUP(string_free) char *sum = ignition_sum(birth.guest, answers);

        if (is_in_the_way(there, plan) || has_sum(there, sum) || (!sum && birth.is_born))
                return;
        birth.is_expected = birth.is_expected || !sum;
        if (may_write(&birth, there))
                add_step(&birth, STEP_IGNITION, "the Ignition configuration", plan);
        else
                say_ignored(&birth, "the Ignition configuration", "Ignition", plan);
}

static void seed_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct guest_config *, guest, &wish->guests)) {
                const struct guest_state *found = answers_guest(answers, (*guest)->name);
                const struct birth birth = {
                        .wish = wish,
                        .guest = *guest,
                        .is_expected = answers->libvirt != REACH_ANSWERED,
                        .is_born = found != NULL,
                };

                if (found && !found->ours) /* somebody else's: the guest Score has a word for it */
                        continue;
                if ((*guest)->cloud_init.is_wanted)
                        plan_cloud_init(&birth, answers, plan);
                if (has_ignition(*guest))
                        plan_ignition(birth, answers, plan);
        }
}

/* ---- undoing ---- */

static void seed_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        (void)answers;
        survey_ask(survey, ASK_GUESTS, NULL);
}

static void plan_forget(const struct wish *wish, const char *guest, const char *where, struct plan *plan)
{
        struct step *step =
                plan_add(plan, STEP_KEY_FORGET, "forget the host key of guest %s%s", guest, where);

        step->key.host = wish->host;
        step->key.guest = guest;
}

/* The files on the machine are files like others. The key's private half is here, as the store tells, until a run has
 * come as far as this, also one that was cut off behind the guest's end. Of what another controller has made, the
 * public half may be here. */
static void seed_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct owned_thing, thing, &answers->owned))
                if (string_equal(thing->kind, "guest-key"))
                        plan_forget(wish, thing->name, ", which is kept here", plan);
        for (array_each(const struct guest_state, found, &answers->guests))
                if (found->ours && found->defined.seed &&
                        !answers_owned(answers, "guest-key", found->defined.name))
                        plan_forget(wish, found->defined.name, ", should it be known here", plan);
}

const struct score score_seed = {
        .name = "seed",
        .summary = "guests find what cloud-init or Ignition reads when they first start",
        .ask = seed_ask,
        .plan = seed_plan,
        .ask_undo = seed_ask_undo,
        .undo = seed_undo,
};
