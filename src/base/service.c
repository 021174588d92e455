/* Notifying systemd. That it can't be told is no reason to stop: it then does what it is set up to do. */
#include "base/service.h"

#include <systemd/sd-daemon.h>

#include <stdint.h>

#include "base/memory.h"

void service_is_ready(void)
{
        (void)sd_notify(0, "READY=1");
}

void service_is_stopping(void)
{
        (void)sd_notify(0, "STOPPING=1");
}

void service_status(const char *words)
{
        CLEANUP(string_free) char *message = string_format("STATUS=%s", words);

        for (char *c = message; *c; c++)
                if (*c == '\n')
                        *c = ' ';
        (void)sd_notify(0, message);
}

int service_watchdog_ms(void)
{
        uint64_t limit_us;

        return sd_watchdog_enabled(0, &limit_us) > 0 ? (int)(limit_us / 2000) : 0;
}

void service_is_alive(void)
{
        (void)sd_notify(0, "WATCHDOG=1");
}
