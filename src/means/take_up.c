/* Going on with what an earlier run began. How it ended is told, and no more: whether anything is left to do is for the
 * next look to see, and for a step of this run to be blamed for. */
#include "base/memory.h"
#include "means/long_step.h"

int take_up(const struct work *work, struct error *error)
{
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(string_free) char *told = NULL;

        if (long_step_take_up(work, work->step->long_step.name, &output, error) < 0)
                return -1;
        told = string_format("it ended with status %d", output.status);
        if (work->progress)
                work->progress->line(work->progress->context, told);
        return 0;
}
