#include "scores/balancer_conflicts.h"

#include <sys/socket.h>

/* ---- addresses ---- */

static bool is_loopback(const struct ip_address *address)
{
        return address->family == AF_INET && address->bytes[0] == 127;
}

/* The machine has it, or a network that is wished brings it. */
static bool is_own(const struct wish *wish, const struct answers *answers, const struct ip_address *address)
{
        if (ip_address_is_any(address) || is_loopback(address))
                return true;
        for (array_each(const struct ip_address, own, &answers->own_addresses))
                if (ip_address_equal(own, address))
                        return true;
        for (array_each(const struct network_config *, network, &wish->networks))
                if (ip_address_equal(&(*network)->network.address.address, address))
                        return true;
        return false;
}

/* ---- who is there ---- */

bool balancer_listens(const struct answers *answers, const struct socket_address *at)
{
        for (array_each(const struct listener, listener, &answers->listeners))
                if (listener->is_balancer && socket_address_equal(&listener->at, at))
                        return true;
        return false;
}

/* Whoever else is there. Where ours listens already it is one at the very same address, which takes some of its connections;
 * one at all addresses gets only what nobody else wants. */
static const struct listener *find_rival(
        const struct answers *answers, const struct socket_address *at, bool is_shared)
{
        for (array_each(const struct listener, listener, &answers->listeners))
                if (!listener->is_balancer && (is_shared ? socket_address_equal(&listener->at, at)
                                                         : socket_address_meets(&listener->at, at)))
                        return listener;
        return NULL;
}

/* Where it meets the bind; NULL: nowhere. */
static const struct socket_address *find_meeting(
        const struct balanced_service *theirs, const struct socket_address *at)
{
        for (array_each(const struct socket_address, bind, &theirs->binds))
                if (socket_address_meets(bind, at))
                        return bind;
        return NULL;
}

static bool is_theirs(
        const struct haproxy *theirs, const char *service, const struct socket_address *at, struct plan *plan)
{
        char wanted[SOCKET_TEXT], there[SOCKET_TEXT];

        for (array_each(const struct haproxy_service, other, &theirs->services)) {
                const struct socket_address *meeting = find_meeting(&other->service, at);

                if (!meeting)
                        continue;
                plan_block(plan,
                        "service %s is to listen at %s, and " HAPROXY_THEIRS
                        ", which isn't ours, has \"%s\" at line %u "
                        "listen at %s: choose another address or port, or take it out there",
                        service, socket_address_format(at, wanted), other->service.name, other->line,
                        socket_address_format(meeting, there));
                return true;
        }
        return false;
}

static void judge_bind(const struct wish *wish, const struct answers *answers, const struct haproxy *theirs,
        const char *service, const struct socket_address *at, struct plan *plan)
{
        char wanted[SOCKET_TEXT], there[SOCKET_TEXT], address[IP_TEXT];
        bool is_shared = balancer_listens(answers, at);
        const struct listener *rival;

        if (!is_own(wish, answers, &at->address))
                plan_block(plan,
                        "service %s is to listen at %s, but this machine has no address %s, and no network "
                        "of its "
                        "configuration brings it: correct it, or give the machine that address",
                        service, socket_address_format(at, wanted), ip_address_format(&at->address, address));
        if (is_theirs(theirs, service, at, plan))
                return;
        rival = find_rival(answers, at, is_shared);
        if (rival)
                plan_block(plan,
                        "service %s is to listen at %s, where %s listens %s (at %s): stop that, or choose "
                        "another address or port",
                        service, socket_address_format(at, wanted),
                        rival->program ? rival->program : "another program",
                        is_shared ? "as well, and takes some of its connections" : "already",
                        socket_address_format(&rival->at, there));
}

void balancer_plan_conflicts(const struct wish *wish, const struct answers *answers,
        const struct haproxy *wanted, struct plan *plan)
{
        const struct text_state *text = answers_text(answers, HAPROXY_THEIRS);
        CLEANUP(haproxy_done) struct haproxy theirs = {0};

        if (text && text->text)
                haproxy_read(text->text, &theirs);
        for (array_each(const struct haproxy_service, service, &wanted->services))
                for (array_each(const struct socket_address, bind, &service->service.binds))
                        judge_bind(wish, answers, &theirs, service->service.name, bind, plan);
        for (array_each(const struct haproxy_skipped, skipped, &theirs.skipped))
                plan_warn(plan,
                        "service \"%s\" of " HAPROXY_THEIRS ", at line %u, is left out of account: %s",
                        skipped->name, skipped->line, skipped->why);
}
