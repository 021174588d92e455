/* What systemd is told where it runs the program as a service (sd_notify). Elsewhere nothing happens. */
#pragma once

void service_is_ready(void);
void service_is_stopping(void);
/* What `systemctl status` shows: one line. */
void service_status(const char *words);

/* How often systemd wants to hear that the program is alive, in ms: half of what it waits; 0: it doesn't. */
int service_watchdog_ms(void);
void service_is_alive(void);
