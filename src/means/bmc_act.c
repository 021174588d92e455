/* Telling a BMC what to do with its machine. Each step looks first, for what the plan saw may be some time ago, and does nothing
 * that is done already. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/record.h"
#include "means/bmc_parts.h"

#define AGAIN_MS   1000
#define SHUTDOWN_S 120 /* for a system to end by itself */

/* A machine that is being told something. */
struct telling {
        const struct work *work;
        const struct machine_config *config;
        struct session_with_bmc *session;
        struct bmc_patience patience;
        struct bmc_state state;
};

static int look(struct telling *telling, bool with_drive, struct error *error)
{
        return bmc_look(telling->session, with_drive, &telling->patience, &telling->state, error);
}

static struct telling begin(const struct work *work)
{
        const struct machine_config *config = work->step->bmc.machine;

        return (struct telling) {.work = work,
                .config = config,
                .session = bmcs_find(work->bmcs, config),
                .patience = {.deadline = work->deadline, .work = work}};
}

static int end(struct telling *telling, int result, struct error *error)
{
        bmc_state_done(&telling->state);
        if (result == 0)
                return 0;
        bmc_close(telling->session);
        if (error->kind == ERROR_FAILED && link_wait(telling->work->link, deadline_in_ms(0), error) < 0)
                return -1;
        return error_prefix(error, "machine %s", telling->config->name);
}

static void say(const struct telling *telling, const char *line)
{
        const struct means_progress *progress = telling->work->progress;

        if (progress)
                progress->line(progress->context, line);
}

static int send(struct telling *telling, const char *method, const char *path, const char *etag,
        struct record *body, struct error *error)
{
        CLEANUP(string_free) char *text = record_take(body);
        CLEANUP(web_answer_done) struct web_answer answer = {0};

        return bmc_ask(telling->session,
                &(const struct web_request) {.method = method,
                        .path = path,
                        .type = "application/json",
                        .body = text,
                        .etag = etag},
                &telling->patience, &answer, error);
}

/* Before anything is changed it is the right machine. */
static int look_and_check(struct telling *telling, bool with_drive, struct error *error)
{
        if (look(telling, with_drive, error) < 0)
                return -1;
        return bmc_check_mac(telling->session, &telling->state, &telling->patience, error);
}

/* ---- waiting for it ---- */

static int wait_for_answer(struct telling *telling, struct error *error)
{
        CLEANUP(string_free) char *last = NULL;

        for (;;) {
                CLEANUP(error_done) struct error failure = {0};
                const char *why = "it says neither on nor off";

                if (look(telling, false, &failure) == 0 && telling->state.power != BMC_POWER_UNKNOWN)
                        return 0;
                if (failure.kind == ERROR_REFUSED || failure.kind == ERROR_INTERRUPTED ||
                        failure.kind == ERROR_UNREACHABLE)
                        return error_move(error, &failure);
                if (failure.kind != ERROR_NONE) {
                        bmc_close(telling->session);
                        why = error_text(&failure);
                }
                /* What the end of the time itself cut off tells nothing. */
                if (!string_equal(last, why) && !(last && deadline_passed(telling->patience.deadline))) {
                        free(last);
                        last = string_copy(why);
                        say(telling, why);
                }
                if (!bmc_rest(&telling->patience, AGAIN_MS))
                        return error_set(error,
                                deadline_passed(telling->patience.deadline) ? ERROR_DEADLINE
                                                                            : ERROR_INTERRUPTED,
                                "%s", last);
        }
}

int bmc_wait(const struct work *work, struct error *error)
{
        struct telling telling = begin(work);

        return end(&telling, wait_for_answer(&telling, error), error);
}

/* ---- its drive ---- */

static int insert(struct telling *telling, struct error *error)
{
        const struct bmc_drive *drive = &telling->state.drive;
        struct record *body;

        if (look_and_check(telling, true, error) < 0)
                return -1;
        if (string_equal(drive->image, telling->config->iso))
                return 0;
        if (!drive->path)
                return error_set(error, ERROR_FAILED, "its BMC has no drive for CDs");
        if (drive->image)
                return error_set(error, ERROR_BLOCKED, "%s is in its BMC's drive", drive->image);
        body = record_new();
        record_string(body, "Image", telling->config->iso);
        record_boolean(body, "Inserted", true);
        record_boolean(body, "WriteProtected", true);
        if (drive->insert)
                return send(telling, "POST", drive->insert, NULL, body, error);
        return send(telling, "PATCH", drive->path, drive->etag, body, error);
}

int bmc_insert(const struct work *work, struct error *error)
{
        struct telling telling = begin(work);

        return end(&telling, insert(&telling, error), error);
}

static int eject(struct telling *telling, struct error *error)
{
        const struct bmc_drive *drive = &telling->state.drive;
        struct record *body;

        if (look_and_check(telling, true, error) < 0)
                return -1;
        if (!drive->path || !drive->image)
                return 0;
        body = record_new();
        if (drive->eject)
                return send(telling, "POST", drive->eject, NULL, body, error);
        record_boolean(body, "Inserted", false);
        return send(telling, "PATCH", drive->path, drive->etag, body, error);
}

int bmc_eject(const struct work *work, struct error *error)
{
        struct telling telling = begin(work);

        return end(&telling, eject(&telling, error), error);
}

/* ---- what it boots from ---- */

static int set_boot(struct telling *telling, const char *enabled, const char *target, struct error *error)
{
        struct record *body = record_new(), *boot = record_object(body, "Boot");

        record_string(boot, "BootSourceOverrideEnabled", enabled);
        record_string(boot, "BootSourceOverrideTarget", target);
        return send(telling, "PATCH", telling->state.path, telling->state.etag, body, error);
}

/* Some take no "Disabled"; then its disk is what it is to boot from. */
static int reset_boot(struct telling *telling, struct error *error)
{
        CLEANUP(error_done) struct error refused = {0};

        if (set_boot(telling, "Disabled", NULL, &refused) == 0)
                return 0;
        if (refused.kind != ERROR_FAILED || !bmc_can(&telling->state.boot_targets, "Hdd"))
                return error_move(error, &refused);
        return set_boot(telling, "Continuous", "Hdd", error);
}

static int change_boot(struct telling *telling, struct error *error)
{
        const char *target = telling->work->step->bmc.target;

        if (look_and_check(telling, false, error) < 0)
                return -1;
        if (!target)
                return reset_boot(telling, error);
        return string_equal(telling->state.boot_target, target) ? 0
                                                                : set_boot(telling, "Once", target, error);
}

int bmc_boot(const struct work *work, struct error *error)
{
        struct telling telling = begin(work);

        return end(&telling, change_boot(&telling, error), error);
}

/* ---- power ---- */

static int ask_reset(struct telling *telling, const char *type, struct error *error)
{
        struct record *body;

        if (!telling->state.reset)
                return error_set(error, ERROR_FAILED, "its BMC has no action that switches it on or off");
        body = record_new();
        record_string(body, "ResetType", type);
        return send(telling, "POST", telling->state.reset, NULL, body, error);
}

/* 1: it has come to it; 0: not within that time. */
static int wait_for_power(
        struct telling *telling, enum bmc_power wanted, struct deadline until, struct error *error)
{
        while (look(telling, false, error) == 0) {
                if (telling->state.power == wanted)
                        return 1;
                if (deadline_passed(until))
                        return 0;
                if (!bmc_rest(&telling->patience, AGAIN_MS))
                        return deadline_passed(telling->patience.deadline)
                                       ? 0
                                       : error_set(error, ERROR_INTERRUPTED, "no longer waited for");
        }
        return -1;
}

static int need_power(struct telling *telling, enum bmc_power wanted, const char *type, struct deadline until,
        struct error *error)
{
        if (ask_reset(telling, type, error) < 0)
                return -1;
        return wait_for_power(telling, wanted, until, error);
}

static int switch_on(struct telling *telling, struct error *error)
{
        int result = need_power(telling, BMC_POWER_ON,
                bmc_can(&telling->state.resets, "On") ? "On" : "ForceOn", telling->patience.deadline, error);

        return result == 0 ? error_set(error, ERROR_DEADLINE, "its BMC was told, and it isn't on") : result;
}

static int switch_off(struct telling *telling, struct error *error)
{
        int result = 0;

        if (bmc_can(&telling->state.resets, "GracefulShutdown"))
                result = need_power(telling, BMC_POWER_OFF, "GracefulShutdown",
                        deadline_min(telling->patience.deadline, deadline_in_s(SHUTDOWN_S)), error);
        if (result != 0)
                return result;
        say(telling, "its system doesn't end by itself: it is switched off");
        result = need_power(telling, BMC_POWER_OFF, "ForceOff", telling->patience.deadline, error);
        return result == 0 ? error_set(error, ERROR_DEADLINE, "its BMC was told, and it isn't off") : result;
}

static int change_power(struct telling *telling, struct error *error)
{
        bool on = telling->work->step->bmc.on;
        int result;

        if (look_and_check(telling, false, error) < 0)
                return -1;
        if (telling->state.power == (on ? BMC_POWER_ON : BMC_POWER_OFF))
                return 0;
        result = on ? switch_on(telling, error) : switch_off(telling, error);
        return result < 0 ? -1 : 0;
}

int bmc_power(const struct work *work, struct error *error)
{
        struct telling telling = begin(work);

        return end(&telling, change_power(&telling, error), error);
}
