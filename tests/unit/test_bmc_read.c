/* Reading what BMCs answer: as some of them do, and every wrong shape. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "means/bmc_read.h"

static struct json *parse(const char *text)
{
        struct json *json = NULL;
        struct error error = {0};

        if (json_read(text, strlen(text), &json, &error) < 0)
                fail_msg("%s: %s", text, error_text(&error));
        return json;
}

/* ---- systems ---- */

static const struct {
        const char *text;
        enum bmc_power power;
        const char *target;
        bool stays;
} boots[] = {
        {"{\"PowerState\": \"On\"}", BMC_POWER_ON, NULL, false},
        {"{\"PowerState\": \"OFF\"}", BMC_POWER_OFF, NULL, false},
        {"{\"PowerState\": \"PoweringOn\"}", BMC_POWER_UNKNOWN, NULL, false},
        {"{\"PowerState\": null}", BMC_POWER_UNKNOWN, NULL, false},
        {"{\"PowerState\": [\"On\"]}", BMC_POWER_UNKNOWN, NULL, false},
        {"{}", BMC_POWER_UNKNOWN, NULL, false},
        {"[]", BMC_POWER_UNKNOWN, NULL, false},
        {"17", BMC_POWER_UNKNOWN, NULL, false},
        {"{\"Boot\": {\"BootSourceOverrideEnabled\": \"Once\", \"BootSourceOverrideTarget\": \"Pxe\"}}",
                BMC_POWER_UNKNOWN, "Pxe", false},
        {"{\"Boot\": {\"BootSourceOverrideEnabled\": \"Continuous\", \"BootSourceOverrideTarget\": \"Cd\"}}",
                BMC_POWER_UNKNOWN, "Cd", true},
        {"{\"Boot\": {\"BootSourceOverrideEnabled\": \"Disabled\", \"BootSourceOverrideTarget\": \"Pxe\"}}",
                BMC_POWER_UNKNOWN, NULL, false},
        {"{\"Boot\": {\"BootSourceOverrideEnabled\": \"Once\", \"BootSourceOverrideTarget\": \"None\"}}",
                BMC_POWER_UNKNOWN, NULL, false},
        {"{\"Boot\": {\"BootSourceOverrideEnabled\": true, \"BootSourceOverrideTarget\": \"Pxe\"}}",
                BMC_POWER_UNKNOWN, NULL, false},
        {"{\"Boot\": \"Pxe\", \"Actions\": [], \"Links\": {\"ManagedBy\": {}}}", BMC_POWER_UNKNOWN, NULL,
                false},
};

static void systems_of_all_forms(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(boots) / sizeof(boots[0]); i++) {
                CLEANUP(json_free) struct json *json = parse(boots[i].text);
                CLEANUP(bmc_state_done) struct bmc_state bmc = {0};

                bmc_read_system(json, &bmc);
                assert_int_equal(bmc.power, boots[i].power);
                assert_int_equal(bmc.boot_stays, boots[i].stays);
                if (boots[i].target)
                        assert_string_equal(bmc.boot_target, boots[i].target);
                else
                        assert_null(bmc.boot_target);
                assert_true(bmc_can(&bmc.resets, "On") && bmc_can(&bmc.boot_targets, "Pxe"));
                assert_null(bmc.reset);
                assert_null(bmc.drives);
        }
}

static void what_it_can_is_what_it_says(void **state)
{
        CLEANUP(json_free)
        struct json *json =
                parse("{\"@odata.etag\": \"W/\\\"3\\\"\", \"Boot\": "
                      "{\"BootSourceOverrideTarget@Redfish.AllowableValues\": "
                      "[\"None\", 3, \"Pxe\"]}, \"Actions\": {\"#ComputerSystem.Reset\": {\"target\": "
                      "\"/redfish/v1/Systems/1/Actions/ComputerSystem.Reset\", "
                      "\"ResetType@Redfish.AllowableValues\": "
                      "[\"ForceOff\", \"ForceOn\"]}}, \"Links\": {\"ManagedBy\": [{\"@odata.id\": "
                      "\"/redfish/v1/Managers/1\"}]}, \"EthernetInterfaces\": {\"@odata.id\": "
                      "\"https://evil/x\"}}");
        CLEANUP(bmc_state_done) struct bmc_state bmc = {0};

        (void)state;
        bmc_read_system(json, &bmc);
        assert_string_equal(bmc.etag, "W/\"3\"");
        assert_string_equal(bmc.reset, "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset");
        assert_true(bmc_can(&bmc.resets, "ForceOn") && !bmc_can(&bmc.resets, "On"));
        assert_true(bmc_can(&bmc.boot_targets, "Pxe") && !bmc_can(&bmc.boot_targets, "Cd"));
        assert_string_equal(bmc.drives, "/redfish/v1/Managers/1");
        assert_null(bmc.interfaces);
}

/* ---- paths ---- */

static const struct {
        const char *location, *path;
} paths[] = {
        {"/redfish/v1/TaskService/Tasks/1", "/redfish/v1/TaskService/Tasks/1"},
        {"https://10.0.0.5/redfish/v1/TaskMonitors/1?x=1", NULL},
        {"HTTPS://10.0.0.5:444/redfish/v1/TaskMonitors/1", "/redfish/v1/TaskMonitors/1"},
        {"/redfish/v1", "/redfish/v1"},
        {"/redfish/v1x", NULL},
        {"/redfish/v1/../../etc", NULL},
        {"/redfish/v1/a b", NULL},
        {"/redfish/v1/a\r\nHost: b", NULL},
        {"http://10.0.0.5/redfish/v1", NULL},
        {"https://", NULL},
        {"", NULL},
        {NULL, NULL},
};

static void only_paths_of_redfish_are_asked_for(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
                CLEANUP(string_free) char *path = bmc_read_path(paths[i].location);

                if (!paths[i].path != !path || (path && strcmp(path, paths[i].path) != 0))
                        fail_msg("%s: %s", paths[i].location, path);
        }
}

static void as_many_members_as_are_asked_for(void **state)
{
        CLEANUP(json_free)
        struct json *json = parse("{\"Members\": [{\"@odata.id\": \"/redfish/v1/Systems/1\"}, {}, 3, "
                                  "{\"@odata.id\": \"/etc\"}, {\"@odata.id\": \"/redfish/v1/Systems/2\"}, "
                                  "{\"@odata.id\": \"/redfish/v1/Systems/3\"}]}");
        CLEANUP(strings_done) struct strings members = {0};
        CLEANUP(string_free) char *joined = NULL;

        (void)state;
        bmc_read_members(json, 2, &members);
        joined = strings_join(&members, " ");
        assert_string_equal(joined, "/redfish/v1/Systems/1 /redfish/v1/Systems/2");
}

/* ---- drives, interfaces, tasks ---- */

static void drives_of_all_forms(void **state)
{
        static const struct {
                const char *text;
                bool is_cd;
                const char *image;
        } rows[] = {
                {"{\"MediaTypes\": [\"CD\", \"DVD\"], \"Inserted\": false, \"Image\": \"\"}", true, NULL},
                {"{\"MediaTypes\": [\"Floppy\", \"dvd\"], \"Inserted\": true, \"Image\": \"http://a/b\"}",
                        true, "http://a/b"},
                {"{\"MediaTypes\": [\"USBStick\"], \"Image\": null}", false, NULL},
                {"{\"MediaTypes\": \"CD\", \"Image\": \"http://a/b\", \"Inserted\": null}", false,
                        "http://a/b"},
                {"{\"MediaTypes\": [\"CD\"], \"Image\": \"http://a/b\", \"Inserted\": false}", true, NULL},
                {"{\"MediaTypes\": [\"CD\"], \"Image\": \"a\\u001b[2J\"}", true, "a [2J"},
                {"{}", false, NULL},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(json_free) struct json *json = parse(rows[i].text);
                struct bmc_state bmc = {0};

                bmc_read_drive(json, &bmc.drive);
                assert_int_equal(bmc_drive_is_cd(json), rows[i].is_cd);
                if (rows[i].image)
                        assert_string_equal(bmc.drive.image, rows[i].image);
                else
                        assert_null(bmc.drive.image);
                bmc_state_done(&bmc);
        }
}

static void macs_in_our_form(void **state)
{
        CLEANUP(json_free)
        struct json *json = parse(
                "{\"MACAddress\": \"0C-42-A1-00-00-01\", \"PermanentMACAddress\": \"0c:42:a1:00:00:02\"}");
        CLEANUP(json_free)
        struct json *none = parse("{\"MACAddress\": \"N/A\", \"PermanentMACAddress\": null}");
        CLEANUP(strings_done) struct strings macs = {0};
        CLEANUP(string_free) char *joined = NULL;

        (void)state;
        bmc_read_macs(json, &macs);
        bmc_read_macs(json, &macs);
        bmc_read_macs(none, &macs);
        joined = strings_join(&macs, " ");
        assert_string_equal(joined, "0c:42:a1:00:00:01 0c:42:a1:00:00:02");
}

static void tasks_end(void **state)
{
        static const struct {
                const char *text;
                enum bmc_task task;
        } rows[] = {
                {"{\"TaskState\": \"Running\"}", BMC_TASK_RUNS},
                {"{\"TaskState\": \"Completed\", \"TaskStatus\": \"OK\"}", BMC_TASK_DONE},
                {"{\"TaskState\": \"Completed\", \"TaskStatus\": \"Critical\"}", BMC_TASK_FAILED},
                {"{\"TaskState\": \"Exception\"}", BMC_TASK_FAILED},
                {"{\"TaskState\": 3}", BMC_TASK_RUNS},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(json_free) struct json *json = parse(rows[i].text);

                assert_int_equal(bmc_read_task(json), rows[i].task);
        }
}

/* ---- failures ---- */

static void failures_are_sentences(void **state)
{
        static const struct {
                const char *body, *words;
        } rows[] = {
                {"", "status 400"},
                {"<html>", "status 400"},
                {"[]", "status 400"},
                {"{\"error\": {\"message\": \"It is not so.\"}}", "It is not so (status 400)"},
                {"{\"error\": {\"message\": \"See below\", \"@Message.ExtendedInfo\": [{\"Message\": \"The "
                 "value "
                 "Cd isn't in the list.\"}, {\"MessageId\": \"x\"}, {\"Message\": \"Ask again\"}]}}",
                        "The value Cd isn't in the list; Ask again (status 400)"},
                {"{\"Messages\": [{\"Message\": \"The file isn't there.\"}]}",
                        "The file isn't there (status 400)"},
                {"{\"error\": {\"message\": \"a\\nb\\u0007\"}}", "a b (status 400)"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(web_answer_done) struct web_answer answer = {.status = 400};
                CLEANUP(string_free) char *words = NULL;

                text_add(&answer.body, rows[i].body);
                words = bmc_read_failure(&answer);
                assert_string_equal(words, rows[i].words);
        }
}

static void headers_that_count(void **state)
{
        CLEANUP(web_answer_done) struct web_answer answer = {0};
        static const char *const lines[] = {"HTTP/1.1 202 Accepted\r\n",
                "LOCATION: /redfish/v1/TaskMonitors/1\r\n", "ETag:W/\"1\"\r\n", "Retry-After: 7\r\n",
                "Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n", "etags: x\r\n", "\r\n"};

        (void)state;
        for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
                web_take_header(&answer, lines[i], strlen(lines[i]));
        assert_string_equal(answer.location, "/redfish/v1/TaskMonitors/1");
        assert_string_equal(answer.etag, "W/\"1\"");
        assert_int_equal(answer.pause_s, 7);
        assert_int_equal(answer.at_s, 1700000000);
        web_take_header(&answer, "Retry-After: Tue, 14 Nov 2023", 29);
        assert_int_equal(answer.pause_s, 0);
        web_take_header(&answer, "Retry-After: 99999999999999999999", 33);
        assert_int_equal(answer.pause_s, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(systems_of_all_forms),
                cmocka_unit_test(what_it_can_is_what_it_says),
                cmocka_unit_test(only_paths_of_redfish_are_asked_for),
                cmocka_unit_test(as_many_members_as_are_asked_for),
                cmocka_unit_test(drives_of_all_forms),
                cmocka_unit_test(macs_in_our_form),
                cmocka_unit_test(tasks_end),
                cmocka_unit_test(failures_are_sentences),
                cmocka_unit_test(headers_that_count),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
