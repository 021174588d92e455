/* libvirt's daemons: one libvirtd, or one daemon a driver. Which of the two a machine has is read from its
 * unit files, never from its distribution's name, and never are both wanted.
 *
 * Health is a socket that listens, not a service that runs: Debian's libvirtd ends by itself when nobody has
 * used it for two minutes and comes back with the next connection. The services are enabled all the same,
 * because only a daemon that starts with the machine starts the objects that are to start with it.
 *
 * What kinds of pools there can be is settled when a daemon starts: a driver that was installed later needs another start.
 *
 * A unit section that turns one kind off chooses the other; one that turns a lesser daemon off is obeyed. */
#include "config/daemon_wish.h"
#include "config/problems.h"
#include "config/storage.h"
#include "scores/packages.h"
#include "scores/score.h"
#include "scores/unit_steps.h"

static void ask_daemons(const struct daemon *daemons, struct survey *survey)
{
        for (const struct daemon *daemon = daemons; daemon->socket; daemon++) {
                survey_ask(survey, ASK_UNIT, daemon->socket);
                if (daemon->service)
                        survey_ask(survey, ASK_UNIT, daemon->service);
        }
}

static void daemon_ask(const struct wish *wish, struct survey *survey)
{
        packages_ask(wish, survey);
        ask_daemons(daemons_monolithic, survey);
        ask_daemons(daemons_modular, survey);
        survey_ask(survey, ASK_NETWORKS, NULL); /* does libvirt answer at all? */
        for (array_each(const struct pool_config *, pool, &wish->pools))
                if ((*pool)->type != POOL_DIR) /* whose driver is always there */
                        survey_ask(survey, ASK_POOL_TYPES, NULL);
}

/* Or on its way there, or from there. */
static bool is_active(const struct answers *answers, const char *unit)
{
        const struct unit_state *found = answers_unit(answers, unit);

        return found && (found->active || found->changing);
}

static bool is_enabled(const struct answers *answers, const char *unit)
{
        return unit_is_enabled(answers_unit(answers, unit));
}

static bool is_running(const struct answers *answers, const struct daemon *daemon)
{
        return is_active(answers, daemon->socket) || is_active(answers, daemon->service);
}

static bool is_chosen(const struct answers *answers, const struct daemon *daemon)
{
        return is_running(answers, daemon) || is_enabled(answers, daemon->socket) ||
               is_enabled(answers, daemon->service);
}

static bool is_packaged(const struct answers *answers, const struct daemon *daemon)
{
        return unit_is_there(answers_unit(answers, daemon->socket));
}

/* The section that turns this kind off; NULL: there is none. */
static const struct unit_config *find_refusal(const struct wish *wish, const struct daemon *daemons)
{
        for (array_each(const struct unit_config *, unit, &wish->units))
                if (unit_turns_off_kind(*unit, daemons))
                        return *unit;
        return NULL;
}

/* Which daemons this machine has and may have; NULL: none yet. */
static const struct daemon *find_daemons(const struct wish *wish, const struct answers *answers)
{
        bool libvirtd_was_chosen =
                is_running(answers, daemons_monolithic) ||
                (is_chosen(answers, daemons_monolithic) && !is_chosen(answers, daemons_modular));
        bool may_be_monolithic =
                is_packaged(answers, daemons_monolithic) && !find_refusal(wish, daemons_monolithic);

        if (is_packaged(answers, daemons_modular) && !find_refusal(wish, daemons_modular) &&
                !(may_be_monolithic && libvirtd_was_chosen))
                return daemons_modular;
        return may_be_monolithic ? daemons_monolithic : NULL;
}

/* What an installation is expected to bring, and then to have done or not: the truth shows when it is there.
 */
static void plan_expected(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        const struct daemon *daemons =
                answers->machine.manager == PACKAGES_APT ? daemons_monolithic : daemons_modular;
        const struct unit_config *refusal = find_refusal(wish, daemons);

        if (refusal) {
                CLEANUP(string_free) char *place = place_format(&refusal->object.place);

                plan_warn(plan,
                        "unit %s is turned off at %s, and libvirt's packages bring %s here: unless there are "
                        "others, that will be in the way",
                        refusal->name, place, daemons->service);
                return;
        }
        for (const struct daemon *daemon = daemons; daemon->socket; daemon++) {
                if (!daemon->is_essential)
                        continue;
                unit_plan_enabled(plan, daemon->socket, NULL, true);
                unit_plan_enabled(plan, daemon->service, NULL, true);
                unit_plan_active(plan, daemon->socket, NULL, true);
        }
}

/* systemd refuses to start a socket while the service that it would start runs. */
static void plan_socket(
        const struct answers *answers, const struct daemon *daemon, const char **stopped, struct plan *plan)
{
        const struct unit_state *socket = answers_unit(answers, daemon->socket);
        CLEANUP(string_free) char *why = NULL;

        if (socket->active)
                return;
        if (!socket->changing && daemon->service && is_active(answers, daemon->service) &&
                !string_equal(daemon->service, *stopped)) {
                why = string_format(": while it runs, %s can't be started", daemon->socket);
                unit_step(plan, daemon->service, UNIT_STOP, why);
                *stopped = daemon->service;
        }
        unit_plan_active(plan, daemon->socket, socket, false);
}

static bool is_turned_off(const struct wish *wish, const struct daemon *daemon)
{
        for (array_each(const struct unit_config *, unit, &wish->units))
                if (unit_turns_off(*unit, daemon))
                        return true;
        return false;
}

/* There are units of libvirt's, but none that may be used. */
static void plan_refused(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        const struct daemon *daemons =
                is_packaged(answers, daemons_monolithic) ? daemons_monolithic : daemons_modular;
        const struct unit_config *refusal = find_refusal(wish, daemons);
        CLEANUP(string_free) char *place = place_format(&refusal->object.place);

        plan_block(plan,
                "unit %s is turned off at %s, but there is no other daemon of libvirt's here, and guests "
                "need "
                "one: let it be enabled and active, or install %s",
                refusal->name, place,
                daemons == daemons_monolithic ? "the modular daemons (virtqemud and kin)" : "libvirtd");
}

static void plan_files(const struct answers *answers, const struct daemon *daemon, struct plan *plan)
{
        const struct unit_state *socket = answers_unit(answers, daemon->socket);
        const struct unit_state *service = answers_unit(answers, daemon->service);

        if (!unit_is_there(socket)) {
                if (daemon->is_essential)
                        plan_block(plan,
                                "unit %s doesn't exist although others of libvirt's daemons do: install "
                                "libvirt's packages again",
                                daemon->socket);
                return;
        }
        unit_plan_enabled(plan, daemon->socket, socket, false);
        if (daemon->is_essential)
                unit_plan_enabled(plan, daemon->service, service, false);
}

/* Sockets are started one right after the other: whoever connects to the first starts the service, which is in the way of
 * the second. */
static void plan_daemons(const struct wish *wish, const struct answers *answers, const struct daemon *daemons,
        struct plan *plan)
{
        const char *stopped = NULL;

        for (const struct daemon *daemon = daemons; daemon->socket; daemon++)
                if (!is_turned_off(wish, daemon))
                        plan_files(answers, daemon, plan);
        for (const struct daemon *daemon = daemons; daemon->socket; daemon++)
                if (!is_turned_off(wish, daemon) && unit_is_there(answers_unit(answers, daemon->socket)))
                        plan_socket(answers, daemon, &stopped, plan);
        for (const struct daemon *daemon = daemons; daemon->socket; daemon++) {
                const struct unit_state *service = answers_unit(answers, daemon->service);

                if (daemon->is_essential && service && service->failed && !is_turned_off(wish, daemon))
                        unit_step(plan, daemon->service, UNIT_RESTART, ", which has failed");
        }
}

/* Everything listens, yet libvirt doesn't answer: a daemon that hangs is helped by a restart, which no guest
 * notices. Its socket begins anew with it, because one that was masked while it was in use is active still, and
 * nobody listens there; and it goes first, because whoever has asked in vain is in its queue still, and systemd would start
 * the service for him as soon as it is stopped. If that doesn't help, why it doesn't is in the sentence. */
static void plan_silent(const struct answers *answers, const struct daemon *daemons, struct plan *plan)
{
        bool runs = is_active(answers, daemons->service); /* then its socket can't be started */
        CLEANUP(string_free) char *why = NULL;

        why = string_format(": it listens, but libvirt doesn't answer (%s)",
                answers->libvirt_why ? answers->libvirt_why : "nothing came back");
        if (!runs) {
                unit_step(plan, daemons->socket, UNIT_RESTART, why);
                return;
        }
        unit_step(plan, daemons->socket, UNIT_STOP, why);
        unit_step(plan, daemons->service, UNIT_STOP, "");
        unit_step(plan, daemons->socket, UNIT_START, "");
}

/* The first type of the wished pools that libvirt has no driver for; NULL: none. */
static const char *find_missing_type(const struct wish *wish, const struct answers *answers)
{
        if (answers->pool_types.count == 0)
                return NULL;
        for (array_each(const struct pool_config *, pool, &wish->pools))
                if (!strings_has(&answers->pool_types, pool_type_name((*pool)->type)))
                        return pool_type_name((*pool)->type);
        return NULL;
}

static void plan_missing_type(const struct daemon *daemons, const char *type, struct plan *plan)
{
        const struct daemon *storage = daemons;
        CLEANUP(string_free)
        char *why = string_format(", which runs without its driver for pools of type %s", type);

        while (storage[1].socket && !storage->keeps_pools)
                storage++;
        unit_step(plan, storage->service, UNIT_RESTART, why);
}

static void daemon_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        const struct daemon *daemons = find_daemons(wish, answers);

        if (!daemons && packages_are_missing(wish, answers)) {
                plan_expected(wish, answers, plan);
                return;
        }
        if (!daemons && (is_packaged(answers, daemons_monolithic) || is_packaged(answers, daemons_modular))) {
                plan_refused(wish, answers, plan);
                return;
        }
        if (!daemons) {
                plan_block(plan,
                        "libvirt's packages are installed, but there is neither a libvirtd.socket nor a "
                        "virtqemud.socket: install them again");
                return;
        }
        if (daemons == daemons_monolithic && is_running(answers, daemons_modular))
                plan_warn(plan, "libvirtd and virtqemud are both active, and each has its own idea of what "
                                "runs: disable one");
        plan_daemons(wish, answers, daemons, plan);
        if (plan_is_empty(plan) && find_missing_type(wish, answers))
                plan_missing_type(daemons, find_missing_type(wish, answers), plan);
        /* To anybody but root it needn't answer. */
        if (plan_is_empty(plan) && answers->libvirt == REACH_NOT_YET && answers->machine.is_root)
                plan_silent(answers, daemons, plan);
}

static void daemon_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        (void)answers;
        survey_ask(survey, ASK_NETWORKS, NULL);
        survey_ask(survey, ASK_UNIT, daemons_monolithic->socket);
        survey_ask(survey, ASK_UNIT, daemons_modular->socket);
}

/* What we made in a libvirt that doesn't answer would stay, and its packages would go from under it. One that is no longer
 * installed (another controller has undone it) took all of that along. */
static void daemon_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        (void)wish;
        if (answers->libvirt != REACH_NOT_YET || !answers->libvirt_why ||
                (!is_packaged(answers, daemons_monolithic) && !is_packaged(answers, daemons_modular)))
                return;
        for (array_each(const struct owned_thing, thing, &answers->owned)) {
                if (!string_equal(thing->kind, "network") && !string_equal(thing->kind, "pool") &&
                        !string_equal(thing->kind, "guest"))
                        continue;
                plan_block(plan,
                        "%s %s is ours, but libvirt doesn't answer (%s): start its daemon, then undo again",
                        thing->kind, thing->name, answers->libvirt_why);
                return;
        }
}

const struct score score_daemon = {
        .name = "daemon",
        .summary = "libvirt's daemons listen, start with the machine, and answer",
        .ask = daemon_ask,
        .plan = daemon_plan,
        .ask_undo = daemon_ask_undo,
        .undo = daemon_undo,
        .settle_s = 30,
};
