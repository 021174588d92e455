/* What is wrong with a configuration: collected, put in order, cut to what somebody will read. */
#include "config/characters.h"
#include "config/problems.h"

#define KEPT     1000 /* sorted among themselves; a file with more than these is no configuration */
#define REPORTED 50
#define LONGEST  600 /* bytes of one sentence */

/* A sentence that a terminal and a log can show whatever the file held. */
static char *harmless(char *text)
{
        size_t length = strlen(text);

        if (length > LONGEST) {
                length = LONGEST - strlen("...");
                while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
                        length--;
                memcpy(text + length, "...", sizeof("..."));
        }
        for (char *flaw = text; *(flaw += characters_plain(flaw, strlen(flaw)));)
                *flaw = '?';
        return text;
}

static void add(struct problems *problems, const struct place *place, bool covers_line, const char *format,
        va_list arguments)
{
        problems->count++;
        if (problems->list.count < KEPT)
                *array_add(&problems->list) = (struct problem) {
                        .place = *place,
                        .order = problems->count,
                        .covers_line = covers_line,
                        .text = harmless(string_vformat(format, arguments)),
                };
}

void problems_add(struct problems *problems, const struct place *place, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        add(problems, place, false, format, arguments);
        va_end(arguments);
}

void problems_add_cause(struct problems *problems, const struct place *place, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        add(problems, place, true, format, arguments);
        va_end(arguments);
}

char *place_format(const struct place *place)
{
        if (place->line == 0)
                return string_copy(place->file);
        return string_format("%s:%u", place->file, place->line);
}

static size_t file_index(const struct strings *files, const char *file)
{
        size_t index = 0;

        while (index < files->count && files->items[index] != file)
                index++;
        return index;
}

static int compare(const void *a, const void *b, void *files)
{
        const struct problem *first = a, *second = b;
        size_t file_a = file_index(files, first->place.file), file_b = file_index(files, second->place.file);

        if (file_a != file_b)
                return file_a < file_b ? -1 : 1;
        if (first->place.line != second->place.line)
                return first->place.line < second->place.line ? -1 : 1;
        if (first->covers_line != second->covers_line)
                return first->covers_line ? -1 : 1;
        return first->order < second->order ? -1 : 1;
}

static int is_consequence(const struct problem *problem, const struct problem *cause)
{
        return cause && !problem->covers_line && problem->place.file == cause->place.file &&
               problem->place.line == cause->place.line;
}

size_t problems_report(struct problems *problems, const struct strings *files, struct strings *ret_sentences)
{
        const struct problem *cause = NULL;
        size_t count = problems->count, reported = 0;

        if (problems->list.count)
                qsort_r(problems->list.items, problems->list.count, sizeof(*problems->list.items), compare,
                        (void *)files);
        for (array_each(struct problem, problem, &problems->list)) {
                CLEANUP(string_free) char *place = NULL;

                if (is_consequence(problem, cause)) {
                        count--;
                        continue;
                }
                if (problem->covers_line)
                        cause = problem;
                if (reported == REPORTED)
                        continue;
                place = harmless(place_format(&problem->place));
                strings_take(ret_sentences, string_format("%s: %s", place, problem->text));
                reported++;
        }
        if (count > reported)
                strings_take(ret_sentences, string_format("and %zu more", count - reported));
        return count;
}

void problems_done(struct problems *problems)
{
        for (array_each(struct problem, problem, &problems->list))
                free(problem->text);
        array_free(&problems->list);
        problems->count = 0;
}
