/* What a package manager has said, and what that means. */
#include <string.h>

#include "base/memory.h"
#include "means/package_said.h"
#include "means/script.h"

/* What stands behind a manager's words, for people. */
static const struct {
        const char *words;
        const char *cause;
} causes[] = {
        {"enough free space", "a disk of the machine is full"},
        {"more space needed", "a disk of the machine is full"},
        {"Read-only file system", "a disk of the machine can't be written to"},
        {"Unable to locate package", "no repository of the machine has it"},
        {"No match for argument", "no repository of the machine has it"},
        {"not found in package names", "no repository of the machine has it"},
        {"No provider of", "no repository of the machine has it"},
        {"target not found",
                "no repository of the machine has it; its lists may be too old, so try pacman -Syu"},
        {"failed retrieving file",
                "its lists may be too old; upgrade the machine with pacman -Syu and run again"},
        {"Packages need to be removed",
                "it would take packages away that are in its way, which is yours to decide"},
};

static bool says(const struct output *output, const char *words)
{
        return strstr(text_string(&output->err), words) || strstr(text_string(&output->out), words);
}

/* What is wrong with the disk, if that is it. */
static const char *disk_cause(const struct output *output)
{
        const char *cause = script_cause(text_string(&output->err));

        return cause ? cause : script_cause(text_string(&output->out));
}

static const char *find_cause(const struct output *output)
{
        for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
                if (says(output, causes[i].words))
                        return causes[i].cause;
        return disk_cause(output);
}

bool package_says_one_of(const struct output *output, const char *const *words, size_t count)
{
        for (size_t i = 0; i < count && words[i]; i++)
                if (says(output, words[i]))
                        return true;
        return false;
}

/* The first line with these words; NULL: none has them. Owned by the caller. */
static char *line_with(const struct output *output, const char *words)
{
        const char *const texts[] = {text_string(&output->err), text_string(&output->out)};

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                const char *line = strstr(texts[i], words);

                if (!line)
                        continue;
                while (line > texts[i] && line[-1] != '\n' && line[-1] != '\r')
                        line--;
                return string_copy_n(line, strcspn(line, "\r\n"));
        }
        return NULL;
}

/* What tells of another one that was still at work in the end. NULL: nothing does. Owned by the caller. */
char *package_lock_line(const struct transaction *transaction, const struct output *output)
{
        char *line = NULL;

        if (package_says_one_of(output, transaction->locked, LOCKED) && transaction->holder)
                line = line_with(output, transaction->holder);
        for (size_t i = 0; !line && i < LOCKED && transaction->locked[i]; i++)
                line = line_with(output, transaction->locked[i]);
        return line;
}

bool package_is_success(const struct transaction *transaction, int status)
{
        for (size_t i = 0; i < sizeof(transaction->success) / sizeof(transaction->success[0]); i++)
                if (status == transaction->success[i])
                        return true;
        return status == 0;
}

/* A beginning, or, where it starts with a blank, words anywhere in the line. */
static bool is_complaint(const struct transaction *transaction, const char *line)
{
        for (size_t i = 0; i < COMPLAINTS && transaction->complaints[i]; i++) {
                const char *words = transaction->complaints[i];

                if (*words == ' ' ? strstr(line, words) != NULL : strncmp(line, words, strlen(words)) == 0)
                        return true;
        }
        return false;
}

/* ---- files that apt couldn't fetch ----
 *
 * It has a line for each of them: "E: Failed to fetch URL  WHY"; W, when it goes on without. */

#define FAILED_TO_FETCH ": Failed to fetch "

struct unfetched {
        unsigned files;
        char *server; /* of the first of them */
        char *why;
        bool has_others; /* some were to come from elsewhere */
};

static void unfetched_done(struct unfetched *unfetched)
{
        free(unfetched->server);
        free(unfetched->why);
}

static bool is_about_fetching(const char *line)
{
        return strstr(line, FAILED_TO_FETCH) || strstr(line, ": Unable to fetch some archives") ||
               strstr(line, ": Some index files failed to download");
}

/* line begins with the URL. */
static void add_unfetched(struct unfetched *unfetched, const char *line, size_t length)
{
        CLEANUP(string_free) char *url = string_copy_n(line, length), *server = NULL;
        char *why = url + strcspn(url, " \r"), *host = strstr(url, "://");
        size_t end;

        if (*why)
                *why++ = '\0';
        why += strspn(why, " ");
        for (end = strlen(why); end && strchr(" .:\r", why[end - 1]); end--)
                why[end - 1] = '\0';
        host = host ? host + strlen("://") : url;
        server = string_copy_n(host, strcspn(host, "/"));
        unfetched->files++;
        if (!unfetched->server) {
                unfetched->server = STEAL(server);
                unfetched->why = string_copy(why);
        } else if (!string_equal(server, unfetched->server))
                unfetched->has_others = true;
}

static void find_unfetched(const char *text, struct unfetched *unfetched)
{
        while ((text = strstr(text, FAILED_TO_FETCH))) {
                size_t length;

                text += strlen(FAILED_TO_FETCH);
                length = strcspn(text, "\n");
                add_unfetched(unfetched, text, length);
                text += length;
        }
}

/* NULL: there is none that wasn't. Owned by the caller. */
static char *unfetched_words(const struct output *output)
{
        CLEANUP(unfetched_done) struct unfetched unfetched = {0};

        find_unfetched(text_string(&output->err), &unfetched);
        find_unfetched(text_string(&output->out), &unfetched);
        if (!unfetched.files)
                return NULL;
        return string_format(
                "%u file%s could not be fetched from %s%s (%.200s): see whether the machine reaches "
                "that and finds them there, or name another mirror in /etc/apt, then run again",
                unfetched.files, unfetched.files == 1 ? "" : "s", unfetched.server,
                unfetched.has_others ? " and others" : "", unfetched.why);
}

/* ---- what went wrong ---- */

/* The first lines that tell of an error. One that ends with a colon goes on in the next. */
static void add_complaints(
        const struct transaction *transaction, const char *text, struct strings *complaints)
{
        CLEANUP(text_done) struct text whole = {0};

        while (*text && complaints->count < 3) {
                size_t length = strcspn(text, "\n"), blanks = strspn(text, " ");
                CLEANUP(string_free) char *line = string_copy_n(text, length);

                text += length + (text[length] == '\n');
                if (!whole.length && (!is_complaint(transaction, line) || is_about_fetching(line)))
                        continue;
                while (length > blanks && strchr(" \r", line[length - 1]))
                        line[--length] = '\0';
                text_format(&whole, "%s%s", whole.length ? " " : "", line + blanks);
                if (length > blanks && line[length - 1] == ':')
                        continue;
                if (!strings_has(complaints, text_string(&whole)))
                        strings_add(complaints, text_string(&whole));
                text_clear(&whole);
        }
}

int package_error(const struct transaction *transaction, const struct output *output, struct error *error)
{
        CLEANUP(strings_done) struct strings complaints = {0};
        CLEANUP(string_free) char *said = NULL, *unfetched = unfetched_words(output);
        const char *cause = find_cause(output);

        add_complaints(transaction, text_string(&output->err), &complaints);
        add_complaints(transaction, text_string(&output->out), &complaints);
        if (unfetched && complaints.count == 0 && !disk_cause(output))
                return error_set(error, ERROR_FAILED, "%s", unfetched);
        if (unfetched)
                strings_take(&complaints, STEAL(unfetched));
        said = complaints.count ? strings_join(&complaints, "; ") : script_last_line(&output->err);
        if (!said)
                said = script_last_line(&output->out);
        if (!said)
                said = string_format("it ended with status %d and said nothing", output->status);
        return error_set(error, ERROR_FAILED, "%s%s%.600s", cause ? cause : "", cause ? ": " : "", said);
}
