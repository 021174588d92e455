/* Several machines, one exit status. */
#include "cli/outcome.h"

#define CHANGES_WOULD_BE_MADE 7

/* Most serious first: an interrupted run says nothing about the rest; a failed step may have left something half
 * made, and so may one that ran out of time; a block waits for a decision; an unreached machine for another try. */
static const int by_seriousness[] = {8, 1, 6, 5, 4, CHANGES_WOULD_BE_MADE};

static bool has_status(const struct engine_result *result, int status, bool changes_count)
{
        for (array_each(const struct host_result, host, &result->hosts)) {
                if (host->kind != ERROR_NONE && error_exit_status(host->kind) == status)
                        return true;
                if (status == CHANGES_WOULD_BE_MADE && changes_count && host->steps_planned)
                        return true;
        }
        return false;
}

int outcome_exit_status(const struct engine_result *result, bool changes_count)
{
        for (size_t i = 0; i < sizeof(by_seriousness) / sizeof(by_seriousness[0]); i++)
                if (has_status(result, by_seriousness[i], changes_count))
                        return by_seriousness[i];
        return 0;
}
