/* A guest that is named on the command line, and what its machine tells of guests. Shared by the verbs about guests. */
#pragma once

#include "cli/command_line.h"
#include "phases/engine.h"

struct guest_choice {
        struct config config;
        const struct host_config *host; /* lent by config, as is the guest */
        const struct guest_config *guest;
        char *user; /* NULL: none was named */
};

/* Reads "[USER@][HOST/]NAME CONF...". ERROR_USAGE when there is no such guest, or when it is on more than one machine. */
int guest_choice_init(
        const struct command_line *command_line, struct guest_choice *ret_choice, struct error *error);
void guest_choice_done(struct guest_choice *choice);

/* The part that needs no configuration to be read: the guest among those of config. */
int guest_choice_find(
        const struct config *config, const char *word, struct guest_choice *ret_choice, struct error *error);

/* What an engine asks about guests, and nothing else. */
void guest_ask(const struct wish *wish, struct survey *survey);

/* What was answered about one. */
struct guest_view {
        const struct guest_state *state; /* NULL: not there */
        const char *words; /* "running", "shut off", "not there"; "unknown": libvirt doesn't answer */
        int64_t since_us;  /* CLOCK_REALTIME; 0: it doesn't run */
        bool is_waited_for, is_ready; /* since it was started */
        const char *host_key;         /* lent; NULL: none of ours */
};

void guest_view_init(
        struct guest_view *view, const struct guest_config *guest, const struct answers *answers);
