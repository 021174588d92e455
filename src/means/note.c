/* Writing notes on the machine. */
#include "means/note.h"

#include <string.h>

#include "base/memory.h"
#include "base/shell.h"
#include "base/text.h"
#include "means/script.h"

int note_put(const struct work *work, const char *path, const char *text, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};

        script_begin(&script);
        text_add(&script, "set -e; umask 022; note=");
        shell_add_word(&script, path);
        text_add(&script, "\nmkdir -p -- \"${note%/*}\"\ncat >\"$note.new\"\nsync -- \"$note.new\"\n"
                          "mv -f -- \"$note.new\" \"$note\"\n");
        return script_run(work, text_string(&script), text, strlen(text), error);
}

int note_write(const struct work *work, struct error *error)
{
        return note_put(work, work->step->note.path, work->step->note.text, error);
}
