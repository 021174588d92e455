/* Guests. They are compared by what they mean: libvirt rewrites the XML it is given.
 *
 * A guest's definition is what it is after its next start, and is always made to say what host.conf says. What runs
 * follows at once where libvirt can do that; where it can't, the plan says so, and the guest is restarted only by a run
 * that may (--allow-restart).
 *
 *                      says the same                    differs
 *   not there          define, start                    -
 *   ours, off          start                            define again, start
 *   ours, runs         nothing (or what is missing      define again; change what runs, or warn that it
 *                      since its definition changed)    is otherwise until its next start, or restart it
 *   not ours           use it: start, autostart         blocked, with every difference
 */
#include "scores/guest_conflicts.h"
#include "scores/guest_edits.h"
#include "scores/guest_files.h"
#include "scores/guest_wish.h"
#include "scores/packages.h"
#include "scores/score.h"
#include "scores/storage.h"
#include "scores/volume.h"

/* Seconds that starting guests may take; most of them wait for others. */
#define START_S 90
#define MORE_S  30

static void guest_ask(const struct wish *wish, struct survey *survey)
{
        if (wish->guests.count == 0)
                return;
        survey_ask(survey, ASK_MACHINE, NULL);
        survey_ask(survey, ASK_CANARY, NULL);
        survey_ask(survey, ASK_GUESTS, NULL); /* whose MACs are taken */
        packages_ask(wish, survey);
        for (array_each(const struct guest_config *, guest, &wish->guests)) {
                survey_ask(survey, ASK_GUEST, (*guest)->name);
                volumes_ask(wish, *guest, survey);
                guest_files_ask(*guest, survey);
                if ((*guest)->firmware != FIRMWARE_BIOS)
                        survey_ask(survey, ASK_FIRMWARE, NULL);
        }
}

/* ---- what is there ---- */

/* Until its disks are there a guest can't be. */
static bool has_disks(const struct guest_config *guest, const struct answers *answers)
{
        for (array_each(const struct disk_config, disk, &guest->disks)) {
                CLEANUP(string_free) char *volume = disk_volume_name(guest, disk);

                if (!answers_volume(answers, disk->pool, volume))
                        return false;
        }
        return true;
}

/* In people's words, with libvirt's, by which it can be found. */
static char *unmodelled_words(const char *element)
{
        static const struct {
                const char *element, *words;
        } known[] = {
                {"hostdev", "a device of the machine's"},
                {"disk device='cdrom'", "another CD drive, or a CD that is no file"},
                {"disk device='floppy'", "a floppy drive"},
                {"filesystem", "a directory of the machine's"},
                {"tpm", "a TPM"},
                {"iothreads", "threads of its own for disks"},
                {"memoryBacking", "memory of another kind"},
                {"qemu:commandline", "arguments of its own for QEMU"},
        };

        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
                if (string_equal(element, known[i].element))
                        return string_format("%s (<%s>)", known[i].words, element);
        return string_format("<%s> in libvirt's XML", element);
}

static void add_unmodelled(const struct strings *elements, const char *verb, const char *whose,
        struct guest_differences *differences)
{
        for (array_each(char *, element, elements)) {
                CLEANUP(string_free) char *words = unmodelled_words(*element);

                guest_differences_add(differences, string_format("%s %s, which %s", verb, words, whose));
        }
}

static void find_differences(struct guest_look *look)
{
        const struct guest_state *found = look->found;

        guest_compare(look->wanted, &found->defined, &look->defined);
        add_unmodelled(&found->unmodelled, "has", "host.conf can't say", &look->defined);
        if (!look->is_running)
                return;
        guest_compare(look->wanted, &found->running, &look->running);
        add_unmodelled(&found->running_unmodelled, "runs with", "its definition hasn't", &look->running);
        guest_forget_memory_kept(look);
}

/* The firmware may be about to come with a package. */
static bool lacks_firmware(const struct guest_look *look, const struct wish *wish)
{
        enum guest_firmware firmware = look->wanted->firmware;

        if (look->answers->libvirt != REACH_ANSWERED || firmware == FIRMWARE_BIOS ||
                look->answers->has_firmware[firmware] || packages_are_missing(wish, look->answers))
                return false;
        if (firmware == FIRMWARE_UEFI_SECURE && look->answers->has_firmware[FIRMWARE_UEFI])
                plan_block(look->plan,
                        "guest %s: the machine's UEFI firmware for guests has no secure boot: say firmware = "
                        "uefi",
                        look->wanted->name);
        else
                plan_block(look->plan,
                        "guest %s: libvirt finds no UEFI firmware for guests on the machine: install one, or "
                        "say firmware = bios",
                        look->wanted->name);
        return true;
}

/* What isn't ours is used as it is or not at all; true when it can't be. */
static bool is_foreign(const struct guest_look *look)
{
        CLEANUP(string_free) char *words = NULL;

        if (!look->found || look->found->ours || look->defined.list.count == 0)
                return false;
        words = guest_differences_words(&look->defined);
        plan_block(look->plan,
                "guest %s is there, is not ours and differs (%s): rename the wanted guest, make the "
                "configuration say the same, or remove the one that is there",
                look->wanted->name, words);
        return true;
}

/* ---- what is to be done ---- */

static void plan_define(const struct guest_look *look)
{
        const struct guest *wanted = look->wanted;
        CLEANUP(string_free) char *memory = guest_memory_words(wanted->memory_kib), *words = NULL;

        if (!look->found) {
                guest_step(look, STEP_GUEST_DEFINE, "define guest %s (%s, %u vcpu%s)", wanted->name, memory,
                        wanted->vcpus, wanted->vcpus == 1 ? "" : "s");
        } else if (look->defined.list.count) {
                words = guest_differences_words(&look->defined);
                guest_step(look, STEP_GUEST_DEFINE, "define guest %s again: %s", wanted->name, words);
        } else if (!look->found->persistent) {
                guest_step(look, STEP_GUEST_DEFINE,
                        "define guest %s, which runs but would be gone once it is off", wanted->name);
        }
}

/* Those that are to be started, and those of which that is only expected. */
struct starts {
        struct strings sure, expected;
};

static void plan_start(const struct guest_look *look, struct starts *starts)
{
        const char *name = look->wanted->name;

        if (look->is_running && look->found->paused)
                guest_step(look, STEP_GUEST_RESUME, "let guest %s go on, which is paused", name);
        else if (!look->is_running)
                strings_add(guest_is_expected(look) ? &starts->expected : &starts->sure, name);
}

/* All of them in one step: they start side by side. */
static void plan_starts(const struct strings *names, bool expected, struct plan *plan)
{
        CLEANUP(string_free) char *list = strings_join(names, ", ");
        struct step *step;

        if (names->count == 0)
                return;
        step = plan_add(plan, STEP_GUEST_START, "start guest%s %s", names->count == 1 ? "" : "s", list);
        step->deadline_s = START_S + MORE_S * (int)names->count;
        step->expected = expected;
        strings_copy(&step->guest.names, names);
}

static void plan_autostart(const struct guest_look *look)
{
        bool autostart = look->config->autostart;

        if (autostart != (look->found && look->found->autostart))
                guest_step(look, STEP_GUEST_AUTOSTART, "%s guest %s start with the machine",
                        autostart ? "let" : "don't let", look->wanted->name);
}

/* What runs: changed, restarted, or off by then, because a disk of it is made anew. */
static void plan_running(const struct guest_look *look, const struct wish *wish, struct starts *starts)
{
        if (wish->may_restart && volumes_end_guest(wish, look->answers, look->config)) {
                plan_define(look);
                strings_add(&starts->expected, look->wanted->name);
                return;
        }
        guest_plan_edits(look);
        plan_define(look);
        if (!guest_plan_restart(look))
                plan_start(look, starts);
}

static void plan_guest(const struct guest_config *config, const struct wish *wish,
        const struct answers *answers, struct starts *starts, struct plan *plan)
{
        CLEANUP(guest_look_done)
        struct guest_look look = {
                .config = config,
                .answers = answers,
                .wanted = guest_wish(config, wish, answers),
                .expected = answers->libvirt != REACH_ANSWERED || !has_disks(config, answers),
                .may_restart = wish->may_restart,
                .plan = plan,
        };

        if (answers->libvirt == REACH_ANSWERED)
                look.found = answers_guest(answers, config->name);
        look.is_running = look.found && look.found->running.name;
        if (look.found)
                find_differences(&look);
        if (lacks_firmware(&look, wish) || is_foreign(&look) || guest_shares_mac(&look, wish) ||
                guest_lacks_files(&look, wish))
                return;
        if (look.is_running && config->is_running) {
                plan_running(&look, wish, starts);
        } else {
                plan_define(&look);
                if (look.is_running)
                        guest_step(&look, STEP_GUEST_STOP, "shut guest %s down", config->name);
                else if (config->is_running)
                        plan_start(&look, starts);
        }
        plan_autostart(&look);
}

static void guest_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        struct starts starts = {0};

        for (array_each(const struct guest_config *, config, &wish->guests))
                plan_guest(*config, wish, answers, &starts, plan);
        plan_starts(&starts.sure, false, plan);
        plan_starts(&starts.expected, true, plan);
        strings_done(&starts.sure);
        strings_done(&starts.expected);
}

static void guest_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        (void)answers;
        survey_ask(survey, ASK_GUESTS, NULL);
}

static void guest_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        (void)wish;
        for (array_each(const struct guest_state, found, &answers->guests))
                if (found->ours)
                        plan_add(plan, STEP_GUEST_REMOVE, "%s guest %s",
                                found->running.name ? "switch off and remove" : "remove", found->defined.name)
                                ->guest.found = found;
}

const struct score score_guest = {
        .name = "guest",
        .summary = "guests are defined, run and start with the machine as configured",
        .ask = guest_ask,
        .plan = guest_plan,
        .ask_undo = guest_ask_undo,
        .undo = guest_undo,
        .settle_s = 20, /* a guest's system lets go of a device when it pleases */
};
