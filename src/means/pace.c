/* Slow or stuck. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "means/pace.h"

/* A loop of a shell that asks ten times a second whether it may go on uses less, and its children write less into its
 * pipes. */
#define LEAST_CPU_PERCENT 5
#define LEAST_WRITTEN     1024

const char *pace_read(const char *text, struct pace_sample *sample)
{
        while (*text) {
                size_t length = strcspn(text, "\n");
                CLEANUP(string_free) char *line = string_copy_n(text, length);
                struct pace_process process;

                text += length + (text[length] == '\n');
                if (strcmp(line, "--") == 0)
                        return text;
                if (sscanf(line, "wrote %u %" SCNu64, &process.id, &process.written) == 2)
                        *array_add(&sample->processes) = process;
                else if (sscanf(line, "cpu %" SCNu64, &sample->cpu_us) != 1)
                        sscanf(line, "said %" SCNu64, &sample->said);
        }
        return NULL;
}

void pace_sample_done(struct pace_sample *sample)
{
        array_free(&sample->processes);
}

/* By those that are in both samples. */
static uint64_t written_between(const struct pace_sample *before, const struct pace_sample *after)
{
        uint64_t bytes = 0;

        for (array_each(const struct pace_process, then, &before->processes))
                for (array_each(const struct pace_process, now, &after->processes))
                        if (now->id == then->id && now->written > then->written)
                                bytes += now->written - then->written;
        return bytes;
}

bool pace_moves(const struct pace_sample *before, const struct pace_sample *after, char **ret_words)
{
        uint64_t cpu_us = after->cpu_us > before->cpu_us ? after->cpu_us - before->cpu_us : 0;
        unsigned percent = (unsigned)(cpu_us / (PACE_SAMPLE_S * 10000));
        uint64_t written = written_between(before, after);
        bool talks = after->said > before->said, works = percent >= LEAST_CPU_PERCENT;
        bool writes = written >= LEAST_WRITTEN;
        struct text words = {0};

        if (talks)
                text_add(&words, "talking");
        if (works)
                text_format(&words, "%susing %u%% of a processor", words.length ? ", " : "", percent);
        if (writes)
                text_format(&words, "%swriting %" PRIu64 " bytes a second", words.length ? ", " : "",
                        (written + PACE_SAMPLE_S - 1) / PACE_SAMPLE_S);
        if (!words.length)
                text_add(&words, "no output, no processor time, nothing written");
        *ret_words = text_take(&words);
        return talks || works || writes;
}
