/* status: what is known of the machines from the runs that are recorded, and how old that is. No machine is asked. */
#include <inttypes.h>

#include "base/memory.h"
#include "cli/run_outcome.h"
#include "cli/say.h"
#include "cli/session.h"
#include "cli/verb.h"
#include "phases/states.h"
#include "report/duration_words.h"
#include "base/record.h"
#include "report/visible.h"

/* The last that is known of one machine. */
struct known {
        const struct host_config *host;
        struct history_host last;
        struct history_run run; /* id 0: nothing is known */
};

static void known_done(struct known *known)
{
        history_host_done(&known->last);
        history_run_done(&known->run);
}

/* What was going on when the run was cut off isn't any more. */
static bool is_cut_off(const struct known *known)
{
        return outcome_of_host(&known->run, &known->last) == OUTCOME_CUT_OFF;
}

static const char *activity_words(const struct known *known)
{
        return is_cut_off(known) ? outcome_words(OUTCOME_CUT_OFF) : known->last.activity;
}

static void add_until(struct text *text, const struct known *known, int64_t now_us)
{
        if (known->last.until_us <= now_us || is_cut_off(known))
                return;
        text_add(text, " (at most ");
        words_add_duration(text, (known->last.until_us - now_us) / 1000);
        text_add(text, " more)");
}

static void add_run(struct text *text, const struct known *known, int64_t now_us)
{
        enum outcome outcome = outcome_of_host(&known->run, &known->last);

        text_format(text, "run %" PRId64 "%s", known->run.id, outcome == OUTCOME_RUNNING ? " " : ", ");
        if (outcome == OUTCOME_RUNNING) {
                text_add(text, "goes on, for ");
                add_age(text, known->last.changed_us, now_us);
                return;
        }
        add_age(text, known->last.changed_us, now_us);
        text_format(text, " ago: %s", outcome_words(outcome));
        if (known->last.steps_done) {
                text_add(text, ", ");
                add_count(text, known->last.steps_done, "step");
        }
}

static void add_words(struct text *text, const struct known *known, int64_t now_us)
{
        visible_add(text, known->host->name);
        text_add(text, ": ");
        if (!known->run.id) {
                text_format(text, "%s, no run was recorded that looked at it\n",
                        machine_level_name(LEVEL_UNKNOWN));
                return;
        }
        text_add(text, known->last.level);
        if (!string_equal(known->last.activity, machine_activity_name(ACTIVITY_SETTLED)) || is_cut_off(known))
                text_format(text, ", %s", activity_words(known));
        if (known->last.why) {
                text_add(text, ": ");
                visible_add(text, known->last.why);
        }
        add_until(text, known, now_us);
        text_add(text, " (");
        add_run(text, known, now_us);
        text_add(text, ")\n");
}

static void add_json(struct text *text, const struct known *known)
{
        struct record *record = record_new();
        CLEANUP(string_free) char *since = NULL;
        CLEANUP(string_free) char *line = NULL;

        record_string(record, "host", known->host->name);
        record_string(record, "level", known->run.id ? known->last.level : machine_level_name(LEVEL_UNKNOWN));
        if (known->run.id) {
                since = date_for_programs(known->last.changed_us);
                record_string(record, "activity",
                        is_cut_off(known) ? outcome_name(OUTCOME_CUT_OFF) : known->last.activity);
                record_string(record, "why", known->last.why);
                record_string(record, "since", since);
                record_integer(record, "run", known->run.id);
                record_string(record, "outcome", outcome_name(outcome_of_host(&known->run, &known->last)));
                record_integer(record, "steps_done", known->last.steps_done);
        }
        line = record_take(record);
        text_format(text, "%s\n", line);
}

static int add_host(const struct command_line *command_line, struct store *store,
        const struct host_config *host, struct text *text, struct error *error)
{
        CLEANUP(string_free) char *address = kvm_host_uri_format(&host->connect);
        CLEANUP(known_done) struct known known = {.host = host};

        if (history_last_of(store, host->name, address, &known.last, &known.run, error) < 0)
                return -1;
        if (command_line->given & OPTION_JSON)
                add_json(text, &known);
        else
                add_words(text, &known, now_in_us());
        return 0;
}

static int status_run(const struct command_line *command_line, struct error *error)
{
        CLEANUP(config_done) struct config config = {0};
        CLEANUP(text_done) struct text text = {0};
        struct store *store = NULL;
        int result = 0;

        if (session_load(command_line, &config, error) < 0 || store_open(STORE_READ, &store, error) < 0)
                return -1;
        for (size_t i = 0; i < config.hosts.count && result == 0; i++)
                result = add_host(command_line, store, &config.hosts.items[i], &text, error);
        store_close(store);
        say(&text);
        return result;
}

const struct verb verb_status = {
        .name = "status",
        .words = "CONF...",
        .summary = "show what is known of the machines from the last runs",
        .least_words = 1,
        .most_words = ANY_NUMBER,
        .options = OPTION_JSON | OPTION_SET,
        .run = status_run,
};
