/* Notes about clusters. */
#include "plan/cluster_note.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define BOOTSTRAPPED "bootstrapped"
#define CONTROL      "control "
#define WORKER       "worker "

char *cluster_note_path(const char *cluster)
{
        return string_format(CLUSTER_NOTES "/%s", cluster);
}

/* The name behind the word, owned by the caller; NULL: the line is another. */
static char *name_in(const char *line, size_t length, const char *word)
{
        size_t prefix = strlen(word);

        return length > prefix && strncmp(line, word, prefix) == 0
                       ? string_copy_n(line + prefix, length - prefix)
                       : NULL;
}

static void read_line(const char *line, size_t length, struct cluster_note *note)
{
        char *control = name_in(line, length, CONTROL), *worker = name_in(line, length, WORKER);

        if (length == strlen(BOOTSTRAPPED) && strncmp(line, BOOTSTRAPPED, length) == 0)
                note->is_bootstrapped = true;
        if (control)
                strings_take(&note->control, control);
        if (worker)
                strings_take(&note->workers, worker);
}

void cluster_note_read(const char *text, struct cluster_note *ret_note)
{
        *ret_note = (struct cluster_note) {0};
        while (text && *text) {
                size_t length = strcspn(text, "\n");

                read_line(text, length, ret_note);
                text += length + (text[length] == '\n');
        }
}

char *cluster_note_write(const struct cluster_note *note)
{
        struct text text = {0};

        text_add(&text, note->is_bootstrapped ? BOOTSTRAPPED "\n" : "");
        for (array_each(char *, node, &note->control))
                text_format(&text, CONTROL "%s\n", *node);
        for (array_each(char *, node, &note->workers))
                text_format(&text, WORKER "%s\n", *node);
        return text_take(&text);
}

void cluster_note_done(struct cluster_note *note)
{
        strings_done(&note->control);
        strings_done(&note->workers);
}

void cluster_note_find(const struct answers *answers, const char *cluster, struct cluster_note *ret_note)
{
        CLEANUP(string_free) char *path = cluster_note_path(cluster);
        const struct text_state *found = answers_text(answers, path);

        cluster_note_read(found ? found->text : NULL, ret_note);
}

/* ---- bootstrap machines ---- */

bool cluster_is_bootstrapped(const struct answers *answers, const struct cluster_config *cluster)
{
        const struct cluster_state *state = answers_cluster(answers, cluster->name);
        CLEANUP(string_free) char *lacks = state ? cluster_lacks(state, CLUSTER_BOOTSTRAP) : NULL;
        CLEANUP(cluster_note_done) struct cluster_note note = {0};

        cluster_note_find(answers, cluster->name, &note);
        return note.is_bootstrapped || (state && !lacks);
}

static void retire_guest(struct wish *wish, const char *name)
{
        for (size_t i = 0; i < wish->guests.count; i++)
                if (string_equal(wish->guests.items[i]->name, name)) {
                        *array_add(&wish->retired_guests) = wish->guests.items[i];
                        wish->guests.count--;
                        memmove(&wish->guests.items[i], &wish->guests.items[i + 1],
                                (wish->guests.count - i) * sizeof(wish->guests.items[0]));
                        return;
                }
}

static void retire(struct wish *wish, const struct cluster_config *cluster, const struct answers *answers)
{
        const char *bootstrap = cluster->bootstrap;

        if (!bootstrap || strings_has(&wish->retired, bootstrap) ||
                !cluster_is_bootstrapped(answers, cluster))
                return;
        strings_add(&wish->retired, bootstrap);
        retire_guest(wish, bootstrap);
}

void wish_retire(struct wish *wish, const struct answers *answers)
{
        for (array_each(const struct cluster_config *, cluster, &wish->clusters))
                retire(wish, *cluster, answers);
        for (array_each(const struct cluster_config *, cluster, &wish->elsewhere))
                retire(wish, *cluster, answers);
}
