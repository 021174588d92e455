/* A recorded run as JUnit's XML, which CI systems show: a test suite for each machine, a test case for each Score of the
 * phases up to the wanted one.
 *
 * A Score's own steps and blocks decide about its case. What went wrong in a phase and is no Score's (the connection, the
 * time) is its first Score's case, so that a run that failed never looks green. */
#include <inttypes.h>

#include "base/memory.h"
#include "base/xml.h"
#include "cli/run_views.h"
#include "phases/table.h"

/* What there is to say of one Score on one machine. */
struct test_case {
        const char *phase, *score;
        int64_t took_ms;
        enum outcome outcome;
        const char *why, *output;
};

struct suite {
        const struct history_run *run;
        const struct history_host *host;
        ARRAY(struct test_case) cases;
};

static bool is_failure(const struct test_case *test)
{
        return outcome_is_bad(test->outcome);
}

/* Running, or after what failed: nobody knows yet. */
static bool is_skipped(const struct test_case *test)
{
        return test->outcome == OUTCOME_RUNNING;
}

static struct test_case judge(const struct suite *suite, const char *phase, const char *score)
{
        struct test_case test = {.phase = phase, .score = score, .outcome = OUTCOME_UNCHANGED};

        for (array_each(const struct history_step, step, &suite->host->steps)) {
                if (!string_equal(step->phase, phase) || !string_equal(step->score, score))
                        continue;
                test.took_ms += step->took_ms == NOT_YET ? 0 : step->took_ms;
                test.outcome = outcome_of_part(suite->run, step->outcome);
                test.why = step->error ? step->error : step->sentence;
                test.output = step->output;
        }
        for (array_each(const struct history_note, note, &suite->host->notes)) {
                if (string_equal(note->kind, "blocked") && string_equal(note->phase, phase) &&
                        string_equal(note->score, score)) {
                        test.outcome = OUTCOME_BLOCKED;
                        test.why = note->text;
                }
        }
        return test;
}

static const struct history_phase *find_phase(const struct history_host *host, const char *name)
{
        for (array_each(const struct history_phase, phase, &host->phases))
                if (string_equal(phase->name, name))
                        return phase;
        return NULL;
}

static void judge_phase(struct suite *suite, const struct phase *phase)
{
        const char *name = phase_name(phase->name);
        const struct history_phase *kept = find_phase(suite->host, name);
        enum outcome outcome = kept ? outcome_of_part(suite->run, kept->outcome) : OUTCOME_RUNNING;
        size_t first = suite->cases.count;
        bool has_failed = false;

        for (size_t i = 0; i < phase->entry_count; i++) {
                struct test_case *test = array_add(&suite->cases);

                *test = judge(suite, name, phase->entries[i].score->name);
                if (!kept || (has_failed && test->outcome == OUTCOME_UNCHANGED))
                        test->outcome = OUTCOME_RUNNING;
                has_failed |= is_failure(test);
        }
        if (outcome_is_bad(outcome) && !has_failed && suite->cases.count > first) {
                struct test_case *test = &suite->cases.items[first];

                test->outcome = outcome;
                test->why = suite->host->error ? suite->host->error : outcome_words(outcome);
        }
}

static void add_case(struct xml *xml, const struct suite *suite, const struct test_case *test)
{
        xml_open(xml, "testcase");
        xml_attribute_format(xml, "classname", "%s.%s", suite->host->name, test->phase);
        xml_attribute(xml, "name", test->score);
        xml_attribute_format(
                xml, "time", "%" PRId64 ".%03d", test->took_ms / 1000, (int)(test->took_ms % 1000));
        if (is_failure(test)) {
                xml_open(xml, "failure");
                xml_attribute(xml, "type", outcome_name(test->outcome));
                xml_attribute(xml, "message", test->why);
                if (test->output)
                        xml_content(xml, test->output);
                xml_close(xml, "failure");
        } else if (is_skipped(test)) {
                xml_open(xml, "skipped");
                xml_attribute(xml, "message",
                        suite->run->is_running ? "the run goes on" : "the run did not come so far");
                xml_close(xml, "skipped");
        }
        xml_close(xml, "testcase");
}

/* Returns how many of its cases failed. */
static size_t add_suite(struct xml *xml, const struct history_run *run, const struct history_host *host)
{
        struct suite suite = {.run = run, .host = host};
        CLEANUP(string_free) char *began = date_for_programs(run->began_us + host->began_ms * 1000);
        enum phase_name last = PHASE_LINUX;
        size_t failures = 0, skipped = 0;
        int64_t took_ms = host->took_ms == NOT_YET ? 0 : host->took_ms;

        phase_find(run->phase, &last);
        for (int name = 0; name <= (int)last; name++)
                judge_phase(&suite, phase_get((enum phase_name)name));
        for (array_each(const struct test_case, test, &suite.cases)) {
                failures += is_failure(test);
                skipped += is_skipped(test);
        }
        xml_open(xml, "testsuite");
        xml_attribute(xml, "name", host->name);
        xml_attribute_format(xml, "tests", "%zu", suite.cases.count);
        xml_attribute_format(xml, "failures", "%zu", failures);
        xml_attribute(xml, "errors", "0");
        xml_attribute_format(xml, "skipped", "%zu", skipped);
        xml_attribute_format(xml, "time", "%" PRId64 ".%03d", took_ms / 1000, (int)(took_ms % 1000));
        xml_attribute(xml, "timestamp", began);
        for (array_each(const struct test_case, test, &suite.cases))
                add_case(xml, &suite, test);
        xml_close(xml, "testsuite");
        array_free(&suite.cases);
        return failures;
}

/* A run that went wrong with no machine to show for it: it was cut off before it had looked at one. */
static void add_run_suite(struct xml *xml, const struct history_run *run)
{
        xml_open(xml, "testsuite");
        xml_attribute(xml, "name", "provision");
        xml_attribute(xml, "tests", "1");
        xml_attribute(xml, "failures", "1");
        xml_open(xml, "testcase");
        xml_attribute(xml, "classname", "provision");
        xml_attribute(xml, "name", "run");
        xml_open(xml, "failure");
        xml_attribute(xml, "type", outcome_name(outcome_of_run(run)));
        xml_attribute_format(xml, "message", "the run was %s", outcome_words(outcome_of_run(run)));
        xml_close(xml, "failure");
        xml_close(xml, "testcase");
        xml_close(xml, "testsuite");
}

char *run_junit(const struct history_run *run)
{
        CLEANUP(xml_done) struct xml xml = {0};
        size_t failures = 0;

        xml_open(&xml, "testsuites");
        xml_attribute_format(&xml, "name", "provision run %" PRId64, run->id);
        for (array_each(const struct history_host, host, &run->hosts))
                failures += add_suite(&xml, run, host);
        if (!failures && outcome_is_bad(outcome_of_run(run)))
                add_run_suite(&xml, run);
        xml_close(&xml, "testsuites");
        return xml_take(&xml);
}
