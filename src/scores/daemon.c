/* libvirt's daemons: one libvirtd, or one daemon a driver. Which of the two a machine has is read from its
 * unit files, never from its distribution's name, and never are both wanted.
 *
 * Health is a socket that listens, not a service that runs: Debian's libvirtd ends by itself when nobody has
 * used it for two minutes and comes back with the next connection. The services are enabled all the same,
 * because only a daemon that starts with the machine starts the objects that are to start with it. */
#include "scores/packages.h"
#include "scores/score.h"
#include "scores/unit_steps.h"

struct daemon {
        const char *socket;
        const char *
                service; /* what the socket starts, and what must be stopped to start the socket; NULL: never */
        bool is_essential; /* without it nothing of phase kvm works; the others are wanted where they are packaged */
};

/* virtlogd is never stopped: it holds the other end of the consoles of running guests. */
static const struct daemon monolithic[] = {
        {"libvirtd.socket", "libvirtd.service", true},
        {"libvirtd-ro.socket", "libvirtd.service", false},
        {"libvirtd-admin.socket", "libvirtd.service", false},
        {"virtlogd.socket", NULL, false},
        {0},
};

/* The -ro and -admin sockets of these come and go with their services. */
static const struct daemon modular[] = {
        {"virtqemud.socket", "virtqemud.service", true},
        {"virtnetworkd.socket", "virtnetworkd.service", true},
        {"virtstoraged.socket", "virtstoraged.service", true},
        {"virtnodedevd.socket", "virtnodedevd.service", false},
        {"virtsecretd.socket", "virtsecretd.service", false},
        {"virtnwfilterd.socket", "virtnwfilterd.service", false},
        {"virtinterfaced.socket", "virtinterfaced.service", false},
        {"virtproxyd.socket", "virtproxyd.service", false},
        {"virtlogd.socket", NULL, false},
        {0},
};

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
        ask_daemons(monolithic, survey);
        ask_daemons(modular, survey);
        survey_ask(survey, ASK_NETWORKS, NULL); /* does libvirt answer at all? */
}

static bool is_active(const struct answers *answers, const char *unit)
{
        const struct unit_state *found = answers_unit(answers, unit);

        return found && found->active;
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

/* Which daemons this machine has; NULL: none yet. */
static const struct daemon *find_daemons(const struct answers *answers)
{
        bool libvirtd_was_chosen = is_running(answers, monolithic) ||
                                   (is_chosen(answers, monolithic) && !is_chosen(answers, modular));

        if (is_packaged(answers, modular) && !libvirtd_was_chosen)
                return modular;
        return is_packaged(answers, monolithic) ? monolithic : NULL;
}

/* What an installation is expected to bring, and then to have done or not: the truth shows when it is there.
 */
static void plan_expected(const struct answers *answers, struct plan *plan)
{
        const struct daemon *daemons = answers->machine.manager == PACKAGES_APT ? monolithic : modular;

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
        if (daemon->service && is_active(answers, daemon->service) &&
                !string_equal(daemon->service, *stopped)) {
                why = string_format(": while it runs, %s can't be started", daemon->socket);
                unit_step(plan, daemon->service, UNIT_STOP, why);
                *stopped = daemon->service;
        }
        unit_plan_active(plan, daemon->socket, socket, false);
}

static void plan_daemon(
        const struct answers *answers, const struct daemon *daemon, const char **stopped, struct plan *plan)
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
        plan_socket(answers, daemon, stopped, plan);
        if (daemon->is_essential && service && service->failed)
                unit_step(plan, daemon->service, UNIT_RESTART, ", which has failed");
}

/* Everything listens, yet libvirt doesn't answer: a daemon that hangs is helped by a restart, which no guest
 * notices. If that doesn't help, why it doesn't is in the sentence. */
static void plan_silent(const struct answers *answers, const struct daemon *daemons, struct plan *plan)
{
        CLEANUP(string_free) char *why = NULL;

        why = string_format(": it listens, but libvirt doesn't answer (%s)",
                answers->libvirt_why ? answers->libvirt_why : "nothing came back");
        unit_step(plan, daemons->service, UNIT_RESTART, why);
}

static void daemon_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        const struct daemon *daemons = find_daemons(answers);
        const char *stopped = NULL;

        if (!daemons && packages_are_missing(wish, answers)) {
                plan_expected(answers, plan);
                return;
        }
        if (!daemons) {
                plan_block(plan,
                        "libvirt's packages are installed, but there is neither a libvirtd.socket nor a "
                        "virtqemud.socket: install them again");
                return;
        }
        if (daemons == monolithic && is_running(answers, modular))
                plan_warn(plan, "libvirtd and virtqemud are both active, and each has its own idea of what "
                                "runs: disable one");
        for (const struct daemon *daemon = daemons; daemon->socket; daemon++)
                plan_daemon(answers, daemon, &stopped, plan);
        /* To anybody but root it needn't answer. */
        if (plan_is_empty(plan) && answers->libvirt == REACH_NOT_YET && answers->machine.is_root)
                plan_silent(answers, daemons, plan);
}

const struct score score_daemon = {
        .name = "daemon",
        .summary = "libvirt's daemons listen, start with the machine, and answer",
        .ask = daemon_ask,
        .plan = daemon_plan,
        .settle_s = 30,
};
