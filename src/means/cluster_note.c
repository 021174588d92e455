/* Writing what is to be remembered of a cluster, on its machine. */
#include "plan/cluster_note.h"

#include "base/shell.h"
#include "means/parts.h"
#include "means/script.h"

int cluster_write_note(const struct work *work, struct error *error)
{
        const char *text = work->step->note.text;
        CLEANUP(string_free) char *path = cluster_note_path(work->step->note.cluster->name);
        CLEANUP(text_done) struct text script = {0};

        script_begin(&script);
        text_add(&script, "set -e; umask 022; note=");
        shell_add_word(&script, path);
        text_add(&script, "\nmkdir -p -- \"${note%/*}\"\ncat >\"$note.new\"\nsync -- \"$note.new\"\nmv -f -- "
                          "\"$note.new\" "
                          "\"$note\"\n");
        return script_run(work, text_string(&script), text, strlen(text), error);
}
