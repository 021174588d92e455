/* Plain lines, for pipes, files and terminals that can't do more: what matters, one line each, written at
 * once. */
#include "report/sink.h"
#include "report/words.h"

static void plain_show(struct sink_run *run, const struct event *event, const struct host_state *state)
{
        const struct words_options words = {.verbose = run->options->verbose, .quiet = run->options->quiet};
        CLEANUP(text_done) struct text text = {0};

        words_add_line(&text, &words, event, state);
        output_write(&run->output, text_string(&text), text.length);
}

const struct sink sink_plain = {
        .name = "plain",
        .show = plain_show,
};
