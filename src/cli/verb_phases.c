/* phases: the table that decides, for people: what each phase needs, runs and gives. */
#include "cli/phases_dot.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "phases/table.h"

static void add_capabilities(struct text *text, const char *label, capabilities set)
{
        CLEANUP(string_free) char *words = capabilities_describe(set);

        if (set)
                text_format(text, "               %s: %s\n", label, words);
}

static void add_phase(struct text *text, const struct phase *phase)
{
        text_format(text, "%s: %s\n", phase_name(phase->name), phase->summary);
        for (size_t i = 0; i < phase->entry_count; i++) {
                const struct phase_entry *entry = &phase->entries[i];

                text_format(text, "    %-10s %s\n", entry->score->name, entry->score->summary);
                add_capabilities(text, "needs", entry->needs);
                add_capabilities(text, "gives", entry->gives);
        }
}

static int phases_run(const struct command_line *command_line, struct error *error)
{
        CLEANUP(text_done) struct text text = {0};

        (void)error;
        if (command_line->given & OPTION_DOT) {
                phases_add_dot(&text);
                say(&text);
                return 0;
        }
        for (int i = 0; i < PHASE_COUNT; i++) {
                if (i)
                        text_add(&text, "\n");
                add_phase(&text, phase_get((enum phase_name)i));
        }
        say(&text);
        return 0;
}

const struct verb verb_phases = {
        .name = "phases",
        .words = "",
        .summary = "show what each phase needs, runs and gives",
        .options = OPTION_DOT,
        .run = phases_run,
};
