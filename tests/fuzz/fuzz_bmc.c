/* Whatever a BMC answers, as a system, a drive, an interface, a collection, a task or a failure: never a crash and never a leak. What
 * is asked for next is a path of Redfish's, and what is told or sent back is one line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "means/bmc_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void demand(bool holds)
{
        if (!holds)
                abort();
}

static void demand_path(const char *path)
{
        demand(!path || (strncmp(path, "/redfish/v1", strlen("/redfish/v1")) == 0 &&
                                !strpbrk(path, " \r\n") && !strstr(path, "/../")));
}

static void demand_line(const char *words)
{
        demand(!words || !strpbrk(words, "\r\n"));
}

static void read_system(const struct json *json)
{
        CLEANUP(bmc_state_done) struct bmc_state state = {0};

        bmc_read_system(json, &state);
        bmc_read_drive(json, &state.drive);
        bmc_drive_is_cd(json);
        bmc_read_task(json);
        demand_path(state.reset);
        demand_path(state.drives);
        demand_path(state.interfaces);
        demand_path(state.drive.insert);
        demand_path(state.drive.eject);
        demand_line(state.etag);
        demand_line(state.boot_target);
        demand_line(state.drive.etag);
        demand_line(state.drive.image);
        for (size_t i = 0; i < state.resets.count; i++)
                demand_line(state.resets.items[i]);
}

static void read_lists(const struct json *json)
{
        CLEANUP(strings_done) struct strings members = {0}, macs = {0};

        bmc_read_members(json, 3, &members);
        demand(members.count <= 3);
        for (size_t i = 0; i < members.count; i++)
                demand_path(members.items[i]);
        bmc_read_macs(json, &macs);
        for (size_t i = 0; i < macs.count; i++) {
                CLEANUP(error_done) struct error error = {0};
                struct mac_address mac;

                demand(mac_address_parse(macs.items[i], &mac, &error) == 0);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
        CLEANUP(web_answer_done) struct web_answer answer = {.status = 400};
        CLEANUP(string_free) char *failure = NULL;
        CLEANUP(json_free) struct json *json = NULL;
        CLEANUP(error_done) struct error error = {0};

        text_add_n(&answer.body, (const char *)bytes, count);
        failure = bmc_read_failure(&answer);
        demand_line(failure);
        if (json_read((const char *)bytes, count, &json, &error) < 0)
                return 0;
        read_system(json);
        read_lists(json);
        return 0;
}
