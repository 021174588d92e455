/* The last lines of what a step printed. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "phases/output_tail.h"

#define LINE_MOST 500 /* bytes */

void output_tail_add(struct output_tail *tail, const char *line)
{
        char **place = &tail->lines[tail->count++ % OUTPUT_TAIL_LINES];

        free(*place);
        *place = string_copy_n(line, strnlen(line, LINE_MOST));
}

char *output_tail_text(const struct output_tail *tail)
{
        struct text text = {0};
        size_t first = tail->count > OUTPUT_TAIL_LINES ? tail->count - OUTPUT_TAIL_LINES : 0;

        if (tail->count == 0)
                return NULL;
        for (size_t i = first; i < tail->count; i++)
                text_format(&text, "%s%s", i > first ? "\n" : "", tail->lines[i % OUTPUT_TAIL_LINES]);
        return text_take(&text);
}

void output_tail_clear(struct output_tail *tail)
{
        for (size_t i = 0; i < OUTPUT_TAIL_LINES; i++)
                string_free(&tail->lines[i]);
        tail->count = 0;
}
