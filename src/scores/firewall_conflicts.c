#include "scores/firewall_conflicts.h"

#include <sys/socket.h>

/* NULL: none has it. */
static const char *find_interface(const struct answers *answers, const struct ip_address *address)
{
        for (array_each(const struct interface_address, own, &answers->firewall.addresses))
                if (ip_address_equal(&own->address, address))
                        return own->interface;
        return NULL;
}

static bool is_loopback(const struct ip_address *address)
{
        static const struct ip_address v6 = {AF_INET6, {[15] = 1}};

        return ip_address_equal(address, &v6) || (address->family == AF_INET && address->bytes[0] == 127);
}

/* ---- this run ---- */

static bool lets_us_in(const struct firewall *firewall, const struct firewall_state *state)
{
        return firewall_has_port(firewall, PORT_TCP, state->ssh_port) &&
               firewall_admits(firewall, &state->ssh_client);
}

/* By which we may come in, and which doesn't let us; NULL: none. An address of no interface, or of the loopback one, may be
 * reached over any. */
static const struct firewall *find_lockout(
        const struct firewalls *wanted, const struct firewall_state *state, const char *interface)
{
        if (interface && !string_equal(interface, "lo")) {
                const struct firewall *firewall = firewalls_of(wanted, interface);

                return firewall && !lets_us_in(firewall, state) ? firewall : NULL;
        }
        for (array_each(const struct firewall *const, firewall, &wanted->list))
                if (!lets_us_in(*firewall, state))
                        return *firewall;
        return NULL;
}

static char *lockout_words(
        const struct firewall *firewall, const struct firewall_state *state, const char *interface)
{
        CLEANUP(string_free) char *over = string_copy("it can't be told over which interface");
        char client[IP_TEXT];

        if (interface && !string_equal(interface, "lo")) {
                string_free(&over);
                over = string_format("over %s", interface);
        }
        ip_address_format(&state->ssh_client, client);
        if (!firewall_has_port(firewall, PORT_TCP, state->ssh_port))
                return string_format("firewall %s would shut out port %u, by which this run is connected "
                                     "(from %s, %s): add "
                                     "\"%u\" to its ports",
                        firewall->name, state->ssh_port, client, over, state->ssh_port);
        return string_format(
                "firewall %s would shut out %s, from where this run is connected (to port %u, %s): add "
                "\"%s/%u\" or its network to from",
                firewall->name, client, state->ssh_port, over, client, ip_address_bits(&state->ssh_client));
}

bool firewall_plan_lockout(const struct wish *wish, const struct answers *answers,
        const struct firewalls *wanted, struct plan *plan)
{
        const struct firewall_state *state = &answers->firewall;
        const char *interface = find_interface(answers, &state->ssh_server);
        const struct firewall *firewall;
        CLEANUP(string_free) char *words = NULL;

        if (!state->ssh_client.family || is_loopback(&state->ssh_server))
                return false;
        firewall = find_lockout(wanted, state, interface);
        if (!firewall)
                return false;
        words = lockout_words(firewall, state, interface);
        if (wish->host->connect.is_local) { /* it is the login that the run was begun from */
                plan_warn(plan, "%s", words);
                return false;
        }
        plan_block(plan, "%s", words);
        return true;
}

/* ---- others ---- */

static void warn_of_interfaces(
        const struct answers *answers, const struct firewalls *wanted, struct plan *plan)
{
        for (array_each(const struct firewall *const, firewall, &wanted->list))
                for (array_each(char *, name, &(*firewall)->interfaces))
                        if (answers->interfaces.count > 0 && !answers_interface(answers, *name))
                                plan_warn(plan,
                                        "firewall %s: there is no interface %s yet: what comes in over "
                                        "another isn't "
                                        "filtered",
                                        (*firewall)->name, *name);
}

static void warn_of_chains(const struct answers *answers, struct plan *plan)
{
        for (array_each(const struct dropping_chain, chain, &answers->firewall.dropping)) {
                if (strings_has(&answers->firewall.ufw_tables, chain->table))
                        plan_warn(plan,
                                "ufw is at work (chain %s of table %s) and drops what it doesn't know: what "
                                "is let in "
                                "here has to be let in there, too, by ufw allow",
                                chain->name, chain->table);
                else
                        plan_warn(plan,
                                "chain %s of table %s, which isn't ours, drops what it doesn't know: what is "
                                "let in "
                                "here has to be let in there, too",
                                chain->name, chain->table);
        }
}

static void warn_of_bind(const struct answers *answers, const struct firewalls *wanted, const char *service,
        const struct socket_address *bind, struct plan *plan)
{
        const char *interface = find_interface(answers, &bind->address);
        char at[SOCKET_TEXT];

        for (array_each(const struct firewall *const, firewall, &wanted->list)) {
                bool is_met = ip_address_is_any(&bind->address) ||
                              (interface && firewall_filters(*firewall, interface));

                if (is_met && !firewall_has_port(*firewall, PORT_TCP, bind->port))
                        plan_warn(plan,
                                "service %s listens at %s, and firewall %s doesn't let that in: add \"%u\" "
                                "to its "
                                "ports if the outside is to reach it",
                                service, socket_address_format(bind, at), (*firewall)->name, bind->port);
        }
}

void firewall_plan_warnings(const struct wish *wish, const struct answers *answers,
        const struct firewalls *wanted, struct plan *plan)
{
        warn_of_interfaces(answers, wanted, plan);
        if (!answers->firewall.has_firewalld)
                warn_of_chains(answers, plan);
        for (array_each(const struct load_balancer_config *, balancer, &wish->load_balancers))
                for (array_each(const struct service_config, service, &(*balancer)->services)) {
                        CLEANUP(string_free)
                        char *name = string_format("%s:%s", (*balancer)->name, service->service.name);

                        for (array_each(const struct socket_address, bind, &service->service.binds))
                                warn_of_bind(answers, wanted, name, bind, plan);
                }
}
