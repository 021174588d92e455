/* In which order networks are changed. What they are to be in the end doesn't overlap, as the configuration was checked: so what
 * is in one's way is only what another one of them has now, and won't have in the end. */
#include "scores/network_order.h"

/* One network of the wish, on the way to it. */
struct traveller {
        const struct network_config *wanted;
        const struct network_state *found; /* ours; or NULL */
        bool has_arrived;
        bool is_stopped;
};

struct travellers {
        ARRAY(struct traveller) items;
};

static const struct network *as_it_runs(const struct network_state *found)
{
        return found->running ? found->running : &found->network;
}

/* Only what is active has its address. */
static bool waits_for_address(const struct traveller *waiting, const struct traveller *other)
{
        const struct network *network = other->found ? as_it_runs(other->found) : NULL;

        return network && other->found->active && !other->is_stopped &&
               waiting->wanted->network.address.address.family && network->address.address.family &&
               subnet_overlaps(&waiting->wanted->network.address, &network->address);
}

static bool waits_for_bridge(const struct traveller *waiting, const struct traveller *other)
{
        const struct network *wanted = &waiting->wanted->network;

        return other->found && wanted->bridge && string_equal(wanted->bridge, other->found->network.bridge) &&
               !(wanted->mode == NETWORK_BRIDGE && other->found->network.mode == NETWORK_BRIDGE);
}

static bool waits_for(const struct traveller *waiting, const struct traveller *other)
{
        return other != waiting && !other->has_arrived &&
               (waits_for_address(waiting, other) || waits_for_bridge(waiting, other));
}

static struct traveller *find_ready(const struct travellers *travellers)
{
        for (array_each(struct traveller, traveller, &travellers->items)) {
                bool is_ready = !traveller->has_arrived;

                for (array_each(const struct traveller, other, &travellers->items))
                        is_ready = is_ready && !waits_for(traveller, other);
                if (is_ready)
                        return traveller;
        }
        return NULL;
}

/* The first whose address is waited for, and who waits for it. NULL: nobody waits for an address alone. */
static struct traveller *find_to_stop(
        const struct travellers *travellers, const struct network_config **ret_waiting)
{
        for (array_each(struct traveller, other, &travellers->items))
                for (array_each(const struct traveller, waiting, &travellers->items))
                        if (!waiting->has_arrived && waits_for(waiting, other) &&
                                !waits_for_bridge(waiting, other)) {
                                *ret_waiting = waiting->wanted;
                                return other;
                        }
        return NULL;
}

static void block(const struct travellers *travellers, struct plan *plan)
{
        for (array_each(const struct traveller, waiting, &travellers->items))
                for (array_each(const struct traveller, other, &travellers->items))
                        if (!waiting->has_arrived && waits_for(waiting, other))
                                plan_block(plan,
                                        "network %s is to have bridge %s of network %s, which waits for "
                                        "another "
                                        "one itself: give one of them a name that is new, run, and then the "
                                        "wanted one",
                                        waiting->wanted->network.name, waiting->wanted->network.bridge,
                                        other->wanted->network.name);
}

static void set_out(const struct wish *wish, const struct answers *answers, struct travellers *ret_travellers)
{
        for (array_each(const struct network_config *, wanted, &wish->networks)) {
                const struct network_state *found = answers_network(answers, (*wanted)->network.name);
                bool is_ours = answers->libvirt == REACH_ANSWERED && found && found->ours;

                *array_add(&ret_travellers->items) =
                        (struct traveller) {.wanted = *wanted, .found = is_ours ? found : NULL};
        }
}

void network_turns_find(const struct wish *wish, const struct answers *answers, struct plan *plan,
        struct network_turns *ret_turns)
{
        struct travellers travellers = {0};

        set_out(wish, answers, &travellers);
        for (size_t arrived = 0; arrived < travellers.items.count;) {
                const struct network_config *waiting = NULL;
                struct traveller *next = find_ready(&travellers);

                if (next) {
                        next->has_arrived = true;
                        *array_add(&ret_turns->items) = (struct network_turn) {.wanted = next->wanted};
                        arrived++;
                        continue;
                }
                next = find_to_stop(&travellers, &waiting);
                if (!next) {
                        block(&travellers, plan);
                        break;
                }
                next->is_stopped = true;
                *array_add(&ret_turns->items) = (struct network_turn) {
                        .wanted = next->wanted, .stopped = next->found, .gets = waiting};
        }
        array_free(&travellers.items);
}

void network_turns_done(struct network_turns *turns)
{
        array_free(&turns->items);
}
