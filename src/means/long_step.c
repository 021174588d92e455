/* Beginning, following and ending a long step, from this side. */
#include <string.h>

#include "base/memory.h"
#include "means/long_step.h"
#include "means/pace.h"
#include "means/progress.h"

#define LONGEST_LINE 1024

/* systemd ends what nobody follows any more, later than we would. */
#define MARGIN_S    60
#define NO_LIMIT_S  (24 * 60 * 60)
#define JUDGEMENT_S (PACE_SAMPLE_S + 20)
#define END_S       30

struct following {
        const struct work *work;
        const char *name;
        size_t heard;     /* bytes */
        size_t repeated;  /* of them, those that are to come again */
        int64_t heard_ns; /* when the last ones came */
        struct text line; /* the one that is coming in, or the last one */
        bool is_whole;
        bool had_grace;
};

/* ---- what it says ---- */

static void hear(void *context, const char *bytes, size_t count)
{
        struct following *following = context;
        struct text *line = &following->line;
        size_t known = count < following->repeated ? count : following->repeated;

        following->repeated -= known;
        if (count > known)
                following->heard_ns = clock_now_ns();
        following->heard += count - known;
        for (const char *byte = bytes + known; byte < bytes + count; byte++) {
                if (*byte == '\n' || *byte == '\r') {
                        if (!following->is_whole && line->length)
                                progress_tell(following->work->progress, text_string(line));
                        following->is_whole = true;
                        continue;
                }
                if (following->is_whole)
                        text_clear(line);
                following->is_whole = false;
                if (line->length < LONGEST_LINE)
                        text_add_n(line, byte, 1);
        }
}

/* ---- its time is up ---- */

enum pace { PACE_UNKNOWN, PACE_STUCK, PACE_SLOW };

/* PACE_UNKNOWN: there is no such unit, or nothing can be asked. */
static enum pace judge(const struct following *following, char **ret_words)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error error = {0}; /* the deadline's own error says more */
        CLEANUP(pace_sample_done) struct pace_sample before = {0}, after = {0};
        struct command command = {0};
        const char *rest;

        long_step_add_samples(&script, following->name);
        command.script = text_string(&script);
        if (link_run(following->work->link, &command, deadline_in_s(JUDGEMENT_S), &output, &error) < 0)
                return PACE_UNKNOWN;
        rest = pace_read(text_string(&output.out), &before);
        if (!rest || !pace_read(rest, &after))
                return PACE_UNKNOWN;
        return pace_moves(&before, &after, ret_words) ? PACE_SLOW : PACE_STUCK;
}

static void end_unit(const struct following *following)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error error = {0}; /* RuntimeMaxSec ends it then */
        struct command command = {0};

        long_step_add_end(&script, following->name);
        command.script = text_string(&script);
        link_run(following->work->link, &command, deadline_in_s(END_S), &output, &error);
}

static int too_late(struct following *following, enum pace pace, const char *words, struct error *error)
{
        CLEANUP(string_free) char *said = NULL;

        if (following->line.length)
                said = string_format("; %d s before it last said \"%s\"",
                        (int)((clock_now_ns() - following->heard_ns) / 1000000000),
                        text_string(&following->line));
        else
                said = string_copy("; it never said anything");
        if (pace == PACE_STUCK)
                return error_set(
                        error, ERROR_DEADLINE, "it was stuck (%s) and has been ended%s", words, said);
        return error_set(error, ERROR_DEADLINE,
                "it was slow but moving (%s) and has been ended%s; %s in host.conf gives it more time", words,
                said, following->had_grace ? "a longer grace" : "a later deadline, or grace,");
}

/* 1: it has been given more time; -1: it hasn't, and was ended. */
static int judge_lateness(struct following *following, struct error *late, struct error *error)
{
        const struct work *work = following->work;
        CLEANUP(string_free) char *words = NULL, *told = NULL;
        enum pace pace = judge(following, &words);

        if (pace == PACE_UNKNOWN) {
                if (following->line.length)
                        error_prefix(late, "it last said \"%s\"", text_string(&following->line));
                end_unit(following);
                return error_move(error, late);
        }
        if (pace == PACE_STUCK || !work->grace_s || following->had_grace) {
                end_unit(following);
                return too_late(following, pace, words, error);
        }
        following->had_grace = true;
        told = string_format(
                "its time is up, but it still moves (%s): it may go on for %d s", words, work->grace_s);
        if (work->progress)
                work->progress->line(work->progress->context, told);
        return 1;
}

/* ---- following ---- */

static int cut_off(const struct following *following, struct error *cut, struct error *error)
{
        if (cut->kind == ERROR_UNREACHABLE)
                return error_set(error, cut->kind, "%s (what was begun goes on there, as unit %s)",
                        error_text(cut), following->name);
        if (cut->kind == ERROR_INTERRUPTED)
                return error_set(
                        error, cut->kind, "%s; what was begun there has been ended", error_text(cut));
        return error_move(error, cut);
}

/* Takes the command's script over. */
static int follow(struct following *following, struct text *script, struct command *command,
        struct output *ret_output, struct error *error)
{
        CLEANUP(text_done) struct text end = {0};
        struct deadline deadline = following->work->deadline;
        int result = 0;

        long_step_add_end(&end, following->name);
        command->on_output = hear;
        command->context = following;
        command->at_interrupt = text_string(&end);
        following->heard_ns = clock_now_ns();
        for (;;) {
                CLEANUP(error_done) struct error cut = {0};

                command->script = text_string(script);
                if (link_run(following->work->link, command, deadline, ret_output, &cut) == 0)
                        break;
                if (cut.kind != ERROR_DEADLINE)
                        result = cut_off(following, &cut, error);
                else
                        result = judge_lateness(following, &cut, error);
                if (result < 0)
                        break;
                deadline.at_ns += following->work->grace_s * INT64_C(1000000000);
                following->repeated = following->heard;
                text_clear(script);
                long_step_add_follow(script, following->name);
                command->input_length = 0;
        }
        text_done(script);
        text_done(&following->line);
        return result < 0 ? -1 : 0;
}

static int limit_s(const struct work *work)
{
        int left_ms = deadline_left_ms(work->deadline);

        return (left_ms < 0 ? NO_LIMIT_S : left_ms / 1000) + work->grace_s + MARGIN_S;
}

int long_step_run(
        const struct work *work, const struct long_step *step, struct output *ret_output, struct error *error)
{
        CLEANUP(string_free) char *name = long_step_name(step);
        struct following following = {.work = work, .name = name};
        struct command command = {
                .input = step->script, .input_length = strlen(step->script), .keep = step->keep};
        struct text script = {0};

        long_step_add_begin(&script, name, step->sentence, step->leavings, limit_s(work));
        return follow(&following, &script, &command, ret_output, error);
}

int long_step_take_up(
        const struct work *work, const char *name, struct output *ret_output, struct error *error)
{
        struct following following = {.work = work, .name = name};
        struct command command = {0};
        struct text script = {0};

        long_step_add_follow(&script, name);
        return follow(&following, &script, &command, ret_output, error);
}
