/* What isn't ours and needs something of ours. */
#include "scores/others.h"

#include "base/path.h"
#include "scores/storage.h"

void others_ask(const struct answers *answers, struct survey *survey)
{
        survey_ask(survey, ASK_NETWORKS, NULL);
        storage_ask_undo(answers, "image", survey);
        storage_ask_undo(answers, "volume", survey);
}

/* A network or pool named default comes with libvirt, and is nobody's. */
void others_of_libvirt(const struct answers *answers, struct strings *ret_users)
{
        for (array_each(const struct guest_state, guest, &answers->guests))
                if (!guest->ours)
                        strings_take(ret_users, string_format("guest %s", guest->defined.name));
        for (array_each(const struct network_state, network, &answers->networks))
                if (!network->ours && !string_equal(network->network.name, "default"))
                        strings_take(ret_users, string_format("network %s", network->network.name));
        for (array_each(const struct pool_state, pool, &answers->pools))
                if (!pool->ours && !string_equal(pool->name, "default"))
                        strings_take(ret_users, string_format("pool %s", pool->name));
        for (array_each(const struct volume_state, volume, &answers->volumes))
                for (array_each(char *, user, &volume->users))
                        if (storage_is_needed(answers, volume) && !strings_has(ret_users, *user))
                                strings_add(ret_users, *user);
}

char *others_words(const struct strings *users, const char *does, const char *they_do)
{
        CLEANUP(string_free) char *list = strings_join(users, ", ");

        return string_format("%s %s ours and %s", list, users->count > 1 ? "aren't" : "isn't",
                users->count > 1 ? they_do : does);
}

static bool is_in_network(const struct guest_uses *uses, const void *thing)
{
        const struct network_state *network = thing;
        const char *bridge = network->active ? network_state_bridge(network) : NULL;

        return strings_has(&uses->networks, network->network.name) ||
               (bridge && strings_has(&uses->bridges, bridge));
}

static bool is_in_pool(const struct guest_uses *uses, const void *thing)
{
        const struct pool_state *pool = thing;

        for (array_each(char *, path, &uses->paths))
                if (pool->path && path_is_below(*path, pool->path))
                        return true;
        return strings_has(&uses->pools, pool->name);
}

static void find_guests(const struct answers *answers,
        bool (*uses)(const struct guest_uses *uses, const void *thing), const void *thing,
        struct strings *guests)
{
        for (array_each(const struct guest_state, guest, &answers->guests))
                if (!guest->ours && uses(&guest->uses, thing))
                        strings_take(guests, string_format("guest %s", guest->defined.name));
}

char *others_in_network(const struct answers *answers, const struct network_state *network)
{
        CLEANUP(strings_done) struct strings guests = {0};

        find_guests(answers, is_in_network, network, &guests);
        return guests.count ? others_words(&guests, "is in it", "are in it") : NULL;
}

char *others_in_pool(const struct answers *answers, const struct pool_state *pool)
{
        CLEANUP(strings_done) struct strings guests = {0};

        find_guests(answers, is_in_pool, pool, &guests);
        return guests.count ? others_words(&guests, "has a disk in it", "have disks in it") : NULL;
}
