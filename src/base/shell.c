/* The one writer of shell text. */
#include <string.h>

#include "base/shell.h"

/* Not in it: '=', because in front of a command a word with it is an assignment, and because zsh, a login shell
 * that the text may pass through, expands "=ls". */
static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:@%+,";

void shell_add_word(struct text *text, const char *word)
{
        if (*word && strspn(word, plain) == strlen(word)) {
                text_add(text, word);
                return;
        }
        text_add(text, "'");
        for (const char *c = word; *c;) {
                size_t count = strcspn(c, "'");

                text_add_n(text, c, count);
                c += count;
                if (*c) {
                        text_add(text, "'\\''");
                        c++;
                }
        }
        text_add(text, "'");
}

void shell_add_login_word(struct text *text, const char *word)
{
        if (!*word)
                text_add(text, "''");
        for (const char *c = word; *c;) {
                size_t count = strcspn(c, "'!\\");

                if (count) {
                        text_add(text, "'");
                        text_add_n(text, c, count);
                        text_add(text, "'");
                } else {
                        text_add(text, "\\");
                        text_add_n(text, c, count = 1);
                }
                c += count;
        }
}

void shell_add_words(struct text *text, const struct strings *words)
{
        for (array_each(char *, word, words)) {
                if (word != words->items)
                        text_add(text, " ");
                shell_add_word(text, *word);
        }
}
