/* Several machines, one exit status. */
#include "cli/outcome.h"

#define CHANGES_WOULD_BE_MADE 7

/* The worse, the greater: an interrupted run says nothing about the rest; a failed step may have left something half
 * made, and so may one that ran out of time; a block waits for a decision, a wrong configuration (ssh's, for one) for a
 * correction; an unreached machine for another try. */
enum { FINE, CHANGES, UNREACHED, WRONG, BLOCKED, LATE, FAILED, INTERRUPTED };

static const int seriousness[] = {
        [ERROR_NONE] = FINE,
        [ERROR_FAILED] = FAILED,
        [ERROR_USAGE] = WRONG,
        [ERROR_CONFIG] = WRONG,
        [ERROR_UNREACHABLE] = UNREACHED,
        [ERROR_REFUSED] = UNREACHED,
        [ERROR_BLOCKED] = BLOCKED,
        [ERROR_DEADLINE] = LATE,
        [ERROR_INTERRUPTED] = INTERRUPTED,
};
_Static_assert(
        sizeof(seriousness) / sizeof(seriousness[0]) == ERROR_KINDS, "every kind of error has its place");

int outcome_exit_status(const struct engine_result *result, bool changes_count)
{
        int worst = FINE, status = 0;

        for (array_each(const struct host_result, host, &result->hosts)) {
                int place = seriousness[host->kind];

                if (place > worst) {
                        worst = place;
                        status = error_exit_status(host->kind);
                } else if (worst == FINE && changes_count && host->steps_planned) {
                        worst = CHANGES;
                        status = CHANGES_WOULD_BE_MADE;
                }
        }
        return status;
}
