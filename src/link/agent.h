/* The user's SSH agent, asked without waiting: one that never answers ends in an error, not in a standstill. */
#pragma once

#include "base/array.h"
#include "link/loop.h"
#include "link/wire.h"

struct agent_key {
        unsigned char *public_key;
        size_t length;
        char *type;
        char *comment;
};

struct agent_keys {
        ARRAY(struct agent_key) list;
};

struct agent;

/* changed is called whenever an answer came or the agent failed. */
struct agent *agent_new(struct loop *loop, const char *path, void (*changed)(void *context), void *context);
void agent_free(struct agent *agent);

/* WIRE_OK: *ret_keys are lent. WIRE_BROKEN: agent_error tells why. */
enum wire_result agent_list(struct agent *agent, const struct agent_keys **ret_keys);
/* A wire_sign for one of its keys: called again with the same data until it has the answer. */
enum wire_result agent_sign(struct agent *agent, const struct agent_key *key, const char *algorithm,
        const unsigned char *data, size_t length, unsigned char **ret_signature, size_t *ret_length);
/* "the agent at PATH did not answer within 5 s" */
const char *agent_error(const struct agent *agent);
