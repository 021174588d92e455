/* Logging in with a key: from a file, or by the agent. */
#pragma once

#include "link/agent.h"
#include "link/ssh_config.h"
#include "link/wire.h"

struct login;

/* identity: the one key to be used; NULL: the agent's keys, then the configuration's files, as ssh does. changed
 * is called when the agent has answered. config is lent and must outlive the login. */
struct login *login_new(struct loop *loop, const struct ssh_config *config, const char *identity,
        void (*changed)(void *context), void *context);
void login_free(struct login *login);

/* WIRE_OK, WIRE_AGAIN, WIRE_BROKEN; WIRE_REFUSED with the error: what was tried, and what the server would take. */
enum wire_result login_advance(struct login *login, struct wire *wire, struct error *error);
