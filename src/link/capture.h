/* Output that is kept up to a limit: its beginning and its end, which say most about what went wrong. */
#pragma once

#include "base/text.h"

struct capture {
        size_t keep;  /* at most so many bytes: the first half, the last half */
        size_t total; /* bytes that came */
        struct text head, tail;
};

void capture_add(struct capture *capture, const char *bytes, size_t count);
/* What was kept, and how many bytes weren't. Leaves the capture empty. */
void capture_take(struct capture *capture, struct text *ret_text, size_t *ret_dropped);
void capture_done(struct capture *capture);
