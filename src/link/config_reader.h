/* Asking `ssh -G` about hosts: about each, or, where ssh's configuration can't tell them apart, about the first of
 * those with the same user and port. It costs more than all the rest of a connection (measured: 6 to 8 ms of processor
 * time), and a fleet mostly has a configuration that says the same about all of it. */
#pragma once

#include "link/loop.h"
#include "link/ssh_config.h"

struct config_reader;
struct config_request;

/* Belongs to the I/O thread, as everything below; what it learns holds until it is freed. */
struct config_reader *config_reader_new(struct loop *loop);
/* Nothing is being asked any more. */
void config_reader_free(struct config_reader *reader);

struct config_question {
        const char *user; /* "": as the configuration says */
        const char *host;
        unsigned port; /* 0: as the configuration says */
};

/* The question's strings are lent until the answer. Calls done once, later: config is the callee's to take, or NULL
 * with the error. */
struct config_request *config_reader_ask(struct config_reader *reader, const struct config_question *question,
        void (*done)(void *context, struct ssh_config *config, const struct error *error), void *context);
/* NULL is allowed. Not after done was called. */
void config_request_cancel(struct config_request *request);
