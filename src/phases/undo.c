/* The way back: what the Scores of the phases behind the wanted one made is taken away, the last first.
 *
 * Three looks. The first learns which machine it is, so that the store can tell what was made there; the second sees what
 * of that is left, and plans; and what was carried out is seen to be gone by another. What libvirt has carries our mark and
 * needs no store. A promotion that was cut off is undone the same way: what it had begun is in the store. */
#include "phases/recorder.h"
#include "phases/step_things.h"
#include "phases/way.h"
#include "state/deadlines.h"

/* Backwards through the story, as far as the wanted phase, which stays. */
#define EACH_ENTRY_BACK(way, phase, i)                                                                  \
        for (int name = PHASE_COUNT - 1; name > (int)(way)->run->options->phase; name--)                \
                for (const struct phase *phase = phase_get((enum phase_name)name); phase; phase = NULL) \
                        for (size_t i = phase->entry_count; i-- > 0;)

static int answer(
        struct way *way, const struct survey *survey, struct answers *ret_answers, struct error *error)
{
        if (way_ask(way, survey, ret_answers, error) < 0)
                return -1;
        return way_note_look(way, ret_answers, error);
}

static int meet(struct way *way, struct error *error)
{
        CLEANUP(survey_done) struct survey survey = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        const char *id;

        survey_ask(&survey, ASK_MACHINE, NULL);
        if (answer(way, &survey, &answers, error) < 0)
                return -1;
        id = answers.machine.machine_id;
        way->machine = string_copy(id && *id ? id : way->run->host->name);
        way_tell(way, EVENT_HOST_CONNECTED,
                &(struct event) {.machine_id = id, .elapsed_ms = elapsed_ms(way->began_ns)});
        way_begin_phase(way, phase_last(&way->wish, (enum phase_name)(PHASE_COUNT - 1)));
        return 1;
}

static int find_owned(const struct way *way, struct answers *answers, struct error *error)
{
        CLEANUP(owned_list_done) struct owned_list list = {0};

        if (!way->run->options->store)
                return 0;
        if (ownership_list(way->run->options->store, way->machine, &list, error) < 0)
                return -1;
        for (array_each(const struct owned, owned, &list.items)) {
                struct owned_thing *thing = array_add(&answers->owned);

                thing->kind = string_copy(owned->kind);
                thing->name = string_copy(owned->name);
                thing->before = string_copy(owned->before);
                thing->is_made = owned->is_made;
        }
        return 0;
}

static bool is_kept(const struct round *round, const struct owned_thing *thing)
{
        for (array_each(const struct round_entry, entry, &round->entries))
                if (plan_keeps(&entry->plan, thing->kind, thing->name))
                        return true;
        return false;
}

/* Nothing of it is there any more, or it was left alone, said so, and is nobody's from now on. The next promotion has all
 * its time. */
static int forget_all(const struct way *way, const struct round *round, struct error *error)
{
        struct store *store = way->run->options->store;

        for (array_each(const struct owned_thing, thing, &round->answers.owned))
                if (!is_kept(round, thing) &&
                        ownership_drop(store, way->machine, thing->kind, thing->name, error) < 0)
                        return -1;
        for (int name = PHASE_COUNT - 1; name > (int)way->run->options->phase; name--)
                if (deadline_drop(store, way->machine, phase_name((enum phase_name)name), error) < 0)
                        return -1;
        return 0;
}

static int look(struct way *way, struct round *round, struct error *error)
{
        CLEANUP(answers_done) struct answers known = {0};
        int result;

        if (find_owned(way, &known, error) < 0)
                return -1;
        survey_ask(&round->survey, ASK_MACHINE, NULL);
        EACH_ENTRY_BACK(way, phase, i)
        if (phase->entries[i].score->ask_undo)
                phase->entries[i].score->ask_undo(&way->wish, &known, &round->survey);
        result = answer(way, &round->survey, &round->answers, error);
        round->answers.owned = known.owned;
        memset(&known.owned, 0, sizeof(known.owned));
        return result;
}

static void plan(const struct way *way, struct round *round)
{
        EACH_ENTRY_BACK(way, phase, i)
        {
                struct round_entry *planned = array_add(&round->entries);

                planned->phase = phase;
                planned->entry = &phase->entries[i];
                planned->is_ready = true;
                planned->plan.score = planned->entry->score->name;
                if (planned->entry->score->undo)
                        planned->entry->score->undo(&way->wish, &round->answers, &planned->plan);
        }
}

/* The wanted phase is where the machine is now. */
static int arrive(struct way *way, const struct round *round, struct error *error)
{
        if (way->run->options->mode == ENGINE_UNDO && forget_all(way, round, error) < 0)
                return -1;
        way->phase = phase_get(way->run->options->phase);
        way_tell(way, EVENT_PHASE_DONE,
                &(struct event) {
                        .elapsed_ms = elapsed_ms(way->phase_began_ns), .steps_done = way->phase_steps});
        return 0;
}

static int take_away(
        struct way *way, struct round *round, const struct phase *unfinished, struct error *error)
{
        int locked, acted;

        if (unfinished != way->phase)
                way_begin_phase(way, unfinished->name);
        if (way_tell_blocks(way, round, error) < 0 || way_stop_if_interrupted(way, error) < 0)
                return -1;
        locked = way_lock(way, round, error);
        if (locked <= 0)
                return locked < 0 ? -1 : 1;
        acted = way_apply(way, round, error);
        if (acted == 0)
                way_settle(way, round);
        return acted < 0 ? -1 : 1;
}

int way_undo(struct way *way, struct error *error)
{
        CLEANUP(round_done) struct round round = {0};
        const struct phase *unfinished;

        if (!way->machine)
                return meet(way, error);
        if (look(way, &round, error) < 0)
                return -1;
        plan(way, &round);
        if (!way->progress) {
                way->progress_count = round.entries.count;
                way->progress = memory_new(way->progress_count, sizeof(*way->progress));
                way_tell_warnings(way, &round);
        }
        if (way->run->options->mode == ENGINE_UNDO_PLAN)
                return way_tell_plan(way, &round, error);
        unfinished = round_unfinished(&round);
        return unfinished ? take_away(way, &round, unfinished, error) : arrive(way, &round, error);
}
