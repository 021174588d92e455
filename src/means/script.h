/* Running a script of ours to its end, where anything but success is an error. */
#pragma once

#include "means/parts.h"

/* What every script of ours starts with: the system's programs are found whatever the login's PATH is, and
 * speak the one language that we read. */
void script_begin(struct text *script);

/* A shell function: is_open FILE succeeds when a process of the machine has it open. */
extern const char script_is_open[];

/* What a shell or a tool said, for people: without the shell's own "sh: 21: eval: ", and with the cause in front where it
 * is one of the machine's disk. Owned by the caller. */
char *script_words(const char *said);

/* The cause behind it: "a disk of the machine is full"; NULL: none that we know. */
const char *script_cause(const char *said);

/* input may be NULL. The error says what came back: the last thing on stderr, else the exit status. */
int script_run(
        const struct work *work, const char *script, const void *input, size_t length, struct error *error);

/* The last line of the text that says anything, without blanks around it; owned by the caller, NULL: none. */
char *script_last_line(const struct text *text);
