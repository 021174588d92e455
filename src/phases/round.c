/* One look at a machine. */
#include "phases/round.h"

void round_ask(struct round *round, const struct wish *wish, enum phase_name last)
{
        for (int name = 0; name <= (int)last; name++) {
                const struct phase *phase = phase_get((enum phase_name)name);

                for (size_t i = 0; i < phase->entry_count; i++)
                        phase->entries[i].score->ask(wish, &round->survey);
        }
}

static void plan_entry(struct round *round, const struct wish *wish, const struct phase *phase,
        const struct phase_entry *entry)
{
        struct round_entry *planned = array_add(&round->entries);

        planned->phase = phase;
        planned->entry = entry;
        planned->is_ready = (entry->needs & ~round->can) == 0;
        planned->plan.score = entry->score->name;
        entry->score->plan(wish, &round->answers, &planned->plan);
        if (planned->is_ready && plan_is_empty(&planned->plan))
                round->can |= entry->gives;
}

void round_plan(struct round *round, const struct wish *wish, enum phase_name last)
{
        for (int name = 0; name <= (int)last; name++) {
                const struct phase *phase = phase_get((enum phase_name)name);

                for (size_t i = 0; i < phase->entry_count; i++)
                        plan_entry(round, wish, phase, &phase->entries[i]);
        }
}

const struct phase *round_unfinished(const struct round *round)
{
        for (array_each(const struct round_entry, entry, &round->entries))
                if (!plan_is_empty(&entry->plan) || !entry->is_ready)
                        return entry->phase;
        return NULL;
}

size_t round_step_count(const struct round *round)
{
        size_t count = 0;

        for (array_each(const struct round_entry, entry, &round->entries))
                count += entry->plan.steps.count;
        return count;
}

void round_blocks(const struct round *round, struct strings *ret_blocks)
{
        for (array_each(const struct round_entry, entry, &round->entries))
                strings_copy(ret_blocks, &entry->plan.blocks);
}

void round_done(struct round *round)
{
        for (array_each(struct round_entry, entry, &round->entries))
                plan_done(&entry->plan);
        array_free(&round->entries);
        answers_done(&round->answers);
        survey_done(&round->survey);
        round->can = 0;
}
