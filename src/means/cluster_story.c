/* What a cluster says when its time is over, for whoever looks in the morning: conditions, the last of its events, and
 * what its machines have said on their consoles. */
#include <stdlib.h>
#include <string.h>

#include "base/record_read.h"
#include "means/cluster_parts.h"
#include "means/console_tail.h"

#define CONDITIONS 9
#define EVENTS     8 /* with the conditions no more than a report shows of a step */
#define STORY_S    5

#define CONSOLES      3
#define CONSOLE_LINES 4

/* An hour of warnings, as long as an API server keeps them. They come in the order of their names. */
#define EVENTS_PATH "/api/v1/events?limit=2000&fieldSelector=type%3DWarning"

struct event {
        const char *at; /* "2026-11-25T02:18:45Z": as text in the order of time */
        const struct json *object;
};

static const char *time_of(const struct json *event)
{
        const char *const times[] = {json_text_at(event, "lastTimestamp"), json_text_at(event, "eventTime"),
                json_text_at(json_member(event, "metadata"), "creationTimestamp")};

        for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
                if (times[i])
                        return times[i];
        return "";
}

static int by_time(const void *a, const void *b)
{
        return strcmp(((const struct event *)a)->at, ((const struct event *)b)->at);
}

static void add_event(const struct json *event, struct strings *ret_lines)
{
        const struct json *about = json_member(event, "involvedObject");
        const char *place = json_text_at(about, "namespace"), *kind = json_text_at(about, "kind"),
                   *name = json_text_at(about, "name"), *reason = json_text_at(event, "reason"),
                   *message = json_text_at(event, "message");
        CLEANUP(string_free)
        char *line = string_format("event %.20s %.60s %.100s%s%.200s: %.60s: %.300s", time_of(event),
                kind ? kind : "?", place ? place : "", place ? "/" : "", name ? name : "?",
                reason ? reason : "?", message ? message : "");

        for (char *c = line; *c; c++)
                if ((unsigned char)*c < ' ' || *c == 127)
                        *c = ' ';
        strings_add(ret_lines, line);
}

void cluster_read_events(const struct web_answer *answer, size_t most, struct strings *ret_lines)
{
        CLEANUP(json_free) struct json *object = NULL;
        CLEANUP(error_done) struct error nonsense = {0};
        ARRAY(struct event) events = {0};
        const struct json *items;

        if (answer->status != 200 ||
                json_read(answer->body.data, answer->body.length, &object, &nonsense) < 0)
                return;
        items = json_member(object, "items");
        for (size_t i = 0; i < json_count(items); i++)
                *array_add(&events) =
                        (struct event) {.at = time_of(json_item(items, i)), .object = json_item(items, i)};
        if (events.count)
                qsort(events.items, events.count, sizeof(events.items[0]), by_time);
        for (size_t i = events.count > most ? events.count - most : 0; i < events.count; i++)
                add_event(events.items[i].object, ret_lines);
        array_free(&events);
}

static void tell_of_itself(
        struct clusters *clusters, const struct cluster_config *config, struct strings *ret_lines)
{
        const struct web_request request = {.path = EVENTS_PATH};
        CLEANUP(cluster_look_done) struct cluster_look look = {0};
        CLEANUP(web_answer_done) struct web_answer answer = {0};
        CLEANUP(error_done) struct error untold = {0};
        struct deadline deadline = deadline_in_s(STORY_S);

        if (cluster_look_at(clusters, config, deadline, &look, &untold) < 0 || !look.state.answers)
                return;
        cluster_tell_conditions(&look.state, CONDITIONS, ret_lines);
        if (web_ask(clusters_find(clusters, config)->web, &request, 1, deadline, &answer, &untold) == 0)
                cluster_read_events(&answer, EVENTS, ret_lines);
}

/* The machines that a stage waits for: the bootstrap machine brings the API, too. */
static void tell_consoles(const struct clusters *clusters, const struct cluster_config *config,
        enum cluster_stage stage, struct strings *ret_lines)
{
        struct deadline deadline = deadline_in_s(STORY_S);

        if (stage <= CLUSTER_BOOTSTRAP && config->bootstrap)
                console_tail(clusters->link, config->bootstrap, CONSOLE_LINES, deadline, ret_lines);
        for (size_t i = 0; stage > CLUSTER_BOOTSTRAP && i < config->nodes.count && i < CONSOLES; i++)
                console_tail(clusters->link, config->nodes.items[i], CONSOLE_LINES, deadline, ret_lines);
}

void cluster_tell_story(struct clusters *clusters, const struct cluster_config *config,
        enum cluster_stage stage, struct strings *ret_lines)
{
        tell_of_itself(clusters, config, ret_lines);
        tell_consoles(clusters, config, stage, ret_lines);
}
