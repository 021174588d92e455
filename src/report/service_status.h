/* A service's status line. Internal to report. */
#pragma once

#include "report/host_state.h"

/* Tells systemd what is being done by now. */
void service_status_show(const struct host_states *states, const struct event *event);
