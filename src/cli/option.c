/* The options' table, and how each value is taken. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/text.h"
#include "cli/option.h"
#include "config/duration.h"

#define PARALLEL_MOST 1000
#define MINUTES_MOST  (7 * 24 * 60)

/* The phase that is named by length bytes of text. */
static int take_phase_name(const char *text, size_t length, enum phase_name *ret_phase, struct error *error)
{
        CLEANUP(string_free) char *name = string_copy_n(text, length);
        CLEANUP(text_done) struct text known = {0};
        const char *nearest;

        if (phase_find(name, ret_phase) == 0)
                return 0;
        nearest = nearest_word(name, phase_names(), PHASE_COUNT);
        if (nearest)
                return error_set(
                        error, ERROR_USAGE, "there is no phase \"%s\"; did you mean %s?", name, nearest);
        for (int i = 0; i < PHASE_COUNT; i++)
                text_format(&known, "%s%s", i ? ", " : "", phase_name((enum phase_name)i));
        return error_set(
                error, ERROR_USAGE, "there is no phase \"%s\"; the phases are %s", name, text_string(&known));
}

static int take_phase(struct command_line *command_line, const char *value, struct error *error)
{
        return take_phase_name(value, strlen(value), &command_line->phase, error);
}

static int take_timeout(struct command_line *command_line, const char *value, struct error *error)
{
        const char *equals = strchr(value, '=');
        struct error why = {0};
        enum phase_name phase;
        int seconds;

        if (!equals)
                return error_set(error, ERROR_USAGE,
                        "--timeout %s doesn't say for which phase; kvm=15min would do", value);
        if (take_phase_name(value, (size_t)(equals - value), &phase, error) < 0)
                return error_prefix(error, "--timeout %s", value);
        if (duration_parse(equals + 1, &seconds, &why) < 0) {
                error_set(error, ERROR_USAGE, "--timeout %s: %s", value, error_text(&why));
                error_done(&why);
                return -1;
        }
        command_line->timeout_s[phase] = seconds;
        return 0;
}

int option_take_environment(struct command_line *command_line, struct error *error)
{
        static const char name[] = "HARMONY_OKD_BOOTSTRAP_TIMEOUT_MINUTES";
        const char *value = getenv(name);
        long minutes;
        char *end;

        if (!value || command_line->timeout_s[PHASE_CLUSTER])
                return 0;
        errno = 0;
        minutes = strtol(value, &end, 10);
        if (errno || *end || *value < '0' || *value > '9' || minutes < 1 || minutes > MINUTES_MOST)
                return error_set(error, ERROR_USAGE,
                        "the environment's %s is \"%.80s\", and should be a number of minutes from 1 to %d: "
                        "correct it, or "
                        "unset it",
                        name, value, MINUTES_MOST);
        command_line->timeout_s[PHASE_CLUSTER] = (int)minutes * 60;
        return 0;
}

static int take_wait(struct command_line *command_line, const char *value, struct error *error)
{
        struct error why = {0};

        if (duration_parse(value, &command_line->wait_s, &why) == 0)
                return 0;
        error_set(error, ERROR_USAGE, "--wait %s: %s", value, error_text(&why));
        error_done(&why);
        return -1;
}

static int take_parallel(struct command_line *command_line, const char *value, struct error *error)
{
        char *end;
        long number;

        errno = 0;
        number = strtol(value, &end, 10);
        if (value[0] < '0' || value[0] > '9' || *end || errno || number < 1 || number > PARALLEL_MOST)
                return error_set(error, ERROR_USAGE, "--parallel %s: a number from 1 to %d would be right",
                        value, PARALLEL_MOST);
        command_line->parallel = (unsigned)number;
        return 0;
}

static int take_set(struct command_line *command_line, const char *value, struct error *error)
{
        const char *equals = strchr(value, '=');

        if (!equals || equals == value)
                return error_set(error, ERROR_USAGE,
                        "--set %s is not KEY=VALUE; host.lab1.connect=root@10.77.1.2 would be", value);
        strings_add(&command_line->overrides.settings, value);
        return 0;
}

static int take_html(struct command_line *command_line, const char *value, struct error *error)
{
        (void)error;
        command_line->html = value;
        return 0;
}

static int take_junit(struct command_line *command_line, const char *value, struct error *error)
{
        (void)error;
        command_line->junit = value;
        return 0;
}

const struct option options[] = {
        {OPTION_PHASE, "phase", 0, "PHASE", "how far: linux, kvm or cluster (default; undo: linux)",
                take_phase},
        {OPTION_PLAN, "plan", 0, NULL, "as the verb plan", NULL},
        {OPTION_CHECK, "check", 0, NULL, "with plan: exit 7 when there is something to do", NULL},
        {OPTION_JSON, "json", 0, NULL, "one JSON object a line, for programs", NULL},
        {OPTION_VERBOSE, "verbose", 'v', NULL, "steps as they begin, and what they print", NULL},
        {OPTION_TIMEOUT, "timeout", 0, "PHASE=TIME", "how long a phase may take (kvm=15min); repeatable",
                take_timeout},
        {OPTION_WAIT, "wait", 0, "TIME", "for a machine that isn't there yet, or is another run's\n(10min)",
                take_wait},
        {OPTION_KEEP_IMAGES, "keep-images", 0, NULL, "with undo: images stay, for the next time", NULL},
        {OPTION_YES, "yes", 0, NULL, "with undo: do it, rather than say what would be done", NULL},
        {OPTION_ALLOW_RESTART, "allow-restart", 0, NULL, "of guests, where a change needs it", NULL},
        {OPTION_PARALLEL, "parallel", 0, "N", "machines at the same time (40)", take_parallel},
        {OPTION_SET, "set", 0, "KEY=VALUE", "instead of what CONF says (host.lab1.connect=...);\nrepeatable",
                take_set},
        {OPTION_HTML, "html", 0, "FILE", "with report: write one page of HTML", take_html},
        {OPTION_JUNIT, "junit", 0, "FILE", "with report: write JUnit's XML, for CI", take_junit},
        {OPTION_DOT, "dot", 0, NULL, "with phases: as a drawing, for Graphviz", NULL},
        {OPTION_HELP, "help", 'h', NULL, "this text, or a verb's", NULL},
        {OPTION_VERSION, "version", 0, NULL, "the program's version and its libraries'", NULL},
};
const size_t option_count = sizeof(options) / sizeof(options[0]);

const struct option *option_named(const char *name, size_t length)
{
        for (size_t i = 0; i < option_count; i++)
                if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
                        return &options[i];
        return NULL;
}

const struct option *option_lettered(char letter)
{
        for (size_t i = 0; i < option_count; i++)
                if (letter && options[i].letter == letter)
                        return &options[i];
        return NULL;
}

char *option_suggestion(const char *name)
{
        const char *names[sizeof(options) / sizeof(options[0])];
        const char *nearest;

        for (size_t i = 0; i < option_count; i++)
                names[i] = options[i].name;
        nearest = nearest_word(name, names, option_count);
        return nearest ? string_format("; did you mean --%s?", nearest) : string_copy("");
}
