/* How long something took, in words. */
#include <inttypes.h>

#include "report/duration_words.h"

void words_add_duration(struct text *text, int64_t ms)
{
        int64_t s = (ms + 500) / 1000;

        if (ms < 9950)
                text_format(text, "%" PRId64 ".%" PRId64 " s", (ms + 50) / 1000, (ms + 50) / 100 % 10);
        else if (s < 60)
                text_format(text, "%" PRId64 " s", s);
        else if (s < 3600)
                text_format(text, "%" PRId64 " min %" PRId64 " s", s / 60, s % 60);
        else
                text_format(text, "%" PRId64 " h %" PRId64 " min", s / 3600, s / 60 % 60);
}
