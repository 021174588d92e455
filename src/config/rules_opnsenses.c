/* The rules about OPNsense firewalls: each is reached by one machine, and who names one leads to it. */
#include "base/nearest.h"
#include "config/rules.h"

static bool is_there(const struct config *config, const char *name)
{
        for (array_each(const struct opnsense_config, opnsense, &config->opnsenses))
                if (string_equal(opnsense->name, name))
                        return true;
        return false;
}

static const char *find_nearest(const struct config *config, const char *name)
{
        ARRAY(const char *) names = {0};
        const char *nearest;

        for (array_each(const struct opnsense_config, opnsense, &config->opnsenses))
                if (opnsense->name)
                        *array_add(&names) = opnsense->name;
        nearest = nearest_word(name, names.items, names.count);
        array_free(&names);
        return nearest;
}

static void judge_use(const struct config *config, const char *opnsense, const struct object *object,
        const char *kind, const char *name, struct problems *problems)
{
        const char *nearest;

        if (!opnsense || !name)
                return;
        if (!is_there(config, opnsense)) {
                nearest = find_nearest(config, opnsense);
                problems_add(problems, &object->place,
                        "%s \"%s\": opnsense: there is no opnsense \"%s\"%s%s%s", kind, name, opnsense,
                        nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
        }
        if (object->hosts.count > 0)
                problems_add(problems, &object->place,
                        "%s \"%s\": hosts: it is on OPNsense \"%s\", whose own section says which host "
                        "reaches it: "
                        "leave hosts out",
                        kind, name, opnsense);
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
        for (array_each(const struct load_balancer_config, balancer, &config->load_balancers))
                judge_use(config, balancer->opnsense, &balancer->object, "load_balancer", balancer->name,
                        problems);
        for (array_each(const struct firewall_config, firewall, &config->firewalls))
                judge_use(config, firewall->opnsense, &firewall->object, "firewall", firewall->firewall.name,
                        problems);
}
