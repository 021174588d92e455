/* Deadlines that outlive the program. */
#include <time.h>

#include "phases/deadline_keeper.h"

#define US_PER_S INT64_C(1000000)

static int64_t find_nothing(void *context, const char *host, const char *what)
{
        (void)context;
        (void)host;
        (void)what;
        return 0;
}

static void keep_nothing(void *context, const char *host, const char *what, int64_t until_us)
{
        (void)context;
        (void)host;
        (void)what;
        (void)until_us;
}

static void forget_nothing(void *context, const char *host, const char *what)
{
        (void)context;
        (void)host;
        (void)what;
}

const struct deadline_keeper deadline_keeper_none = {
        .find = find_nothing, .keep = keep_nothing, .forget = forget_nothing};

static int64_t now_us(void)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

int64_t deadline_keeper_choose(int64_t kept_us, int64_t now, int64_t wanted_us)
{
        return kept_us > now && kept_us < wanted_us ? kept_us : wanted_us;
}

struct deadline deadline_keeper_begin(
        const struct deadline_keeper *keeper, const char *host, const char *what, int seconds)
{
        int64_t now = now_us(), wanted_us = now + seconds * US_PER_S;
        int64_t kept_us = keeper->find(keeper->context, host, what);
        int64_t until_us = deadline_keeper_choose(kept_us, now, wanted_us);

        if (until_us != kept_us)
                keeper->keep(keeper->context, host, what, until_us);
        return deadline_in_ms((until_us - now) / 1000);
}

void deadline_keeper_move(
        const struct deadline_keeper *keeper, const char *host, const char *what, struct deadline deadline)
{
        keeper->keep(keeper->context, host, what, now_us() + (deadline.at_ns - clock_now_ns()) / 1000);
}
