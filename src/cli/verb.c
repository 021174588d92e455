/* The verbs' table. */
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "cli/verb.h"

const struct verb *const verbs[] = {
        &verb_promote,
        &verb_plan,
        &verb_undo,
        &verb_check,
        &verb_probe,
        &verb_status,
        &verb_history,
        &verb_report,
        &verb_phases,
        &verb_guests,
        &verb_ssh,
        &verb_console,
        &verb_completion,
        &verb_help,
};
const size_t verb_count = sizeof(verbs) / sizeof(verbs[0]);

const struct verb *verb_named(const char *name)
{
        for (size_t i = 0; i < verb_count; i++)
                if (name[0] && strcmp(verbs[i]->name, name) == 0)
                        return verbs[i];
        return NULL;
}

char *verb_suggestion(const char *name)
{
        const char *names[sizeof(verbs) / sizeof(verbs[0])];
        const char *nearest;

        for (size_t i = 0; i < verb_count; i++)
                names[i] = verbs[i]->name;
        nearest = nearest_word(name, names, verb_count);
        return nearest && nearest[0] ? string_format("; did you mean %s?", nearest) : string_copy("");
}
