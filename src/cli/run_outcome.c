/* What became of a recorded run, in words. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "cli/run_outcome.h"

static const struct {
        const char *words, *name;
        bool is_bad;
} outcomes[OUTCOMES] = {
        [OUTCOME_UNCHANGED] = {"nothing to do", "unchanged", false},
        [OUTCOME_CHANGED] = {"done", "changed", false},
        [OUTCOME_RUNNING] = {"running", "running", false},
        [OUTCOME_CUT_OFF] = {"cut off", "cut-off", true},
        [OUTCOME_INTERRUPTED] = {"interrupted", "interrupted", true},
        [OUTCOME_BLOCKED] = {"blocked", "blocked", true},
        [OUTCOME_UNREACHED] = {"not reached", "unreached", true},
        [OUTCOME_OUT_OF_TIME] = {"out of time", "out-of-time", true},
        [OUTCOME_FAILED] = {"failed", "failed", true},
};

/* As they are kept: error kinds, and what isn't one. */
static const struct {
        const char *kept;
        enum outcome outcome;
} kept_outcomes[] = {
        {"done", OUTCOME_CHANGED},
        {"changed", OUTCOME_CHANGED},
        {"unchanged", OUTCOME_UNCHANGED},
        {"interrupted", OUTCOME_INTERRUPTED},
        {"blocked", OUTCOME_BLOCKED},
        {"unreachable", OUTCOME_UNREACHED},
        {"refused", OUTCOME_UNREACHED},
        {"deadline", OUTCOME_OUT_OF_TIME},
};

static const enum outcome by_status[] = {
        [0] = OUTCOME_CHANGED,
        [1] = OUTCOME_FAILED,
        [2] = OUTCOME_FAILED,
        [3] = OUTCOME_FAILED,
        [4] = OUTCOME_UNREACHED,
        [5] = OUTCOME_BLOCKED,
        [6] = OUTCOME_OUT_OF_TIME,
        [7] = OUTCOME_FAILED,
        [8] = OUTCOME_INTERRUPTED,
};

enum outcome outcome_of_part(const struct history_run *run, const char *kept)
{
        if (!kept)
                return run->is_running ? OUTCOME_RUNNING : OUTCOME_CUT_OFF;
        for (size_t i = 0; i < sizeof(kept_outcomes) / sizeof(kept_outcomes[0]); i++)
                if (strcmp(kept_outcomes[i].kept, kept) == 0)
                        return kept_outcomes[i].outcome;
        return OUTCOME_FAILED;
}

enum outcome outcome_of_host(const struct history_run *run, const struct history_host *host)
{
        return outcome_of_part(run, host->outcome);
}

enum outcome outcome_of_run(const struct history_run *run)
{
        const int64_t known = sizeof(by_status) / sizeof(by_status[0]);

        if (run->exit_status == NOT_YET)
                return run->is_running ? OUTCOME_RUNNING : OUTCOME_CUT_OFF;
        if (run->exit_status == 0 && run->hosts_changed == 0)
                return OUTCOME_UNCHANGED;
        return run->exit_status >= 0 && run->exit_status < known ? by_status[run->exit_status]
                                                                 : OUTCOME_FAILED;
}

bool outcome_is_bad(enum outcome outcome)
{
        return outcomes[outcome].is_bad;
}

const char *outcome_words(enum outcome outcome)
{
        return outcomes[outcome].words;
}

const char *outcome_name(enum outcome outcome)
{
        return outcomes[outcome].name;
}

const char *outcome_part_name(enum outcome outcome)
{
        return outcome == OUTCOME_CHANGED ? "done" : outcome_name(outcome);
}

bool host_error_is_told(const struct history_host *host)
{
        for (array_each(const struct history_step, step, &host->steps))
                if (string_equal(step->error, host->error))
                        return true;
        for (array_each(const struct history_note, note, &host->notes))
                if (string_equal(note->kind, "blocked"))
                        return true;
        return false;
}

void add_count(struct text *text, int64_t count, const char *one)
{
        text_format(text, "%" PRId64 " %s%s", count, one, count == 1 ? "" : "s");
}

void add_date(struct text *text, int64_t at_us)
{
        time_t seconds = (time_t)(at_us / 1000000);
        char date[32];
        struct tm tm;

        localtime_r(&seconds, &tm);
        strftime(date, sizeof(date), "%Y-%m-%d %H:%M", &tm);
        text_add(text, date);
}

char *date_for_programs(int64_t at_us)
{
        time_t seconds = (time_t)(at_us / 1000000);
        char date[32];
        struct tm tm;

        gmtime_r(&seconds, &tm);
        strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
        return string_format("%s.%03dZ", date, (int)(at_us / 1000 % 1000));
}

void add_age(struct text *text, int64_t at_us, int64_t now_us)
{
        int64_t s = now_us > at_us ? (now_us - at_us) / 1000000 : 0;

        if (s < 60)
                text_format(text, "%" PRId64 " s", s);
        else if (s < 60 * 60)
                text_format(text, "%" PRId64 " min", s / 60);
        else if (s < 48 * 60 * 60)
                text_format(text, "%" PRId64 " h", s / (60 * 60));
        else
                text_format(text, "%" PRId64 " days", s / (24 * 60 * 60));
}

int64_t now_in_us(void)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}
