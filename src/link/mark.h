/* A mark in a stream: a byte no text has, a nonce nobody else knows, a number, the end of a line.
 *
 * Commands are framed by them: one after sudo and the login shell had their say (its number: the process), one
 * after all of the output (its number: the exit status). What lies before a mark is passed on as it comes, except
 * for those last bytes that may turn out to be the mark's own. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define NONCE_LENGTH 32
#define MARK_LENGTH  (1 + NONCE_LENGTH + 1) /* \001 NONCE blank */

struct mark {
        char text[MARK_LENGTH + 1];
        size_t matched; /* how much of text the last bytes were */
        bool is_found;  /* all of it */
        bool is_complete;
        long number;
};

void nonce_make(char ret_nonce[NONCE_LENGTH + 1]);
void mark_init(struct mark *mark, const char *nonce);

/* Takes bytes until the mark is complete; returns how many it took. plain is called with those before the mark. */
size_t mark_feed(struct mark *mark, const char *bytes, size_t count,
        void (*plain)(void *context, const char *bytes, size_t count), void *context);
