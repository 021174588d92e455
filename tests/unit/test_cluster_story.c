/* What a cluster whose time is over is told to have said: its conditions that aren't as they should be, and its last events. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "means/cluster_parts.h"

static void add_part(struct cluster_part *part, const char *name, const char *type, const char *status,
        const char *message)
{
        struct cluster_condition *condition = array_add(&part->conditions);

        if (!part->name)
                part->name = string_copy(name);
        condition->type = string_copy(type);
        condition->status = string_copy(status);
        condition->message = string_copy(message);
}

static void conditions_that_are_not_as_they_should_be(void **data)
{
        CLEANUP(cluster_state_done) struct cluster_state state = {.answers = true};
        CLEANUP(strings_done) struct strings lines = {0};
        struct cluster_part *dns, *node;

        (void)data;
        cluster_tell_conditions(&state, 5, &lines); /* it has told of nothing yet */
        assert_int_equal(lines.count, 0);
        add_part(&state.installed, "version", "Available", "False", NULL);
        add_part(&state.installed, "version", "Progressing", "True",
                "Working towards 4.20.0: 612 of 900 done");
        add_part(&state.installed, "version", "RetrievedUpdates", "False",
                "no channel"); /* none of those that count */
        dns = array_add(&state.operators);
        add_part(dns, "dns", "Available", "True", "all is well");
        add_part(dns, "dns", "Degraded", "Unknown", "");
        node = array_add(&state.nodes);
        add_part(node, "control-1", "Ready", "False", "no network plugin");
        cluster_tell_conditions(&state, 5, &lines);
        assert_int_equal(lines.count, 4);
        assert_string_equal(lines.items[0], "ClusterVersion version: Available is False");
        assert_string_equal(lines.items[1],
                "ClusterVersion version: Progressing is True: Working towards 4.20.0: 612 of 900 done");
        assert_string_equal(lines.items[2], "Node control-1: Ready is False: no network plugin");
        assert_string_equal(lines.items[3], "ClusterOperator dns: Degraded is Unknown");
}

static void no_more_of_them_than_somebody_reads(void **data)
{
        CLEANUP(cluster_state_done) struct cluster_state state = {.answers = true};
        CLEANUP(strings_done) struct strings lines = {0};

        (void)data;
        for (int i = 0; i < 30; i++)
                add_part(array_add(&state.operators), "some", "Available", "False", NULL);
        strings_add(&lines, "what stood there before");
        cluster_tell_conditions(&state, 2, &lines);
        assert_int_equal(lines.count, 4);
        assert_string_equal(lines.items[0], "what stood there before");
        assert_string_equal(lines.items[3], "and 28 more conditions");
}

#define EVENT(last, name, message)                                                                  \
        "{\"metadata\":{\"creationTimestamp\":\"2026-11-25T01:00:00Z\"},\"lastTimestamp\":" last    \
        ",\"reason\":\"BackOff\",\"message\":\"" message "\",\"involvedObject\":{\"kind\":\"Pod\"," \
        "\"namespace\":\"lab\",\"name\":\"" name "\"}}"
#define AT(time) "\"2026-11-25T" time "Z\""

static const struct row {
        const char *name;
        long status;
        const char *body;
        const char *lines[3]; /* of two at most */
} rows[] = {
        {"none", 200, "{\"items\":[]}", {NULL}},
        {"one", 200, "{\"items\":[" EVENT(AT("03:00:00"), "a", "again") "]}",
                {"event 2026-11-25T03:00:00Z Pod lab/a: BackOff: again"}},
        {"the last two, in the order of time, of more in the order of names", 200,
                "{\"items\":[" EVENT(AT("04:00:00"), "a", "") "," EVENT(AT("02:00:00"), "b", "") "," EVENT(
                        AT("03:00:00"), "c", "") "]}",
                {"event 2026-11-25T03:00:00Z Pod lab/c: BackOff: ",
                        "event 2026-11-25T04:00:00Z Pod lab/a: BackOff: "}},
        {"when it was made, where it doesn't tell when it last was", 200,
                "{\"items\":[" EVENT("null", "a", "x") "]}",
                {"event 2026-11-25T01:00:00Z Pod lab/a: BackOff: x"}},
        {"of a cluster's own object, which has no namespace", 200,
                "{\"items\":[{\"eventTime\":\"2026-11-25T01:00:00Z\",\"involvedObject\":{\"kind\":\"Node\","
                "\"name\":"
                "\"n\"},\"reason\":\"Rebooted\"}]}",
                {"event 2026-11-25T01:00:00Z Node n: Rebooted: "}},
        {"with what moves a terminal's cursor", 200,
                "{\"items\":[" EVENT(AT("03:00:00"), "a", "one\\u001b[2J\\ntwo\\u007f") "]}",
                {"event 2026-11-25T03:00:00Z Pod lab/a: BackOff: one [2J two "}},
        {"of other kinds of values than told", 200,
                "{\"items\":[7,null,{\"reason\":{},\"involvedObject\":[],\"lastTimestamp\":1}]}",
                {"event  ? ?: ?: ", "event  ? ?: ?: "}},
        {"no list", 200, "{\"items\":{}}", {NULL}},
        {"no JSON", 200, "<html>", {NULL}},
        {"nothing", 200, "", {NULL}},
        {"we may not ask", 403, "{\"items\":[" EVENT(AT("03:00:00"), "a", "") "]}", {NULL}},
};

static void a_row(void **data)
{
        const struct row *row = *data;
        CLEANUP(web_answer_done) struct web_answer answer = {.status = row->status};
        CLEANUP(strings_done) struct strings lines = {0};
        size_t count = 0;

        text_add(&answer.body, row->body);
        cluster_read_events(&answer, 2, &lines);
        for (; row->lines[count]; count++) {
                assert_true(count < lines.count);
                assert_string_equal(lines.items[count], row->lines[count]);
        }
        assert_int_equal(lines.count, count);
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int main(void)
{
        struct CMUnitTest tests[COUNT(rows) + 2];
        size_t count = 0;

        for (size_t i = 0; i < COUNT(rows); i++)
                tests[count++] = (struct CMUnitTest) {rows[i].name, a_row, NULL, NULL, (void *)&rows[i]};
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(conditions_that_are_not_as_they_should_be);
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(no_more_of_them_than_somebody_reads);
        return _cmocka_run_group_tests("what clusters say", tests, count, NULL, NULL);
}
