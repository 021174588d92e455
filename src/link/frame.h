/* How a script is sent: through any login shell and, where wanted, through sudo, between marks. */
#pragma once

#include "base/array.h"
#include "base/text.h"
#include "link/entry.h"

/* The script that runs a command (an argument vector, or text for sh) and says on both streams that it ended, with
 * its exit status on stdout. */
void frame_command(
        const struct strings *words, const char *script, const char *nonce, struct text *ret_script);
/* The script that becomes the program. */
void frame_bridge(const struct strings *words, struct text *ret_script);
/* The script that ends a command: SIGTERM to its process group, SIGKILL 2 s later. process is what its entry's mark
 * told. */
void frame_kill(long process, const char *nonce, struct text *ret_script);

/* The argument vector that runs a script after telling the entry's marks; *ret_input is what must come first on its
 * stdin (a script too long for a command line). */
void frame_enter(const struct entry *entry, const struct text *script, struct strings *ret_argv,
        struct text *ret_input);

/* The vector as a line for a login shell of any kind, which it replaces. */
char *frame_login_line(const struct strings *argv);
