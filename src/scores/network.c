/* libvirt networks. They are compared by what they mean: libvirt rewrites the XML it is given.
 *
 *                      says the same                    differs
 *   not there          define, start                    -
 *   ours, active       nothing (restart, if it runs     edit it while it runs where libvirt can,
 *                      otherwise than defined, or       else recreate it
 *                      without its bridge or dnsmasq)
 *   ours, inactive     start                            define again, start
 *   not ours           use it: start, autostart         blocked, with every difference
 */
#include <sys/socket.h>

#include "scores/network_conflicts.h"
#include "scores/network_edits.h"
#include "scores/network_order.h"
#include "scores/others.h"
#include "scores/score.h"

static void network_ask(const struct wish *wish, struct survey *survey)
{
        if (wish->networks.count == 0)
                return;
        survey_ask(survey, ASK_NETWORKS, NULL);
        survey_ask(survey, ASK_ROUTES, NULL);
        survey_ask(survey, ASK_INTERFACES, NULL);
}

/* One network, its wish, and what is to be said about it. */
struct look {
        const struct network_config *wanted;
        const struct network_state *found;
        struct strings differences; /* of the definition */
        struct strings faults;      /* what is missing of it although libvirt calls it active */
        bool expected;              /* libvirt can't be asked yet */
        struct plan *plan;
};

static void look_done(struct look *look)
{
        strings_done(&look->differences);
        strings_done(&look->faults);
}

static void find_differences(struct look *look)
{
        if (!look->found)
                return;
        network_differences(&look->wanted->network, &look->found->network, &look->differences);
        for (array_each(char *, element, &look->found->unmodelled))
                strings_take(
                        &look->differences, string_format("has <%s>, which host.conf can't say", *element));
}

/* The kernel has a route to what an interface that is up has an address in. (IPv6 may be slower with it.) */
static bool lacks_route(const struct answers *answers, const struct network *network, const char *bridge)
{
        if (network->address.address.family != AF_INET)
                return false;
        for (array_each(const struct route, route, &answers->routes))
                if (string_equal(route->interface, bridge) &&
                        subnet_overlaps(&route->subnet, &network->address))
                        return false;
        return true;
}

static void find_faults(const struct answers *answers, struct look *look)
{
        const struct service_state *service;
        const struct network *running;
        const char *bridge;

        if (!look->found || !look->found->active)
                return;
        bridge = network_state_bridge(look->found);
        service = answers_service(answers, look->found->network.name);
        running = look->found->running ? look->found->running : &look->found->network;
        if (bridge && !answers_interface(answers, bridge))
                strings_take(&look->faults, string_format("its bridge %s is gone", bridge));
        else if (bridge && lacks_route(answers, running, bridge))
                strings_take(&look->faults,
                        string_format("its bridge %s is down, or has lost its address", bridge));
        if (service && !service->is_served && network_state_is_served(look->found))
                strings_add(&look->faults, "its dnsmasq has ended");
}

static void fill(const struct look *look, struct step *step)
{
        step->network.wanted = look->wanted;
        step->network.found = look->found;
        step->expected = look->expected;
}

static void plan_define(const struct look *look)
{
        const struct network *network = &look->wanted->network;
        char address[SUBNET_TEXT];
        const char *where = network->bridge ? network->bridge : "no address";

        if (network->address.address.family)
                where = subnet_format(&network->address, address);
        fill(look, plan_add(look->plan, STEP_NETWORK_DEFINE, "define network %s (%s, %s)", network->name,
                           network_mode_name(network->mode), where));
}

static void plan_define_again(const struct look *look)
{
        CLEANUP(string_free) char *words = strings_join(&look->differences, "; ");

        fill(look, plan_add(look->plan, STEP_NETWORK_DEFINE, "define network %s again: %s",
                           look->wanted->network.name, words));
}

static void plan_recreate(const struct look *look, const struct strings *differences)
{
        CLEANUP(strings_done) struct strings reasons = {0};
        CLEANUP(string_free) char *words = NULL;

        strings_copy(&reasons, differences);
        strings_copy(&reasons, &look->faults);
        words = strings_join(&reasons, "; ");
        fill(look, plan_add(look->plan, STEP_NETWORK_RECREATE,
                           "recreate network %s, whose guests lose their link for a moment: %s",
                           look->wanted->network.name, words));
}

/* It stays as it is defined, which has to last longer than the restart. */
static void plan_restart(const struct look *look)
{
        const char *name = look->wanted->network.name;
        CLEANUP(string_free) char *words = strings_join(&look->faults, "; ");

        if (!look->found->persistent)
                fill(look, plan_add(look->plan, STEP_NETWORK_DEFINE,
                                   "define network %s, which would be gone when it is stopped", name));
        fill(look, plan_add(look->plan, STEP_NETWORK_RESTART,
                           "restart network %s, with its guests attached again: %s", name, words));
}

/* What isn't ours is used as it is or not at all; true when it can't be. */
static bool is_foreign(const struct look *look)
{
        const char *name = look->wanted->network.name;
        CLEANUP(string_free) char *words = NULL;

        if (!look->found || look->found->ours)
                return false;
        if (look->differences.count) {
                words = strings_join(&look->differences, "; ");
                plan_block(look->plan,
                        "network %s is there, is not ours and differs (%s): rename the wanted network, make "
                        "the "
                        "configuration say the same, or remove the one that is there",
                        name, words);
                return true;
        }
        if (look->found->live_differences.count) {
                words = strings_join(&look->found->live_differences, "; ");
                plan_block(look->plan,
                        "network %s is there, is not ours and runs otherwise than it is defined (%s): "
                        "restart "
                        "it when its guests allow",
                        name, words);
                return true;
        }
        if (look->faults.count) {
                words = strings_join(&look->faults, "; ");
                plan_block(look->plan,
                        "network %s is there, is not ours and doesn't work (%s): restart it when its guests "
                        "allow",
                        name, words);
                return true;
        }
        return false;
}

/* A network on a bridge that is the machine's own: that one we don't make. */
static bool lacks_bridge(const struct answers *answers, const struct network *wanted, struct plan *plan)
{
        const struct interface_state *bridge;

        if (wanted->mode != NETWORK_BRIDGE)
                return false;
        bridge = answers_interface(answers, wanted->bridge);
        if (bridge && network_owns_interface(answers, NULL, wanted->bridge))
                plan_block(plan,
                        "network %s: bridge %s is one that libvirt makes for a network: name a bridge of the "
                        "machine's own",
                        wanted->name, wanted->bridge);
        else if (bridge && bridge->is_bridge)
                return false;
        else if (bridge)
                plan_block(plan,
                        "network %s: interface %s is not a bridge: name a bridge, or make one with the "
                        "machine's own "
                        "network configuration",
                        wanted->name, wanted->bridge);
        else
                plan_block(plan,
                        "network %s: there is no bridge %s: make it with the machine's own network "
                        "configuration",
                        wanted->name, wanted->bridge);
        return true;
}

/* Not what is there for guests only: the bridges of networks, and the ends of their interfaces. */
static bool may_be_uplink(const struct answers *answers, const char *interface)
{
        static const char taps[] = "vnet"; /* libvirt's name for them */

        return !string_equal(interface, "lo") && strncmp(interface, taps, strlen(taps)) != 0 &&
               !network_owns_interface(answers, NULL, interface);
}

/* libvirt takes any name, and guests then reach nothing. */
static bool lacks_uplink(const struct answers *answers, const struct network *wanted, struct plan *plan)
{
        CLEANUP(strings_done) struct strings others = {0};
        CLEANUP(string_free) char *words = NULL;

        if (!wanted->uplink || answers_interface(answers, wanted->uplink))
                return false;
        for (array_each(const struct interface_state, interface, &answers->interfaces))
                if (may_be_uplink(answers, interface->name))
                        strings_add(&others, interface->name);
        words = strings_join(&others, ", ");
        plan_block(plan,
                "network %s: its uplink %s isn't an interface of this machine, which has %s: name one of "
                "them, or leave uplink out to let guests' traffic take any",
                wanted->name, wanted->uplink, others.count ? words : "none");
        return true;
}

/* The network runs and can go on running: what differs, if anything, is edited. */
static bool goes_on(const struct look *look)
{
        const struct network_state *found = look->found;

        if (!found || !found->active || look->faults.count)
                return false;
        if (found->running)
                return !found->runs_unmodelled && network_is_editable(&look->wanted->network, found->running);
        if (look->differences.count == 0)
                return true;
        return found->unmodelled.count == 0 && network_is_editable(&look->wanted->network, &found->network);
}

/* Without a moment in which guests lose their link. */
static void plan_while_it_runs(const struct look *look)
{
        const struct network_state *found = look->found;

        if (found->running && look->differences.count)
                plan_define_again(look);
        if (found->running || look->differences.count)
                network_plan_edits(look->wanted, found, look->plan);
}

static void plan_start(const struct answers *answers, const struct look *look)
{
        const char *name = look->wanted->network.name;
        struct step *step;

        if (!look->found || !network_has_leftover(answers, look->found)) {
                fill(look, plan_add(look->plan, STEP_NETWORK_START, "start network %s", name));
                return;
        }
        step = plan_add(look->plan, STEP_NETWORK_START,
                "start network %s, and before that remove bridge %s, which a start that was cut off left",
                name, look->found->network.bridge);
        fill(look, step);
        step->network.has_leftover = true;
}

/* Everything up to a network that is defined and active as wished. */
static void plan_content(const struct answers *answers, const struct look *look)
{
        const char *name = look->wanted->network.name;
        const struct network_state *found = look->found;
        bool is_active = found && found->active;

        if (!found)
                plan_define(look);
        else if (look->differences.count && !is_active)
                plan_define_again(look);
        else if (goes_on(look))
                plan_while_it_runs(look);
        else if (look->differences.count)
                plan_recreate(look, &look->differences);
        else if (found->live_differences.count)
                plan_recreate(look, &found->live_differences);
        else if (look->faults.count)
                plan_restart(look);
        if (found && !found->persistent && goes_on(look))
                fill(look,
                        plan_add(look->plan, STEP_NETWORK_DEFINE,
                                "define network %s, which is active but would be gone after a reboot", name));
        if (!is_active)
                plan_start(answers, look);
}

static void plan_autostart(const struct look *look)
{
        bool autostart = look->wanted->autostart;

        if (autostart == (look->found && look->found->autostart))
                return;
        fill(look, plan_add(look->plan, STEP_NETWORK_AUTOSTART, "%s network %s start with the machine",
                           autostart ? "let" : "don't let", look->wanted->network.name));
}

static void plan_network(const struct wish *wish, const struct answers *answers,
        const struct network_config *wanted, struct plan *plan)
{
        CLEANUP(look_done) struct look look = {.wanted = wanted, .plan = plan};

        look.expected = answers->libvirt != REACH_ANSWERED;
        look.found = look.expected ? NULL : answers_network(answers, wanted->network.name);
        find_differences(&look);
        find_faults(answers, &look);
        if (lacks_bridge(answers, &wanted->network, plan) || lacks_uplink(answers, &wanted->network, plan) ||
                is_foreign(&look))
                return;
        if (!goes_on(&look) && network_has_conflicts(wish, answers, &wanted->network, plan))
                return;
        plan_content(answers, &look);
        plan_autostart(&look);
}

static void plan_stop(const struct network_turn *turn, struct plan *plan)
{
        struct step *step = plan_add(plan, STEP_NETWORK_STOP,
                "stop network %s, whose guests have no link until it is recreated: network %s gets its "
                "address",
                turn->wanted->network.name, turn->gets->network.name);

        step->network.wanted = turn->wanted;
        step->network.found = turn->stopped;
}

static void network_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        CLEANUP(network_turns_done) struct network_turns turns = {0};

        network_turns_find(wish, answers, plan, &turns);
        for (array_each(const struct network_turn, turn, &turns.items))
                if (turn->stopped)
                        plan_stop(turn, plan);
                else
                        plan_network(wish, answers, turn->wanted, plan);
}

static void network_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        (void)answers;
        survey_ask(survey, ASK_NETWORKS, NULL);
        survey_ask(survey, ASK_INTERFACES, NULL);
        survey_ask(survey, ASK_GUESTS, NULL);
}

static void plan_removal(const struct answers *answers, const struct network_state *found, struct plan *plan)
{
        CLEANUP(string_free) char *users = others_in_network(answers, found);
        struct step *step;

        if (users) {
                plan_warn(
                        plan, "network %s stays: %s; remove that and undo again", found->network.name, users);
                return;
        }
        step = plan_add(plan, STEP_NETWORK_REMOVE, "remove network %s", found->network.name);
        step->network.found = found;
        step->network.has_leftover = network_has_leftover(answers, found);
}

/* Ours is what carries our mark, whoever made it from where. */
static void network_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        (void)wish;
        for (array_each(const struct network_state, found, &answers->networks))
                if (found->ours)
                        plan_removal(answers, found, plan);
}

const struct score score_network = {
        .name = "network",
        .summary = "virtual networks are defined, active and start with the machine as configured",
        .ask = network_ask,
        .plan = network_plan,
        .ask_undo = network_ask_undo,
        .undo = network_undo,
        .settle_s = 5,
};
