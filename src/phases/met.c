#include <pthread.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/memory.h"
#include "phases/met.h"

struct met_machine {
        const char *name;
        char *boot_id;
};

struct met {
        pthread_mutex_t mutex;
        ARRAY(struct met_machine) machines;
};

struct met *met_new(void)
{
        struct met *met = memory_new(1, sizeof(*met));

        pthread_mutex_init(&met->mutex, NULL);
        return met;
}

void met_free(struct met *met)
{
        for (array_each(struct met_machine, machine, &met->machines))
                free(machine->boot_id);
        array_free(&met->machines);
        pthread_mutex_destroy(&met->mutex);
        free(met);
}

static const char *claim(struct met *met, const char *name, const char *boot_id)
{
        struct met_machine *own = NULL;

        for (array_each(struct met_machine, machine, &met->machines)) {
                if (string_equal(machine->name, name))
                        own = machine;
                else if (string_equal(machine->boot_id, boot_id))
                        return machine->name;
        }
        if (!own) {
                own = array_add(&met->machines);
                own->name = name;
        }
        string_replace(&own->boot_id, boot_id);
        return NULL;
}

const char *met_claim(struct met *met, const char *name, const char *boot_id)
{
        const char *other;

        pthread_mutex_lock(&met->mutex);
        other = claim(met, name, boot_id);
        pthread_mutex_unlock(&met->mutex);
        return other;
}
