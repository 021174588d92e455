/* A line of haproxy's configuration becomes words, as its own parser splits them: blanks between words, \ before any
 * character, '…' as it is, "…" with \ and the environment's variables, # for comments. */
#include <string.h>

#include "plan/haproxy.h"

/* What a backslash before the letter means; a letter that it doesn't change keeps it. */
static void add_escaped(struct text *word, char letter)
{
        static const char letters[] = "nrt \\#\"'$", bytes[] = "\n\r\t \\#\"'$";
        const char *at = strchr(letters, letter);

        if (!at)
                text_add(word, "\\");
        text_add_n(word, at ? &bytes[at - letters] : &letter, 1);
}

/* What stands in quotes; returns what comes behind it. */
static const char *read_quoted(const char *at, struct text *word, bool *is_expanded)
{
        char quote = *at++;

        for (; *at && *at != '\n' && *at != quote; at++) {
                if (quote == '"' && at[0] == '\\' && at[1] && at[1] != '\n')
                        add_escaped(word, *++at);
                else
                        text_add_n(word, at, 1);
                *is_expanded |= quote == '"' && *at == '$' && at[-1] != '\\';
        }
        return *at == quote ? at + 1 : at;
}

static const char *read_word(const char *at, struct haproxy_word *ret_word)
{
        struct text word = {0};

        while (*at && !strchr(" \t\r\n#", *at)) {
                if (*at == '"' || *at == '\'') {
                        at = read_quoted(at, &word, &ret_word->is_expanded);
                } else if (at[0] == '\\' && at[1] && at[1] != '\n') {
                        add_escaped(&word, at[1]);
                        at += 2;
                } else {
                        text_add_n(&word, at++, 1);
                }
        }
        ret_word->text = text_take(&word);
        return at;
}

const char *haproxy_split(const char *text, struct haproxy_line *ret_line)
{
        for (;;) {
                text += strspn(text, " \t\r");
                if (*text == '#')
                        text += strcspn(text, "\n");
                if (*text == '\n')
                        return text + 1;
                if (!*text)
                        return text;
                text = read_word(text, array_add(&ret_line->words));
        }
}

void haproxy_line_done(struct haproxy_line *line)
{
        for (array_each(struct haproxy_word, word, &line->words))
                free(word->text);
        array_free(&line->words);
}
