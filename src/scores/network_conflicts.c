#include "scores/network_conflicts.h"

#include <sys/socket.h>

/* How libvirt names the bridges that it chooses. While it can't be asked, its own can't be told from others'.
 */
#define LIBVIRT_BRIDGES "virbr"

/* A route this wide says "everything else" and not "these addresses are there": the default route, its halves
 * (as VPNs set them), IPv6's 2000::/3. */
static bool is_wide(const struct subnet *subnet)
{
        return subnet->prefix <= (subnet->address.family == AF_INET6 ? 3 : 1);
}

bool network_has_leftover(const struct answers *answers, const struct network_state *network)
{
        const struct interface_state *bridge = NULL;

        if (network->ours && !network->active && network->network.mode != NETWORK_BRIDGE &&
                network->network.bridge)
                bridge = answers_interface(answers, network->network.bridge);
        return bridge && bridge->is_bridge && bridge->mac && string_equal(bridge->mac, network->bridge_mac);
}

bool network_owns_interface(
        const struct answers *answers, const struct network *wanted, const char *interface)
{
        if (answers->libvirt != REACH_ANSWERED)
                return strncmp(interface, LIBVIRT_BRIDGES, strlen(LIBVIRT_BRIDGES)) == 0 ||
                       (wanted && string_equal(interface, wanted->bridge));
        for (array_each(const struct network_state, network, &answers->networks)) {
                if (network_has_leftover(answers, network) &&
                        string_equal(network->network.bridge, interface))
                        return true;
                if (network->active && network->network.mode != NETWORK_BRIDGE &&
                        (string_equal(network->network.bridge, interface) ||
                                string_equal(network_state_bridge(network), interface)))
                        return true;
        }
        return false;
}

/* libvirt minds only networks that are active at the same time: one that isn't and won't be (as the "default" that
 * Debian's packages bring) is in nobody's way. */
static void judge_address(const struct network *wanted, const struct network_state *state, struct plan *plan)
{
        const struct network *other = &state->network;
        char ours[SUBNET_TEXT], theirs[SUBNET_TEXT];

        if (!wanted->address.address.family || !other->address.address.family ||
                !subnet_overlaps(&wanted->address, &other->address))
                return;
        subnet_format(&wanted->address, ours);
        subnet_format(&other->address, theirs);
        if (state->active || state->autostart)
                plan_block(plan,
                        "network %s: its address %s overlaps network %s (%s): choose another, or remove that "
                        "network",
                        wanted->name, ours, other->name, theirs);
        else
                plan_warn(plan,
                        "network %s: its address %s overlaps network %s (%s): only one of the two can be "
                        "active",
                        wanted->name, ours, other->name, theirs);
}

/* Two networks can share the machine's own bridge, but not one that libvirt makes. */
static void judge_bridge(const struct network *wanted, const struct network *other, struct plan *plan)
{
        if (!wanted->bridge || !string_equal(wanted->bridge, other->bridge) ||
                (wanted->mode == NETWORK_BRIDGE && other->mode == NETWORK_BRIDGE))
                return;
        plan_block(plan, "network %s: its bridge %s belongs to network %s: choose another name", wanted->name,
                wanted->bridge, other->name);
}

static const struct network *find_wished(const struct wish *wish, const char *name)
{
        for (array_each(const struct network_config *, network, &wish->networks))
                if (string_equal((*network)->network.name, name))
                        return &(*network)->network;
        return NULL;
}

/* Those that are wished, too, have gone out of the way by then, or keep the bridge that libvirt chose. */
static void find_networks(const struct wish *wish, const struct answers *answers,
        const struct network *wanted, struct plan *plan)
{
        for (array_each(const struct network_state, other, &answers->networks)) {
                const struct network *to_be = find_wished(wish, other->network.name);

                if (string_equal(other->network.name, wanted->name))
                        continue;
                if (!to_be)
                        judge_address(wanted, other, plan);
                if (!to_be || !to_be->bridge)
                        judge_bridge(wanted, &other->network, plan);
        }
}

static void find_routes(const struct answers *answers, const struct network *wanted, struct plan *plan)
{
        char ours[SUBNET_TEXT], theirs[SUBNET_TEXT];

        if (!wanted->address.address.family)
                return;
        for (array_each(const struct route, route, &answers->routes)) {
                if (is_wide(&route->subnet) || network_owns_interface(answers, wanted, route->interface) ||
                        !subnet_overlaps(&wanted->address, &route->subnet))
                        continue;
                plan_block(plan,
                        "network %s: its address %s overlaps %s, which the machine reaches through %s: "
                        "choose another",
                        wanted->name, subnet_format(&wanted->address, ours),
                        subnet_format(&route->subnet, theirs), route->interface);
        }
}

/* libvirt makes a network's bridge itself, and refuses where an interface of that name is there. */
static void find_bridge(const struct answers *answers, const struct network *wanted, struct plan *plan)
{
        if (wanted->mode == NETWORK_BRIDGE || !wanted->bridge ||
                !answers_interface(answers, wanted->bridge) ||
                network_owns_interface(answers, wanted, wanted->bridge))
                return;
        plan_block(plan,
                "network %s: its bridge %s is to be made, but there is an interface of that name: choose "
                "another "
                "name",
                wanted->name, wanted->bridge);
}

bool network_has_conflicts(const struct wish *wish, const struct answers *answers,
        const struct network *wanted, struct plan *plan)
{
        size_t before = plan->blocks.count;

        find_networks(wish, answers, wanted, plan);
        find_routes(answers, wanted, plan);
        find_bridge(answers, wanted, plan);
        return plan->blocks.count > before;
}
