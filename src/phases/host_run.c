/* One machine's way through the phases: look, plan, apply what is ready, and look again. */
#include "link/link.h"
#include "phases/recorder.h"
#include "phases/way.h"
#include "plan/cluster_note.h"

/* Closes every phase before the unfinished one (NULL: all up to the wanted one) and opens that. What has come undone in an
 * earlier phase is seen to in the one under way. */
static void move_on(struct way *way, const struct phase *unfinished)
{
        enum phase_name last = way->last;

        while (!unfinished || way->phase->name < unfinished->name) {
                enum phase_name name = way->phase->name;

                way_tell(way, EVENT_PHASE_DONE,
                        &(struct event) {.elapsed_ms = elapsed_ms(way->phase_began_ns),
                                .steps_done = way->phase_steps});
                if (name == last)
                        return;
                way_begin_phase(way, (enum phase_name)(name + 1));
        }
}

static const char *note_of(const struct canary_state *canary)
{
        static const char *const notes[] = {
                [CANARY_NONE] = NULL,
                [CANARY_KVM] = "guests run by KVM",
                [CANARY_TCG] = "guests run by TCG",
        };

        return canary->proven ? notes[canary->accelerator] : NULL;
}

static int look(struct way *way, struct round *round, struct error *error)
{
        if (way->run->options->ask)
                way->run->options->ask(&way->wish, &round->survey);
        else
                round_ask(round, &way->wish, way->last);
        if (way_ask(way, &round->survey, &round->answers, error) < 0)
                return -1;
        if (way_note_look(way, &round->answers, error) < 0)
                return -1;
        if (way->run->options->ask)
                return 0;
        wish_retire(&way->wish, &round->answers);
        round_plan(round, &way->wish, way->last);
        way->host.can = round->can;
        way->result->can = round->can;
        way->note = note_of(&round->answers.canary);
        return 0;
}

/* Reads only: the whole plan, or what the machine is. */
static int look_only(struct way *way, struct round *round, struct error *error)
{
        const struct engine_options *options = way->run->options;
        int result;

        if (options->mode == ENGINE_PROBE) {
                CLEANUP(strings_done) struct strings blocks = {0};
                const struct engine_probe probe = {.host = way->run->host,
                        .answers = &round->answers,
                        .can = round->can,
                        .blocks = &blocks};

                round_blocks(round, &blocks);
                options->on_probe(options->context, &probe);
                return 0;
        }
        result = way_tell_plan(way, round, error);
        way->phase = phase_get(way->last);
        return result;
}

/* The proof of the promotion is a struct kvm_host: whatever runs guests takes one. */
static int promote(struct way *way, struct error *error)
{
        struct kvm_host *kvm_host;

        if (way->last < PHASE_KVM)
                return 0;
        if (kvm_host_promote(&way->host, &kvm_host, error) < 0)
                return -1;
        kvm_host_free(kvm_host);
        return 0;
}

static int check_phase_time(const struct way *way, const struct round *round, struct error *error)
{
        CLEANUP(string_free) char *left = NULL;

        if (!deadline_passed(way->phase_end))
                return 0;
        for (array_each(const struct round_entry, entry, &round->entries))
                if (!left && entry->plan.steps.count)
                        left = way_sentences(&entry->plan);
        return error_set(error, ERROR_DEADLINE,
                "the %d s that phase %s may take have passed%s; still to do: %s (see --timeout and deadlines "
                "in host.conf)",
                way_phase_s(way), phase_name(way->phase->name),
                way->phase_is_continued ? ", counted from when a run that was cut off began it" : "",
                left ? left : "nothing");
}

/* One look and what follows from it. 1: there is more to do; 0: the machine is where it was wanted. */
static int go_round(struct way *way, struct error *error)
{
        CLEANUP(round_done) struct round round = {0};
        const struct phase *unfinished;
        int acted, locked, watching;

        if (look(way, &round, error) < 0)
                return -1;
        if (!way->progress) {
                way->progress_count = round.entries.count;
                way->progress = memory_new(way->progress_count, sizeof(*way->progress));
                way_tell(way, EVENT_HOST_CONNECTED,
                        &(struct event) {.machine_id = round.answers.machine.machine_id,
                                .elapsed_ms = elapsed_ms(way->began_ns)});
                way_tell_warnings(way, &round);
        }
        if (way->run->options->mode != ENGINE_PROMOTE)
                return look_only(way, &round, error);
        watching = way_check_watched(way, &round.answers, error);
        if (watching < 0)
                return -1;
        unfinished = round_unfinished(&round);
        if (!unfinished && watching) {
                way_await_watched(way);
                return 1;
        }
        move_on(way, unfinished);
        if (!unfinished)
                return promote(way, error);
        if (way_tell_blocks(way, &round, error) < 0 || way_stop_if_interrupted(way, error) < 0 ||
                check_phase_time(way, &round, error) < 0)
                return -1;
        locked = way_lock(way, &round, error);
        if (locked <= 0)
                return locked < 0 ? -1 : 1;
        if (way_keep_phase(way, error) < 0)
                return -1;
        acted = way_apply(way, &round, error);
        if (acted == 0)
                way_settle(way, &round);
        return acted < 0 ? -1 : 1;
}

static void way_done(struct way *way)
{
        for (size_t i = 0; i < way->progress_count; i++)
                string_free(&way->progress[i].last_sentences);
        free(way->progress);
        way_watch_none(way);
        free(way->machine);
        free(way->boot_id);
        way_disconnect(way);
        wish_done(&way->wish);
}

void host_run(const struct host_run *run, struct host_result *ret_result)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(way_done) struct way way = {.run = run, .result = ret_result, .began_ns = clock_now_ns()};
        bool is_undo = run->options->mode == ENGINE_UNDO || run->options->mode == ENGINE_UNDO_PLAN;
        int more = 1;

        wish_init(&way.wish, run->config, run->host);
        way.wish.may_restart = run->options->may_restart;
        way.wish.keep_images = run->options->keep_images;
        way.last = phase_last(&way.wish, run->options->phase);
        way_begin_phase(&way, PHASE_LINUX);
        way.host.name = run->host->name;
        way.reach_end = deadline_in_s(run->options->wait_s);
        way_connect(&way);
        while (more > 0 && way_stop_if_interrupted(&way, &error) == 0) {
                more = is_undo ? way_undo(&way, &error) : go_round(&way, &error);
                if (more < 0)
                        more = way_recover(&way, &error);
        }
        ret_result->kind = error.kind;
        if (error_is_set(&error))
                way_tell(&way, EVENT_PHASE_FAILED,
                        &(struct event) {.error = &error, .elapsed_ms = elapsed_ms(way.phase_began_ns)});
        way_tell(&way, EVENT_HOST_DONE,
                &(struct event) {
                        .error = error_is_set(&error) ? &error : NULL,
                        .text = way.note,
                        .elapsed_ms = elapsed_ms(way.began_ns),
                        .steps_done = ret_result->steps_done,
                        .steps_planned = ret_result->steps_planned,
                });
}
