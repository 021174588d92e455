/* The rules about OPNsense firewalls: each is reached by one machine, two may be a pair, and who names one leads to it. */
#include "base/nearest.h"
#include "config/rules.h"

static const struct opnsense_config *find(const struct config *config, const char *name)
{
        for (array_each(const struct opnsense_config, opnsense, &config->opnsenses))
                if (name && string_equal(opnsense->name, name))
                        return opnsense;
        return NULL;
}

static bool is_pair(const struct config *config, const char *name)
{
        for (array_each(const struct firewall_pair_config, pair, &config->firewall_pairs))
                if (string_equal(pair->name, name))
                        return true;
        return false;
}

/* The first; NULL: it is in none. */
static const struct firewall_pair_config *pair_of(const struct config *config, const char *opnsense)
{
        for (array_each(const struct firewall_pair_config, pair, &config->firewall_pairs))
                if (pair->name &&
                        (string_equal(pair->primary, opnsense) || string_equal(pair->backup, opnsense)))
                        return pair;
        return NULL;
}

static void complain_of_none(const struct config *config, const char *opnsense, const struct object *object,
        const char *kind, const char *name, const char *key, struct problems *problems)
{
        ARRAY(const char *) names = {0};
        const char *nearest;

        for (array_each(const struct opnsense_config, one, &config->opnsenses))
                if (one->name)
                        *array_add(&names) = one->name;
        for (array_each(const struct firewall_pair_config, pair, &config->firewall_pairs))
                if (pair->name)
                        *array_add(&names) = pair->name;
        nearest = nearest_word(opnsense, names.items, names.count);
        problems_add(problems, &object->place, "%s \"%s\": %s: there is no opnsense \"%s\"%s%s%s", kind, name,
                key, opnsense, nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                nearest ? "\"?" : "");
        array_free(&names);
}

static void judge_use(const struct config *config, const char *opnsense, const struct object *object,
        const char *kind, const char *name, struct problems *problems)
{
        const struct firewall_pair_config *pair;

        if (!opnsense || !name)
                return;
        pair = pair_of(config, opnsense);
        if (!find(config, opnsense) && !is_pair(config, opnsense))
                complain_of_none(config, opnsense, object, kind, name, "opnsense", problems);
        else if (pair && !is_pair(config, opnsense))
                problems_add(problems, &object->place,
                        "%s \"%s\": opnsense: %s is one of the firewall_pair \"%s\": name the pair, so that "
                        "both have it",
                        kind, name, opnsense, pair->name);
        if (object->hosts.count > 0)
                problems_add(problems, &object->place,
                        "%s \"%s\": hosts: it is on OPNsense \"%s\", whose own section says which host "
                        "reaches it: "
                        "leave hosts out",
                        kind, name, opnsense);
}

static void judge_member(const struct config *config, const struct firewall_pair_config *pair,
        const char *member, const char *key, struct problems *problems)
{
        const struct firewall_pair_config *other = member ? pair_of(config, member) : NULL;

        if (!member || !pair->name)
                return;
        if (!find(config, member))
                complain_of_none(config, member, &pair->object, "firewall_pair", pair->name, key, problems);
        else if (other && other != pair)
                problems_add(problems, &pair->object.place,
                        "firewall_pair \"%s\": %s: %s is in the firewall_pair \"%s\" already", pair->name,
                        key, member, other->name);
}

static void judge_pair(
        const struct config *config, const struct firewall_pair_config *pair, struct problems *problems)
{
        const struct opnsense_config *primary = find(config, pair->primary),
                                     *backup = find(config, pair->backup);

        judge_member(config, pair, pair->primary, "primary", problems);
        judge_member(config, pair, pair->backup, "backup", problems);
        if (pair->name && find(config, pair->name))
                problems_add(problems, &pair->object.place,
                        "firewall_pair \"%s\": an opnsense has that name already, and either is named by it: "
                        "choose "
                        "another",
                        pair->name);
        if (pair->name && primary && backup && !strings_equal(&primary->object.hosts, &backup->object.hosts))
                problems_add(problems, &pair->object.place,
                        "firewall_pair \"%s\": %s and %s have to be reached by the same host", pair->name,
                        pair->primary, pair->backup);
}

void opnsenses_judge(const struct config *config, struct problems *problems)
{
        for (array_each(const struct opnsense_config, opnsense, &config->opnsenses)) {
                size_t hosts =
                        opnsense->object.hosts.count ? opnsense->object.hosts.count : config->hosts.count;

                if (hosts > 1)
                        problems_add(problems, &opnsense->object.place,
                                "opnsense \"%s\": its API is reached by one machine, and it is for %zu: add "
                                "hosts = "
                                "{\"NAME\"} with the one",
                                opnsense->name ? opnsense->name : "", hosts);
        }
        for (array_each(const struct firewall_pair_config, pair, &config->firewall_pairs))
                judge_pair(config, pair, problems);
        for (array_each(const struct load_balancer_config, balancer, &config->load_balancers))
                judge_use(config, balancer->opnsense, &balancer->object, "load_balancer", balancer->name,
                        problems);
        for (array_each(const struct firewall_config, firewall, &config->firewalls))
                judge_use(config, firewall->opnsense, &firewall->object, "firewall", firewall->firewall.name,
                        problems);
}
