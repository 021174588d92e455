/* What a run has started has to stay up; watch.h has the theory. */
#include "phases/watch.h"
#include "phases/way.h"

#define STORY_S 10

static bool tells_when_it_is_up(const struct unit_state *found)
{
        static const char *const types[] = {"notify", "notify-reload", "dbus", "forking", "oneshot"};

        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
                if (string_equal(found->service_type, types[i]))
                        return true;
        return false;
}

static int64_t ms_between(int64_t earlier_ns, int64_t later_ns)
{
        return (later_ns - earlier_ns) / 1000000;
}

enum watch_verdict watched_judge(
        struct watched *watched, const struct unit_state *found, int64_t now_ns, const char **ret_words)
{
        bool is_known = found->active && watched->since_us && found->since_us == watched->since_us;

        if (watched->looks++ == 0)
                watched->began_ns = now_ns;
        if (found->failed) {
                *ret_words = "has failed since";
                return WATCH_FAILED;
        }
        if (tells_when_it_is_up(found))
                return WATCH_STAYS; /* or its Score has something to say */
        if (!found->active && !found->changing) {
                *ret_words = "has ended since, without a failure";
                return WATCH_FAILED;
        }
        if (is_known && ms_between(watched->seen_ns, now_ns) >= WATCH_STAYS_MS)
                return WATCH_STAYS;
        if (ms_between(watched->began_ns, now_ns) >= WATCH_LIMIT_S * 1000 && watched->looks >= WATCH_LOOKS) {
                *ret_words = "has not stayed up since";
                return WATCH_FAILED;
        }
        if (found->active && !is_known) {
                watched->since_us = found->since_us;
                watched->seen_ns = now_ns;
        }
        return WATCH_GOES_ON;
}

static void watched_done(struct watched *watched)
{
        free(watched->unit);
        free(watched->sentence);
}

static void drop(struct way *way, size_t i)
{
        watched_done(&way->watched.items[i]);
        way->watched.items[i] = way->watched.items[--way->watched.count];
}

void way_watch_none(struct way *way)
{
        for (array_each(struct watched, watched, &way->watched))
                watched_done(watched);
        array_free(&way->watched);
}

void way_watch(struct way *way, const struct step *step)
{
        bool is_of_unit = (step->kind == STEP_UNIT || step->kind == STEP_WAIT) && step->unit.name;
        const char *suffix = is_of_unit ? strrchr(step->unit.name, '.') : NULL;

        if (!string_equal(suffix, ".service") || way->run->options->mode != ENGINE_PROMOTE)
                return;
        for (size_t i = way->watched.count; i-- > 0;)
                if (string_equal(way->watched.items[i].unit, step->unit.name))
                        drop(way, i);
        if (step->unit.action == UNIT_START || step->unit.action == UNIT_RESTART)
                *array_add(&way->watched) = (struct watched) {
                        .unit = string_copy(step->unit.name),
                        .sentence = string_copy(step->sentence),
                };
}

static int has_failed(struct way *way, const struct watched *watched, const char *words, struct error *error)
{
        struct deadline deadline = deadline_min(way->phase_end, deadline_in_s(STORY_S));
        CLEANUP(string_free) char *story = means_unit_story(way->means, watched->unit, deadline);

        return error_set(error, ERROR_FAILED, "%s: it %s%s", watched->sentence, words, story);
}

int way_check_watched(struct way *way, const struct answers *answers, struct error *error)
{
        for (size_t i = way->watched.count; i-- > 0;) {
                struct watched *watched = &way->watched.items[i];
                const struct unit_state *found = answers_unit(answers, watched->unit);
                const char *words = NULL;
                enum watch_verdict verdict =
                        found ? watched_judge(watched, found, clock_now_ns(), &words) : WATCH_STAYS;

                if (verdict == WATCH_FAILED)
                        return has_failed(way, watched, words, error);
                if (verdict == WATCH_STAYS)
                        drop(way, i);
        }
        return way->watched.count > 0;
}

void way_await_watched(const struct way *way)
{
        CLEANUP(string_free)
        char *text = string_format("unit %s to stay up", way->watched.items[0].unit);

        way_tell(way, EVENT_WAITING, &(struct event) {.text = text});
        way_pause(way, WATCH_STAYS_MS / 4);
}
