/* The command line as plain data, checked. */
#pragma once

#include "config/config.h"
#include "topology/phase_name.h"

enum option_bit {
        OPTION_PHASE = 1 << 0,
        OPTION_PLAN = 1 << 1,
        OPTION_CHECK = 1 << 2,
        OPTION_JSON = 1 << 3,
        OPTION_VERBOSE = 1 << 4,
        OPTION_TIMEOUT = 1 << 5,
        OPTION_PARALLEL = 1 << 6,
        OPTION_SET = 1 << 7,
        OPTION_HELP = 1 << 8,
        OPTION_VERSION = 1 << 9,
        OPTION_WAIT = 1 << 10,
        OPTION_HTML = 1 << 11,
        OPTION_JUNIT = 1 << 12,
        OPTION_DOT = 1 << 13,
        OPTION_YES = 1 << 14,
        OPTION_ALLOW_RESTART = 1 << 15,
        OPTION_KEEP_IMAGES = 1 << 16,
};

struct verb;

struct command_line {
        const struct verb *verb;
        unsigned given;         /* option bits */
        struct strings words;   /* what is neither verb nor option: CONF files, or what help is wanted for */
        struct strings command; /* what follows "--", of a verb that takes a command */
        enum phase_name phase;  /* the last one when it wasn't given */
        int timeout_s[PHASE_COUNT]; /* 0: not given */
        int wait_s;                 /* 0: not given */
        char *text;               /* all of it, for people, without what --set sets, which may be a secret */
        const char *html, *junit; /* files to write; lent by the arguments; NULL: not given */
        unsigned parallel;
        struct config_overrides overrides;
};

/* ERROR_USAGE with what would be right. Looks whether a file of a misspelt verb's name exists, nothing else. */
int command_line_parse(int argc, char **argv, struct command_line *ret_command_line, struct error *error);

void command_line_done(struct command_line *command_line);
