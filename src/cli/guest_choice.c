/* A guest that is named on the command line. */
#include "cli/guest_choice.h"

#include <string.h>

#include "base/nearest.h"
#include "base/sha256.h"
#include "base/text.h"
#include "cli/say.h"
#include "plan/ready.h"
#include "plan/seed.h"

/* ---- which one ---- */

static bool is_on(const struct guest_config *guest, const struct host_config *host)
{
        return guest->object.hosts.count == 0 || strings_has(&guest->object.hosts, host->name);
}

static int no_such_guest(const struct config *config, const char *name, struct error *error)
{
        const char **names = memory_new(config->guests.count, sizeof(*names));
        const char *nearest;
        size_t count = 0;

        for (array_each(const struct guest_config, guest, &config->guests))
                names[count++] = guest->name;
        nearest = nearest_word(name, names, count);
        if (nearest)
                error_set(error, ERROR_USAGE, "there is no guest \"%s\"; did you mean %s?", name, nearest);
        else
                error_set(error, ERROR_USAGE, "there is no guest \"%s\"%s", name,
                        count ? " (see provision guests)" : ": the configuration has none");
        free(names);
        return -1;
}

/* On the host, or on the only one that it is on. */
static int find_host(const struct config *config, const char *name, const char *host_name,
        struct guest_choice *choice, struct error *error)
{
        CLEANUP(text_done) struct text hosts = {0};

        for (array_each(const struct host_config, host, &config->hosts)) {
                if (!is_on(choice->guest, host) || (host_name && !string_equal(host->name, host_name)))
                        continue;
                text_format(&hosts, "%s%s", choice->host ? ", " : "", host->name);
                choice->host = host;
        }
        if (!choice->host)
                return error_set(error, ERROR_USAGE, "guest %s is not on a host %s", name,
                        host_name ? host_name : "at all");
        if (strchr(text_string(&hosts), ','))
                return error_set(error, ERROR_USAGE, "guest %s is on %s: say which, as in %s/%s", name,
                        text_string(&hosts), choice->host->name, name);
        return 0;
}

int guest_choice_find(
        const struct config *config, const char *word, struct guest_choice *ret_choice, struct error *error)
{
        const char *at = strchr(word, '@'), *slash;
        CLEANUP(string_free) char *user = at ? string_copy_n(word, (size_t)(at - word)) : NULL, *host = NULL;
        const char *name = at ? at + 1 : word;
        struct guest_choice choice = {0};

        slash = strchr(name, '/');
        if (slash) {
                host = string_copy_n(name, (size_t)(slash - name));
                name = slash + 1;
        }
        for (array_each(const struct guest_config, guest, &config->guests))
                if (string_equal(guest->name, name))
                        choice.guest = guest;
        if (!choice.guest)
                return no_such_guest(config, name, error);
        if (user && (!*user || *user == '-'))
                return error_set(error, ERROR_USAGE, "\"%s\" names no user in front of the @", word);
        if (find_host(config, name, host, &choice, error) < 0)
                return -1;
        ret_choice->guest = choice.guest;
        ret_choice->host = choice.host;
        ret_choice->user = STEAL(user);
        return 0;
}

int guest_choice_init(
        const struct command_line *command_line, struct guest_choice *ret_choice, struct error *error)
{
        CLEANUP(guest_choice_done) struct guest_choice choice = {0};
        CLEANUP(strings_done) struct strings files = {0}, problems = {0};
        int status;

        for (size_t i = 1; i < command_line->words.count; i++)
                strings_add(&files, command_line->words.items[i]);
        status = config_load(&files, &command_line->overrides, &choice.config, &problems, error);
        for (array_each(char *, problem, &problems))
                say_problem(*problem);
        if (status < 0 || guest_choice_find(&choice.config, command_line->words.items[0], &choice, error) < 0)
                return -1;
        *ret_choice = choice;
        choice = (struct guest_choice) {0};
        return 0;
}

void guest_choice_done(struct guest_choice *choice)
{
        config_done(&choice->config);
        string_free(&choice->user);
        *choice = (struct guest_choice) {0};
}

/* ---- what it is ---- */

static void ask_about(struct survey *survey, enum question_kind kind, char *path)
{
        survey_ask(survey, kind, path);
        free(path);
}

void guest_ask(const struct wish *wish, struct survey *survey)
{
        survey_ask(survey, ASK_MACHINE, NULL);
        survey_ask(survey, ASK_ADDRESSES, NULL);
        for (array_each(const struct guest_config *, guest, &wish->guests)) {
                survey_ask(survey, ASK_GUEST, (*guest)->name);
                ask_about(survey, ASK_FILE, guest_process_path(*guest));
                ask_about(survey, ASK_FILE, ready_note_path(*guest));
                ask_about(survey, ASK_NOTE, seed_host_key_path(*guest));
        }
}

static const char *state_words(const struct answers *answers, const struct guest_state *state)
{
        if (answers->libvirt != REACH_ANSWERED)
                return "unknown";
        if (!state)
                return "not there";
        if (!state->running.name)
                return "shut off";
        return state->paused ? "paused" : "running";
}

static bool has_note(const struct guest_config *guest, const struct answers *answers, int64_t since_us)
{
        CLEANUP(string_free) char *path = ready_note_path(guest), *note = ready_note(guest, since_us);
        CLEANUP(string_free) char *sha256 = sha256_hex(note, strlen(note));
        const struct file_state *file = answers_file(answers, path);

        return file && file->exists && string_equal(file->sha256, sha256);
}

void guest_view_init(struct guest_view *view, const struct guest_config *guest, const struct answers *answers)
{
        CLEANUP(string_free)
        char *process_path = guest_process_path(guest), *key_path = seed_host_key_path(guest);
        const struct file_state *process = answers_file(answers, process_path);
        const struct note_state *key = answers_note(answers, key_path);
        const struct guest_state *state = answers_guest(answers, guest->name);
        bool is_running = state && state->running.name;

        *view = (struct guest_view) {
                .state = state,
                .words = state_words(answers, state),
                .since_us = is_running && process && process->exists ? process->modified_us : 0,
                .is_waited_for = ready_is_wanted(guest),
                .host_key = key && guest->cloud_init.is_wanted ? key->text : NULL,
        };
        view->is_ready = view->is_waited_for && view->since_us && has_note(guest, answers, view->since_us);
}
