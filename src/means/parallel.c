/* The same job many times, side by side. */
#include "means/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"

struct work_shared {
        size_t count;
        void (*job)(void *context, size_t index);
        void *context;
        atomic_size_t next;
};

static void *take_jobs(void *argument)
{
        struct work_shared *shared = argument;
        size_t index;

        while ((index = atomic_fetch_add(&shared->next, 1)) < shared->count)
                shared->job(shared->context, index);
        return NULL;
}

void parallel_run(size_t count, size_t width, void (*job)(void *context, size_t index), void *context)
{
        struct work_shared shared = {.count = count, .job = job, .context = context};
        size_t helpers = count < width ? count : width, started = 0;
        pthread_t *threads;

        if (count == 0)
                return;
        threads = memory_new(helpers, sizeof(*threads));
        while (started + 1 < helpers && pthread_create(&threads[started], NULL, take_jobs, &shared) == 0)
                started++;
        take_jobs(&shared);
        while (started)
                pthread_join(threads[--started], NULL);
        free(threads);
}
