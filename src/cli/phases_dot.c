/* The phase table and the transition table, drawn: both as they stand in the tables that the engine walks. */
#include "base/memory.h"
#include "cli/phases_dot.h"
#include "phases/states.h"
#include "phases/table.h"

/* A string between quotes; only quotes and backslashes mean anything there. */
static void add_quoted(struct text *text, const char *string)
{
        text_add(text, "\"");
        for (; *string; string++) {
                if (*string == '"' || *string == '\\')
                        text_add(text, "\\");
                text_add_n(text, string, 1);
        }
        text_add(text, "\"");
}

static void add_node(struct text *text, const char *id, const char *label, const char *more)
{
        text_format(text, "    %s [label=", id);
        add_quoted(text, label);
        text_format(text, "%s];\n", more);
}

/* ---- phases ---- */

static void add_entry(struct text *text, enum phase_name phase, size_t i)
{
        const struct phase_entry *entry = &phase_get(phase)->entries[i];
        CLEANUP(string_free) char *id = string_format("%s_%s", phase_name(phase), entry->score->name);
        CLEANUP(string_free) char *gives = capabilities_describe(entry->gives);
        CLEANUP(string_free)
        char *label = entry->gives ? string_format("%s\ngives: %s", entry->score->name, gives)
                                   : string_copy(entry->score->name);

        text_add(text, "    ");
        add_node(text, id, label, "");
}

/* Every capability that a Score needs comes from the entry before it that gives it. */
static void add_needs(struct text *text, enum phase_name phase, size_t i)
{
        const struct phase_entry *entry = &phase_get(phase)->entries[i];

        for (int from = 0; from <= (int)phase; from++) {
                const struct phase *giver = phase_get((enum phase_name)from);

                for (size_t j = 0; j < (from == (int)phase ? i : giver->entry_count); j++) {
                        CLEANUP(string_free)
                        char *words = capabilities_describe(giver->entries[j].gives & entry->needs);

                        if (!(giver->entries[j].gives & entry->needs))
                                continue;
                        text_format(text, "    %s_%s -> %s_%s [label=", phase_name((enum phase_name)from),
                                giver->entries[j].score->name, phase_name(phase), entry->score->name);
                        add_quoted(text, words);
                        text_add(text, "];\n");
                }
        }
}

static void add_phases(struct text *text)
{
        for (int name = 0; name < PHASE_COUNT; name++) {
                const struct phase *phase = phase_get((enum phase_name)name);
                CLEANUP(string_free)
                char *title = string_format("phase %s: %s", phase_name(phase->name), phase->summary);

                text_format(text, "    subgraph cluster_%s {\n        label=", phase_name(phase->name));
                add_quoted(text, title);
                text_add(text, ";\n");
                for (size_t i = 0; i < phase->entry_count; i++)
                        add_entry(text, phase->name, i);
                text_add(text, "    }\n");
                for (size_t i = 0; i < phase->entry_count; i++)
                        add_needs(text, phase->name, i);
        }
}

/* ---- states ---- */

static void add_levels(struct text *text)
{
        text_add(text, "    subgraph cluster_levels {\n        label=\"how far a machine is\";\n");
        for (int level = 0; level < LEVELS; level++) {
                const char *name = machine_level_name((enum machine_level)level);

                text_add(text, "    ");
                /* Those without a phase yet are to come. */
                add_node(text, name, name,
                        level > PHASE_COUNT ? ", shape=ellipse, style=dashed" : ", shape=ellipse");
                if (level > 0)
                        text_format(text, "        %s -> %s%s;\n",
                                machine_level_name((enum machine_level)(level - 1)), name,
                                level > PHASE_COUNT ? " [style=dashed]" : "");
        }
        text_add(text, "    }\n");
}

/* The happenings that lead from one activity to another, one a line; owned by the caller. */
static char *happenings_between(enum machine_activity from, enum machine_activity to)
{
        struct text text = {0};

        for (int happening = 0; happening < HAPPENINGS; happening++) {
                const struct machine_state before = {LEVEL_LINUX, from};

                if (machine_state_after(before, (enum machine_happening)happening, PHASE_KVM).activity == to)
                        text_format(&text, "%s%s", text.length ? "\n" : "",
                                machine_happening_name((enum machine_happening)happening));
        }
        return text_take(&text);
}

static void add_activities(struct text *text)
{
        text_add(text, "    subgraph cluster_activities {\n        label=\"what goes on beside that\";\n");
        for (int from = 0; from < ACTIVITIES; from++) {
                const char *name = machine_activity_name((enum machine_activity)from);

                text_add(text, "    ");
                add_node(text, name, name, ", shape=ellipse");
                for (int to = 0; to < ACTIVITIES; to++) {
                        CLEANUP(string_free)
                        char *words =
                                happenings_between((enum machine_activity)from, (enum machine_activity)to);

                        if (!words[0])
                                continue;
                        text_format(text, "        %s -> %s [label=", name,
                                machine_activity_name((enum machine_activity)to));
                        add_quoted(text, words);
                        text_add(text, "];\n");
                }
        }
        text_add(text, "    }\n");
}

void phases_add_dot(struct text *text)
{
        text_add(text, "digraph provision {\n"
                       "    fontname=\"sans-serif\";\n"
                       "    node [fontname=\"sans-serif\", shape=box, style=rounded];\n"
                       "    edge [fontname=\"sans-serif\", fontsize=10];\n");
        add_phases(text);
        add_levels(text);
        add_activities(text);
        text_add(text, "}\n");
}
