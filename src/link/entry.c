/* Getting in. */
#include <stdio.h>
#include <string.h>

#include "base/locked.h"
#include "base/memory.h"
#include "link/entry.h"

#define LONGEST_SAID 8192

void entry_init(struct entry *entry, enum become become, const char *password_file)
{
        *entry = (struct entry) {.become = become, .password_file = password_file};
        nonce_make(entry->nonce);
        mark_init(&entry->out, entry->nonce);
        mark_init(&entry->err, entry->nonce);
}

void entry_done(struct entry *entry)
{
        text_done(&entry->said);
        error_done(&entry->refusal);
}

bool entry_is_over(const struct entry *entry)
{
        return entry->out.is_complete && entry->err.is_complete;
}

bool entry_takes_input(const struct entry *entry)
{
        return entry->become != BECOME_ROOT_ASK || entry->out.is_complete;
}

static void give_password(struct entry *entry, struct far *far)
{
        CLEANUP(locked_done) struct locked secret = {0};

        if (++entry->asked > 1) {
                error_set(&entry->refusal, ERROR_REFUSED, "sudo does not accept the password in %s",
                        entry->password_file);
                return;
        }
        if (locked_read_line(entry->password_file, &secret, &entry->refusal) < 0) {
                error_prefix(&entry->refusal, "the password file");
                return;
        }
        /* A line fits into any pipe and window that nothing was written to before. */
        if (far->class->write(far, secret.bytes, secret.length) != (ssize_t)secret.length)
                error_set(&entry->refusal, ERROR_UNREACHABLE, "sudo's password could not be handed over");
}

static void keep(void *context, const char *bytes, size_t count)
{
        struct entry *entry = context;
        struct text *said = &entry->said;

        if (said->length + count > LONGEST_SAID) { /* what was said last explains best */
                text_clear(said);
                if (count > LONGEST_SAID) {
                        bytes += count - LONGEST_SAID;
                        count = LONGEST_SAID;
                }
        }
        text_add_n(said, bytes, count);
}

/* The prompt is the nonce and a question mark: nothing else on the way to sudo knows it. It is cut out, so that
 * the next one is seen as another. */
static void look_for_prompt(struct entry *entry, struct far *far)
{
        struct text *said = &entry->said;
        char prompt[NONCE_LENGTH + 2];
        char *found;

        snprintf(prompt, sizeof(prompt), "%s?", entry->nonce);
        while (!error_is_set(&entry->refusal) && said->data &&
                (found = memmem(said->data, said->length, prompt, NONCE_LENGTH + 1))) {
                char *after = found + NONCE_LENGTH + 1;

                memmove(found, after, said->length - (size_t)(after - said->data) + 1);
                said->length -= NONCE_LENGTH + 1;
                give_password(entry, far);
        }
}

size_t entry_feed(struct entry *entry, struct far *far, enum far_half half, const char *bytes, size_t count)
{
        struct mark *mark = half == FAR_OUT ? &entry->out : &entry->err;
        size_t taken = mark->is_complete ? 0 : mark_feed(mark, bytes, count, keep, entry);

        if (half == FAR_ERR && entry->become == BECOME_ROOT_ASK)
                look_for_prompt(entry, far);
        return taken;
}

/* The last line that says anything, without control characters. */
static char *last_line(const struct text *said)
{
        const char *start = text_string(said), *end = start + said->length, *line;
        char *copy;

        while (end > start && (unsigned char)end[-1] <= ' ')
                end--;
        for (line = end; line > start && line[-1] != '\n' && line[-1] != '\r';)
                line--;
        copy = string_copy_n(line, end - line < 300 ? (size_t)(end - line) : 300);
        for (char *c = copy; *c; c++)
                if ((unsigned char)*c < ' ')
                        *c = ' ';
        return copy;
}

void entry_explain(const struct entry *entry, struct error *error)
{
        CLEANUP(string_free) char *said = last_line(&entry->said);

        if (error_is_set(&entry->refusal))
                error_set(error, entry->refusal.kind, "%s", error_text(&entry->refusal));
        else if (entry->become == BECOME_NOBODY)
                error_set(error, ERROR_REFUSED, "the login shell does not run commands%s%s",
                        *said ? ": it said: " : "", said);
        else if (strstr(said, "password is required"))
                error_set(error, ERROR_REFUSED,
                        "sudo wants a password: give become_password_file, or let this user use sudo without "
                        "one (NOPASSWD)");
        else
                error_set(error, ERROR_REFUSED, "sudo does not run commands%s%s", *said ? ": it said: " : "",
                        said);
}
