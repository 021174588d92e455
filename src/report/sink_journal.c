/* The journal, when standard output leads there: the plain lines, each with fields to look for:
 *
 *     journalctl -u provision@nightly PROVISION_HOST=lab1 SCORE=network
 */
#include <sys/uio.h>
#include <syslog.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/array.h"
#include "report/sink.h"
#include "report/words.h"

#define FIELDS 10

struct entry {
        char *fields[FIELDS];
        int count;
};

static void add_field(struct entry *entry, const char *name, const char *value)
{
        if (value)
                entry->fields[entry->count++] = string_format("%s=%s", name, value);
}

static int priority_of(const struct event *event)
{
        if (event->error)
                return LOG_ERR;
        if (event->kind == EVENT_BLOCKED)
                return LOG_ERR;
        return event->kind == EVENT_WARNING ? LOG_WARNING : LOG_INFO;
}

static void journal_show(struct sink_run *run, const struct event *event, const struct host_state *state)
{
        const struct words_options words = {.verbose = run->options->verbose, .quiet = run->options->quiet};
        CLEANUP(string_free) char *priority = string_format("%d", priority_of(event));
        CLEANUP(text_done) struct text line = {0};
        struct entry entry = {0};
        struct iovec parts[FIELDS];

        words_add_line(&line, &words, event, state);
        if (line.length == 0)
                return;
        line.data[--line.length] = '\0'; /* its newline */
        add_field(&entry, "MESSAGE", text_string(&line));
        add_field(&entry, "PRIORITY", priority);
        add_field(&entry, "SYSLOG_IDENTIFIER", "provision");
        add_field(&entry, "PROVISION_EVENT", event_kind_name(event->kind));
        add_field(&entry, "PROVISION_HOST", event->host);
        add_field(&entry, "PHASE", event->phase);
        add_field(&entry, "SCORE", event->score);
        add_field(&entry, "STEP", event->step);
        for (int i = 0; i < entry.count; i++)
                parts[i] = (struct iovec) {.iov_base = entry.fields[i], .iov_len = strlen(entry.fields[i])};
        if (sd_journal_sendv(parts, entry.count) < 0) /* without fields, then */
                output_write(&run->output, text_string(&line), line.length);
        for (int i = 0; i < entry.count; i++)
                free(entry.fields[i]);
}

const struct sink sink_journal = {
        .name = "journal",
        .show = journal_show,
};
