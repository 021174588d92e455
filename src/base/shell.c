/* The one writer of shell text. */
#include <string.h>

#include "base/shell.h"

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=@%+,";

void shell_add_word(struct text *text, const char *word)
{
        /* A word that starts with = means something to zsh, a login shell the text may pass through. */
        if (*word && *word != '=' && strspn(word, plain) == strlen(word)) {
                text_add(text, word);
                return;
        }
        text_add(text, "'");
        for (const char *c = word; *c; c++) {
                if (*c == '\'')
                        text_add(text, "'\\''");
                else
                        text_add_n(text, c, 1);
        }
        text_add(text, "'");
}

void shell_add_words(struct text *text, const struct strings *words)
{
        for (array_each(char *, word, words)) {
                if (word != words->items)
                        text_add(text, " ");
                shell_add_word(text, *word);
        }
}
