/* What a cluster that didn't come up in time says of itself: what of it isn't as it should be. */
#include "plan/cluster.h"

static const struct {
        const char *type, *wanted;
} healthy[] = {
        {"Available", "True"},
        {"Failing", "False"},
        {"Degraded", "False"},
        {"Progressing", "False"},
        {"Ready", "True"},
        {"EtcdBootstrapMemberRemoved", "True"},
};

struct story {
        struct strings *lines;
        size_t most;
        size_t untold;
};

static void tell_part(struct story *story, const char *kind, const struct cluster_part *part)
{
        for (size_t i = 0; part->name && i < sizeof(healthy) / sizeof(healthy[0]); i++) {
                const struct cluster_condition *condition = cluster_condition(part, healthy[i].type);
                const char *message = condition && condition->message ? condition->message : "";
                CLEANUP(string_free) char *line = NULL;

                if (!condition || string_equal(condition->status, healthy[i].wanted))
                        continue;
                if (story->lines->count >= story->most) {
                        story->untold++;
                        continue;
                }
                line = string_format("%s %s: %s is %s%s%.300s", kind, part->name, condition->type,
                        condition->status, *message ? ": " : "", message);
                strings_add(story->lines, line);
        }
}

void cluster_tell_conditions(const struct cluster_state *state, size_t most, struct strings *ret_lines)
{
        struct story story = {.lines = ret_lines, .most = ret_lines->count + most};

        tell_part(&story, "ClusterVersion", &state->installed);
        tell_part(&story, "Etcd", &state->etcd);
        for (array_each(const struct cluster_part, node, &state->nodes))
                tell_part(&story, "Node", node);
        for (array_each(const struct cluster_part, operator, & state->operators))
                tell_part(&story, "ClusterOperator", operator);
        if (story.untold) {
                CLEANUP(string_free)
                char *line =
                        string_format("and %zu more condition%s", story.untold, story.untold == 1 ? "" : "s");

                strings_add(ret_lines, line);
        }
}
