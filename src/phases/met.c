#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "phases/met.h"

struct met {
        pthread_mutex_t mutex;
        size_t count;
        struct machine {
                const char *name; /* NULL: not met yet */
                char *boot_id;
        } machines[];
};

struct met *met_new(size_t hosts)
{
        struct met *met = memory_new(1, sizeof(*met) + hosts * sizeof(met->machines[0]));

        pthread_mutex_init(&met->mutex, NULL);
        met->count = hosts;
        return met;
}

void met_free(struct met *met)
{
        for (size_t i = 0; i < met->count; i++)
                free(met->machines[i].boot_id);
        pthread_mutex_destroy(&met->mutex);
        free(met);
}

const char *met_claim(struct met *met, size_t host, const char *name, const char *boot_id)
{
        const char *other = NULL;

        pthread_mutex_lock(&met->mutex);
        for (size_t i = 0; i < met->count && !other; i++)
                if (i != host && met->machines[i].name && string_equal(met->machines[i].boot_id, boot_id))
                        other = met->machines[i].name;
        if (!other) {
                met->machines[host].name = name;
                string_replace(&met->machines[host].boot_id, boot_id);
        }
        pthread_mutex_unlock(&met->mutex);
        return other;
}
