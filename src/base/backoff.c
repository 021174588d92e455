/* How long to wait before the next try. */
#include "base/backoff.h"

int backoff_ms(unsigned failed, uint32_t random)
{
        uint32_t whole = BACKOFF_FIRST_MS;

        for (unsigned i = 1; i < failed && whole < BACKOFF_MOST_MS; i++)
                whole *= 2;
        if (whole > BACKOFF_MOST_MS)
                whole = BACKOFF_MOST_MS;
        return (int)(whole / 2 + random % (whole / 2 + 1));
}
