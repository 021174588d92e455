/* One machine's way through the phases, on its worker's thread. */
#pragma once

#include <stdatomic.h>

#include "phases/engine.h"

struct links;
struct met;

struct host_run {
        const struct config *config;
        const struct engine_options *options;
        const struct host_config *host;
        struct report *report;
        struct links *links;
        struct met *met;             /* by all hosts of the run */
        int (*is_interrupted)(void); /* nothing new is begun once this is true */
        int interrupted_fd;          /* readable, for good, from then on */
        atomic_int *steps_in_hand;   /* of all machines: counted while they are carried out */
        const char *nonce; /* nobody else knows it: tells what this run has left behind from others */
};

/* Takes the machine as far as it goes and reports on the way. Never fails: how it went is in *ret_result. */
void host_run(const struct host_run *run, struct host_result *ret_result);
