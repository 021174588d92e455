/* Kernel settings that are one thing under two names, so that one of them always undoes the other; and those that take from
 * a network what libvirt gives it. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "config/rules.h"

enum relation {
        SAME,        /* one value, whichever is set */
        COUNTERPART, /* whichever is set to more than 0 makes the other 0 */
        OTHER_UNIT,  /* one value, in seconds here and in milliseconds there */
};

/* How keys end that are the same up to there; from the kernel's Documentation/admin-guide/sysctl and
 * networking/ip-sysctl. */
static const struct {
        const char *one, *other;
        enum relation relation;
} relatives[] = {
        {"net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding", SAME},
        {"net.netfilter.nf_conntrack_max", "net.nf_conntrack_max", SAME},
        {"vm.nr_hugepages", "vm.nr_hugepages_mempolicy", SAME},
        {"vm.dirty_ratio", "vm.dirty_bytes", COUNTERPART},
        {"vm.dirty_background_ratio", "vm.dirty_background_bytes", COUNTERPART},
        {"vm.overcommit_ratio", "vm.overcommit_kbytes", COUNTERPART},
        {".retrans_time", ".retrans_time_ms", OTHER_UNIT},
        {".base_reachable_time", ".base_reachable_time_ms", OTHER_UNIT},
        {"route.gc_min_interval", "route.gc_min_interval_ms", OTHER_UNIT},
};

static bool is_number(const char *value, long long *ret_number)
{
        char *end;

        *ret_number = strtoll(value, &end, 0);
        return end > value && end[strspn(end, " \t")] == '\0';
}

static bool is_zero(const char *value)
{
        long long number;

        return is_number(value, &number) && number == 0;
}

static bool is_same(const char *a, const char *b)
{
        long long first, second;

        if (is_number(a, &first) && is_number(b, &second))
                return first == second;
        return string_equal(a, b);
}

/* The length of what stands before the ending; -1: it ends in another way. */
static ssize_t stem_of(const char *key, const char *ending)
{
        size_t length = strlen(key), end = strlen(ending);

        return length >= end && strcmp(key + length - end, ending) == 0 ? (ssize_t)(length - end) : -1;
}

static bool are_related(const char *a, const char *b, size_t i)
{
        ssize_t stem = stem_of(a, relatives[i].one), other = stem_of(b, relatives[i].other);

        return stem >= 0 && stem == other && strncmp(a, b, (size_t)stem) == 0;
}

static void judge_relation(const struct sysctl_config *first, const struct sysctl_config *second,
        enum relation relation, struct problems *problems)
{
        CLEANUP(string_free) char *place = place_format(&first->object.place);

        if (relation == SAME && !is_same(first->value, second->value))
                problems_add(problems, &second->object.place,
                        "sysctl \"%s\": the kernel has one value for it and for %s, which is to be %s at %s: "
                        "name one of the two",
                        second->key, first->key, first->value, place);
        else if (relation == COUNTERPART && !is_zero(first->value) && !is_zero(second->value))
                problems_add(problems, &second->object.place,
                        "sysctl \"%s\": setting it makes %s 0, which is to be %s at %s: name one of the two",
                        second->key, first->key, first->value, place);
        else if (relation == OTHER_UNIT)
                problems_add(problems, &second->object.place,
                        "sysctl \"%s\": it is %s (at %s) in another unit: name one of the two", second->key,
                        first->key, place);
}

static void judge_pair(
        const struct sysctl_config *first, const struct sysctl_config *second, struct problems *problems)
{
        if (!first->key || !first->value || !second->key || !second->value)
                return;
        for (size_t i = 0; i < sizeof(relatives) / sizeof(relatives[0]); i++)
                if ((are_related(first->key, second->key, i) || are_related(second->key, first->key, i)) &&
                        hosts_meet(&first->object.hosts, &second->object.hosts))
                        judge_relation(first, second, relatives[i].relation, problems);
}

/* ---- networks that the machine forwards for ---- */

/* The family that is no longer forwarded; 0: it turns nothing off. */
static int turns_off(const struct sysctl_config *sysctl)
{
        static const struct {
                const char *key;
                int family;
        } keys[] = {{"net.ipv4.ip_forward", AF_INET}, {"net.ipv4.conf.all.forwarding", AF_INET},
                {"net.ipv6.conf.all.forwarding", AF_INET6}};

        if (!sysctl->value || !is_zero(sysctl->value))
                return 0;
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
                if (string_equal(sysctl->key, keys[i].key))
                        return keys[i].family;
        return 0;
}

static void judge_forwarding(
        const struct config *config, const struct sysctl_config *sysctl, struct problems *problems)
{
        int family = turns_off(sysctl);

        for (array_each(const struct network_config, network, &config->networks)) {
                CLEANUP(string_free) char *place = NULL;

                if (!family || network->network.address.address.family != family || !network->network.name ||
                        (network->network.mode != NETWORK_NAT && network->network.mode != NETWORK_ROUTED) ||
                        !hosts_meet(&sysctl->object.hosts, &network->object.hosts))
                        continue;
                place = place_format(&network->object.place);
                problems_add(problems, &sysctl->object.place,
                        "sysctl \"%s\": at 0 the machine forwards nothing for network \"%s\" at %s, whose "
                        "mode "
                        "is %s: let it be 1, or leave it out, for libvirt sets it",
                        sysctl->key, network->network.name, place, network_mode_name(network->network.mode));
                return;
        }
}

static bool has_relatives(const struct sysctl_config *sysctl)
{
        for (size_t i = 0; sysctl->key && i < sizeof(relatives) / sizeof(relatives[0]); i++)
                if (stem_of(sysctl->key, relatives[i].one) >= 0 ||
                        stem_of(sysctl->key, relatives[i].other) >= 0)
                        return true;
        return false;
}

void sysctls_judge(const struct config *config, struct problems *problems)
{
        ARRAY(const struct sysctl_config *) some = {0};

        for (array_each(const struct sysctl_config, sysctl, &config->sysctls)) {
                judge_forwarding(config, sysctl, problems);
                if (!has_relatives(sysctl))
                        continue;
                for (array_each(const struct sysctl_config *, first, &some))
                        judge_pair(*first, sysctl, problems);
                *array_add(&some) = sysctl;
        }
        array_free(&some);
}
