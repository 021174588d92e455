/* guests: the configuration's guests as their machines have them; nothing is changed. */
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "cli/guest_choice.h"
#include "cli/say.h"
#include "cli/session.h"
#include "cli/verb.h"
#include "base/record.h"

struct listing {
        const struct command_line *command_line;
        const struct config *config;
        atomic_size_t silent; /* machines whose libvirt doesn't answer */
};

/* ---- for people ---- */

static void add_moment(struct text *text, int64_t us)
{
        time_t seconds = (time_t)(us / 1000000);
        struct tm local;
        char words[32];

        if (localtime_r(&seconds, &local) && strftime(words, sizeof(words), "%Y-%m-%d %H:%M:%S", &local))
                text_add(text, words);
}

static void add_words(
        struct text *text, const char *host, const struct guest_config *guest, const struct guest_view *view)
{
        CLEANUP(string_free)
        char *addresses = view->state ? strings_join(&view->state->addresses, " ") : NULL;

        text_format(text, "%-20s %-12s %-9s %-16s ", guest->name, host, view->words,
                addresses && *addresses ? addresses : "-");
        if (view->since_us) {
                text_add(text, "since ");
                add_moment(text, view->since_us);
        }
        if (view->since_us && view->is_waited_for)
                text_add(text, view->is_ready ? ", ready" : ", not seen ready yet");
        if (view->state && !view->state->ours)
                text_add(text, view->since_us ? ", not ours" : "not ours");
        while (text->length && text->data[text->length - 1] == ' ')
                text->data[--text->length] = '\0';
        text_add(text, "\n");
}

/* ---- for programs ---- */

static void add_json(
        struct text *text, const char *host, const struct guest_config *guest, const struct guest_view *view)
{
        struct record *record = record_new(), *addresses;
        CLEANUP(string_free) char *line = NULL;

        record_string(record, "name", guest->name);
        record_string(record, "host", host);
        record_string(record, "state", view->words);
        addresses = record_list(record, "addresses");
        for (size_t i = 0; view->state && i < view->state->addresses.count; i++)
                record_list_string(addresses, view->state->addresses.items[i]);
        if (view->since_us)
                record_integer(record, "since_us", view->since_us);
        if (view->is_waited_for)
                record_boolean(record, "ready", view->is_ready);
        if (view->state)
                record_boolean(record, "ours", view->state->ours);
        line = record_take(record);
        text_format(text, "%s\n", line);
}

static void say_silent(struct listing *listing, const struct engine_probe *probe)
{
        CLEANUP(string_free)
        char *sentence = string_format("%s: libvirt doesn't answer: %s", probe->host->name,
                probe->answers->libvirt_why ? probe->answers->libvirt_why : "it isn't there");

        atomic_fetch_add(&listing->silent, 1);
        say_problem(sentence);
}

static void show(void *context, const struct engine_probe *probe)
{
        struct listing *listing = context;
        CLEANUP(wish_done) struct wish wish = {0};
        CLEANUP(text_done) struct text text = {0};

        wish_init(&wish, listing->config, probe->host);
        for (array_each(const struct guest_config *, guest, &wish.guests)) {
                struct guest_view view;

                guest_view_init(&view, *guest, probe->answers);
                if (listing->command_line->given & OPTION_JSON)
                        add_json(&text, probe->host->name, *guest, &view);
                else
                        add_words(&text, probe->host->name, *guest, &view);
        }
        say(&text);
        if (wish.guests.count && probe->answers->libvirt != REACH_ANSWERED)
                say_silent(listing, probe);
}

static int guests_run(const struct command_line *command_line, struct error *error)
{
        CLEANUP(config_done) struct config config = {0};
        struct engine_options engine = session_engine_options(command_line, ENGINE_PROBE);
        const struct report_options report = {.style = REPORT_PLAIN, .quiet = true, .fd = STDERR_FILENO};
        struct listing listing = {.command_line = command_line, .config = &config};
        int status;

        if (session_load(command_line, &config, error) < 0)
                return -1;
        engine.ask = guest_ask;
        engine.on_probe = show;
        engine.context = &listing;
        status = session_run_with(command_line, &config, &engine, &report, error);
        if (status == 0 && atomic_load(&listing.silent))
                return error_set(error, ERROR_BLOCKED,
                        "what runs is known to libvirt alone: start it, or run provision --phase kvm, and "
                        "ask again");
        return status;
}

const struct verb verb_guests = {
        .name = "guests",
        .words = "CONF...",
        .summary = "show the guests: where, how and since when they run",
        .least_words = 1,
        .most_words = ANY_NUMBER,
        .options = OPTION_JSON | OPTION_TIMEOUT | OPTION_PARALLEL | OPTION_SET,
        .run = guests_run,
};
