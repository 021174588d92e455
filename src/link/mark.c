/* A mark in a stream. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "link/mark.h"

void nonce_make(char ret_nonce[NONCE_LENGTH + 1])
{
        unsigned char bytes[NONCE_LENGTH / 2];

        if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
                abort(); /* not for so few bytes, the manual says */
        for (size_t i = 0; i < sizeof(bytes); i++)
                snprintf(ret_nonce + 2 * i, 3, "%02x", bytes[i]);
}

void mark_init(struct mark *mark, const char *nonce)
{
        *mark = (struct mark) {0};
        snprintf(mark->text, sizeof(mark->text), "\001%s ", nonce);
}

/* Its first byte occurs in it once: a mismatch can only begin again at that very byte. */
static size_t seek(struct mark *mark, const char *bytes, size_t count,
        void (*plain)(void *context, const char *bytes, size_t count), void *context)
{
        size_t at = 0;

        while (at < count && !mark->is_found) {
                if (mark->matched == 0) {
                        const char *first = memchr(bytes + at, mark->text[0], count - at);
                        size_t next = first ? (size_t)(first - bytes) : count;

                        if (next > at)
                                plain(context, bytes + at, next - at);
                        at = next;
                        if (!first)
                                break;
                }
                if (bytes[at] == mark->text[mark->matched]) {
                        at++;
                        mark->is_found = ++mark->matched == MARK_LENGTH;
                } else {
                        plain(context, mark->text, mark->matched);
                        mark->matched = 0;
                }
        }
        return at;
}

size_t mark_feed(struct mark *mark, const char *bytes, size_t count,
        void (*plain)(void *context, const char *bytes, size_t count), void *context)
{
        size_t at = mark->is_found ? 0 : seek(mark, bytes, count, plain, context);

        while (at < count && mark->is_found && !mark->is_complete) {
                char c = bytes[at++];

                if (c >= '0' && c <= '9' && mark->number < 100000000)
                        mark->number = 10 * mark->number + (c - '0');
                else
                        mark->is_complete = c == '\n';
        }
        return at;
}
