/* Telling how a step goes on, and being told to leave it. */
#include "means/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool read_bytes(const char *line, uint64_t *ret_done, uint64_t *ret_total)
{
        int end = 0;

        if (line[0] < '0' || line[0] > '9')
                return false;
        if (sscanf(line, "%" SCNu64 " of %" SCNu64 " bytes%n", ret_done, ret_total, &end) == 2 && end &&
                !line[end])
                return true;
        *ret_total = 0;
        return sscanf(line, "%" SCNu64 " bytes%n", ret_done, &end) == 1 && end && !line[end];
}

void progress_tell(const struct means_progress *progress, const char *line)
{
        uint64_t done, total;

        if (!progress)
                return;
        if (progress->bytes && read_bytes(line, &done, &total))
                progress->bytes(progress->context, done, total);
        else if (progress->line)
                progress->line(progress->context, line);
}

bool progress_must_stop(const struct means_progress *progress)
{
        return progress && progress->must_stop && progress->must_stop(progress->context);
}
