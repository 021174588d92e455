/* Guests that are to be waited for until they are up. */
#include "plan/ready.h"
#include "base/sha256.h"
#include "base/text.h"
#include "scores/score.h"

static bool is_waited_for(const struct guest_config *guest)
{
        return guest->is_running && ready_is_wanted(guest);
}

static void ready_ask(const struct wish *wish, struct survey *survey)
{
        for (array_each(const struct guest_config *, guest, &wish->guests)) {
                CLEANUP(string_free)
                char *process = guest_process_path(*guest), *note = ready_note_path(*guest);

                if (!is_waited_for(*guest))
                        continue;
                survey_ask(survey, ASK_FILE, process);
                survey_ask(survey, ASK_FILE, note);
        }
}

static bool was_ready(const struct guest_config *guest, const struct answers *answers, int64_t since_us)
{
        CLEANUP(string_free) char *path = ready_note_path(guest), *note = ready_note(guest, since_us);
        CLEANUP(string_free) char *sha256 = sha256_hex(note, strlen(note));
        const struct file_state *file = answers_file(answers, path);

        return file && file->exists && string_equal(file->sha256, sha256);
}

static char *all_words(const struct guest_config *guest)
{
        struct text text = {0};

        for (int kind = 0; kind < READY_KINDS; kind++) {
                CLEANUP(string_free) char *words = NULL;

                if (!guest->ready.wanted[kind])
                        continue;
                words = ready_words(guest, (enum ready_kind)kind);
                text_format(&text, "%s%s", text.length ? ", " : "", words);
        }
        return text_take(&text);
}

static void ready_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct guest_config *, guest, &wish->guests)) {
                CLEANUP(string_free) char *path = guest_process_path(*guest), *words = NULL;
                const struct file_state *process = answers_file(answers, path);
                bool is_running = process && process->exists;
                struct step *step;

                if (!is_waited_for(*guest) ||
                        (is_running && was_ready(*guest, answers, process->modified_us)))
                        continue;
                words = all_words(*guest);
                step = plan_add(plan, STEP_READY, "wait until guest %s is ready: %s", (*guest)->name, words);
                step->ready.host = wish->host;
                step->ready.guest = *guest;
                step->ready.since_us = is_running ? process->modified_us : 0;
                step->deadline_s = (*guest)->ready.within_s;
                step->expected = !is_running;
        }
}

static void ready_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        (void)answers;
        survey_ask(survey, ASK_FILE, READY_NOTES);
}

static void ready_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        const struct file_state *notes = answers_file(answers, READY_NOTES);

        (void)wish;
        if (notes && notes->exists)
                plan_add(plan, STEP_NOTES_FORGET, "forget which guests were ready")->path = READY_NOTES;
}

const struct score score_ready = {
        .name = "ready",
        .summary = "guests were up, since they were started, in the way that the configuration waits for",
        .ask = ready_ask,
        .plan = ready_plan,
        .ask_undo = ready_ask_undo,
        .undo = ready_undo,
};
