/* Where load balancers of a host listen: each address and port once. */
#include "config/rules.h"

struct listening {
        const struct load_balancer_config *balancer;
        const struct service_config *service;
        const struct socket_address *at;
        size_t order; /* as they stand in the files */
};

struct listenings {
        ARRAY(struct listening) list;
};

/* What can meet stands side by side, the address that stands for all of its family first. */
static int compare(const void *a, const void *b)
{
        const struct listening *first = a, *second = b;
        int order = ip_address_compare(&first->at->address, &second->at->address);

        if (first->at->port != second->at->port)
                return first->at->port < second->at->port ? -1 : 1;
        return order != 0 ? order : (first->order > second->order) - (first->order < second->order);
}

/* Both are for one OPNsense, or both for one machine. */
static bool are_in_one_place(
        const struct load_balancer_config *first, const struct load_balancer_config *second)
{
        return string_equal(first->opnsense, second->opnsense) &&
               (first->opnsense || hosts_meet(&first->object.hosts, &second->object.hosts));
}

/* The two meet, and that was said. */
static bool judge(const struct listening *first, const struct listening *second, struct problems *problems)
{
        CLEANUP(string_free) char *place = NULL;
        char at[SOCKET_TEXT], other[SOCKET_TEXT];

        if (first->service == second->service || !first->service->service.name ||
                !second->service->service.name || !first->balancer->name || !second->balancer->name ||
                !are_in_one_place(first->balancer, second->balancer))
                return false;
        if (first->order > second->order)
                return judge(second, first, problems);
        place = place_format(&first->service->place);
        problems_add(problems, &second->service->place,
                "load_balancer \"%s\": service \"%s\": bind: %s is taken already, by %s of service \"%s\" at "
                "%s: choose another address or port",
                second->balancer->name, second->service->service.name, socket_address_format(second->at, at),
                socket_address_format(first->at, other), first->service->service.name, place);
        return true;
}

/* Those of the same address before it, and from begin on those that stand for all addresses. */
static void judge_with_others(
        const struct listenings *all, size_t begin, size_t at, struct problems *problems)
{
        const struct listening *items = all->list.items;

        for (size_t i = at; i-- > begin && socket_address_equal(items[i].at, items[at].at);)
                if (judge(&items[i], &items[at], problems))
                        return;
        for (size_t i = begin; i < at && ip_address_is_any(&items[i].at->address) &&
                               !socket_address_equal(items[i].at, items[at].at);
                i++)
                if (judge(&items[i], &items[at], problems))
                        return;
}

void balancers_judge(const struct config *config, struct problems *problems)
{
        struct listenings all = {0};
        size_t order = 0, begin = 0; /* begin: of those with the same family and port */

        for (array_each(const struct load_balancer_config, balancer, &config->load_balancers))
                for (array_each(const struct service_config, service, &balancer->services))
                        for (array_each(const struct socket_address, bind, &service->service.binds))
                                *array_add(&all.list) = (struct listening) {balancer, service, bind, order++};
        if (all.list.count > 0)
                qsort(all.list.items, all.list.count, sizeof(*all.list.items), compare);
        for (size_t i = 1; i < all.list.count; i++) {
                const struct socket_address *before = all.list.items[i - 1].at, *at = all.list.items[i].at;

                if (before->port != at->port || before->address.family != at->address.family)
                        begin = i;
                judge_with_others(&all, begin, i, problems);
        }
        array_free(&all.list);
}
