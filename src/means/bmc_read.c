/* Reading what a BMC answers. */
#include "means/bmc_read.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

#define MOST_WORDS    64 /* of what can be asked for */
#define MOST_MESSAGES 3
#define LONGEST       300 /* of one message */
#define LONGEST_URL   4096

char *bmc_read_path(const char *location)
{
        static const char scheme[] = "https://";
        const char *path = location;

        if (path && strncasecmp(path, scheme, strlen(scheme)) == 0)
                path += strlen(scheme) + strcspn(path + strlen(scheme), "/");
        return is_redfish_path(path) ? string_copy(path) : NULL;
}

char *bmc_read_link(const struct json *object, const char *member)
{
        return bmc_read_path(json_text_at(json_member(object, member), "@odata.id"));
}

void bmc_read_members(const struct json *collection, size_t most, struct strings *ret_paths)
{
        const struct json *members = json_member(collection, "Members");

        for (size_t i = 0; i < json_count(members) && ret_paths->count < most; i++) {
                char *path = bmc_read_path(json_text_at(json_item(members, i), "@odata.id"));

                if (path)
                        strings_take(ret_paths, path);
        }
}

/* What is told to people or sent back has no control characters in it. */
static char *read_words(const char *text, size_t most)
{
        char *words = text ? string_copy_n(text, strnlen(text, most)) : NULL;

        for (char *at = words; at && *at; at++)
                if ((unsigned char)*at < ' ' || *at == 0x7f)
                        *at = ' ';
        return words;
}

static void read_allowed(const struct json *list, struct strings *ret_allowed)
{
        for (size_t i = 0; i < json_count(list) && i < MOST_WORDS; i++)
                if (json_text(json_item(list, i)))
                        strings_take(ret_allowed, read_words(json_text(json_item(list, i)), LONGEST));
}

static enum bmc_power read_power(const char *text)
{
        if (text && strcasecmp(text, "On") == 0)
                return BMC_POWER_ON;
        return text && strcasecmp(text, "Off") == 0 ? BMC_POWER_OFF : BMC_POWER_UNKNOWN;
}

static void read_boot(const struct json *boot, struct bmc_state *state)
{
        const char *enabled = json_text_at(boot, "BootSourceOverrideEnabled"),
                   *target = json_text_at(boot, "BootSourceOverrideTarget");

        read_allowed(
                json_member(boot, "BootSourceOverrideTarget@Redfish.AllowableValues"), &state->boot_targets);
        if (!enabled || !target || strcasecmp(enabled, "Disabled") == 0 || strcasecmp(target, "None") == 0)
                return;
        state->boot_target = read_words(target, LONGEST);
        state->boot_stays = strcasecmp(enabled, "Continuous") == 0;
}

/* An etag is sent back in a header. */
static char *read_etag(const struct json *object)
{
        const char *etag = json_text_at(object, "@odata.etag");

        return etag && *etag && !strpbrk(etag, "\r\n") && strlen(etag) < LONGEST ? string_copy(etag) : NULL;
}

static char *read_action(const struct json *object, const char *name)
{
        const struct json *action = json_member(json_member(object, "Actions"), name);

        return bmc_read_path(json_text_at(action, "target"));
}

void bmc_read_system(const struct json *system, struct bmc_state *state)
{
        const struct json *links = json_member(system, "Links"),
                          *reset = json_member(json_member(system, "Actions"), "#ComputerSystem.Reset");

        state->etag = read_etag(system);
        state->power = read_power(json_text_at(system, "PowerState"));
        read_boot(json_member(system, "Boot"), state);
        state->reset = read_action(system, "#ComputerSystem.Reset");
        read_allowed(json_member(reset, "ResetType@Redfish.AllowableValues"), &state->resets);
        state->interfaces = bmc_read_link(system, "EthernetInterfaces");
        state->drives = bmc_read_link(system, "VirtualMedia");
        if (!state->drives)
                state->drives = bmc_read_path(
                        json_text_at(json_item(json_member(links, "ManagedBy"), 0), "@odata.id"));
}

bool bmc_drive_is_cd(const struct json *drive)
{
        const struct json *types = json_member(drive, "MediaTypes");

        for (size_t i = 0; i < json_count(types); i++) {
                const char *type = json_text(json_item(types, i));

                if (type && (strcasecmp(type, "CD") == 0 || strcasecmp(type, "DVD") == 0))
                        return true;
        }
        return false;
}

void bmc_read_drive(const struct json *drive, struct bmc_drive *ret_drive)
{
        const char *image = json_text_at(drive, "Image");
        bool is_empty = json_is_no(json_member(drive, "Inserted"));

        ret_drive->etag = read_etag(drive);
        ret_drive->insert = read_action(drive, "#VirtualMedia.InsertMedia");
        ret_drive->eject = read_action(drive, "#VirtualMedia.EjectMedia");
        ret_drive->image = !is_empty && image && *image ? read_words(image, LONGEST_URL) : NULL;
}

void bmc_read_macs(const struct json *interface, struct strings *ret_macs)
{
        static const char *const keys[] = {"MACAddress", "PermanentMACAddress"};

        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
                const char *text = json_text_at(interface, keys[i]);
                CLEANUP(error_done) struct error none = {0}; /* then it is none */
                struct mac_address mac;
                char buffer[MAC_ADDRESS_TEXT];

                if (text && mac_address_parse(text, &mac, &none) == 0 &&
                        !strings_has(ret_macs, mac_address_format(&mac, buffer)))
                        strings_add(ret_macs, buffer);
        }
}

enum bmc_task bmc_read_task(const struct json *task)
{
        static const struct {
                const char *state;
                enum bmc_task task;
        } states[] = {
                {"Completed", BMC_TASK_DONE},
                {"Killed", BMC_TASK_FAILED},
                {"Exception", BMC_TASK_FAILED},
                {"Cancelled", BMC_TASK_FAILED},
                {"Interrupted", BMC_TASK_FAILED},
        };
        const char *state = json_text_at(task, "TaskState"), *status = json_text_at(task, "TaskStatus");

        for (size_t i = 0; state && i < sizeof(states) / sizeof(states[0]); i++)
                if (strcasecmp(state, states[i].state) == 0)
                        return states[i].task == BMC_TASK_DONE && status &&
                                               strcasecmp(status, "Critical") == 0
                                       ? BMC_TASK_FAILED
                                       : states[i].task;
        return BMC_TASK_RUNS;
}

/* ---- failures ---- */

static void add_message(struct text *text, const char *message)
{
        CLEANUP(string_free) char *words = read_words(message, LONGEST);
        size_t length = words ? strlen(words) : 0;

        while (length > 0 && (words[length - 1] == '.' || words[length - 1] == ' '))
                length--;
        if (length == 0)
                return;
        text_add(text, text->length ? "; " : "");
        text_add_n(text, words, length);
}

/* Those of a task stand in it itself. */
static const struct json *find_messages(const struct json *error, const struct json *whole)
{
        const struct json *messages = json_member(error, "@Message.ExtendedInfo");

        return messages ? messages : json_member(whole, "Messages");
}

char *bmc_read_failure(const struct web_answer *answer)
{
        CLEANUP(json_free) struct json *json = NULL;
        CLEANUP(error_done) struct error none = {0}; /* then it is no JSON, and tells nothing */
        CLEANUP(text_done) struct text text = {0};
        const struct json *error, *messages;

        if (answer->body.length > 0)
                json_read(text_string(&answer->body), answer->body.length, &json, &none);
        error = json_member(json, "error");
        messages = find_messages(error, json);
        for (size_t i = 0; i < json_count(messages) && i < MOST_MESSAGES; i++)
                add_message(&text, json_text_at(json_item(messages, i), "Message"));
        if (text.length == 0)
                add_message(&text, json_text_at(error, "message"));
        if (text.length == 0)
                return string_format("status %ld", answer->status);
        text_format(&text, " (status %ld)", answer->status);
        return text_take(&text);
}
