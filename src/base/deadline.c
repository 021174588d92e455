/* Points in time that a wait may not pass. */
#include <limits.h>
#include <time.h>

#include "base/deadline.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

int64_t clock_now_ns(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * NS_PER_S + now.tv_nsec;
}

struct deadline deadline_in_ms(int64_t ms)
{
        return (struct deadline) {clock_now_ns() + ms * NS_PER_MS};
}

struct deadline deadline_in_s(int64_t s)
{
        return deadline_in_ms(s * 1000);
}

struct deadline deadline_min(struct deadline a, struct deadline b)
{
        if (!a.at_ns || (b.at_ns && b.at_ns < a.at_ns))
                return b;
        return a;
}

int deadline_passed(struct deadline deadline)
{
        return deadline.at_ns && clock_now_ns() >= deadline.at_ns;
}

int deadline_left_ms(struct deadline deadline)
{
        int64_t left;

        if (!deadline.at_ns)
                return -1;
        left = deadline.at_ns - clock_now_ns();
        if (left <= 0)
                return 0;
        left = (left + NS_PER_MS - 1) / NS_PER_MS;
        return left > INT_MAX ? INT_MAX : (int)left;
}
