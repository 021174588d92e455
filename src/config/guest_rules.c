/* How guests go together with each other, and with the networks, pools and images that they name. */
#include "config/guest_rules.h"

#include <stddef.h>

#include "base/nearest.h"
#include "config/claims.h"
#include "config/guest_count.h"
#include "config/guest_leases.h"
#include "config/rules.h"

#define MOST_HINTS 50 /* looking for what somebody meant takes time */

/* ---- names that lead somewhere ---- */

struct referring {
        const struct config *config;
        struct problems *problems;
        size_t hints;
};

/* A kind of section that is referred to by name. */
struct referred {
        const char *kind;
        const char *items; /* the array's */
        size_t count, size;
        size_t name, object; /* offsets */
        bool can_be_foreign;
};

#define REFERRED(word, array, member, foreign)                                                          \
        {                                                                                               \
                .kind = (word), .items = (const char *)(array)->items, .count = (array)->count,         \
                .size = sizeof(*(array)->items), .name = offsetof(__typeof__(*(array)->items), member), \
                .object = offsetof(__typeof__(*(array)->items), object), .can_be_foreign = foreign,     \
        }

static const char *referred_name(const struct referred *referred, size_t i)
{
        return *(const char *const *)(referred->items + i * referred->size + referred->name);
}

static bool belongs(const struct strings *hosts, const char *host)
{
        return hosts->count == 0 || strings_has(hosts, host);
}

static bool is_there(const struct referred *referred, const char *name, const char *host)
{
        for (size_t i = 0; i < referred->count; i++) {
                const struct object *object =
                        (const struct object *)(referred->items + i * referred->size + referred->object);

                if (string_equal(referred_name(referred, i), name) &&
                        (!host || belongs(&object->hosts, host)))
                        return true;
        }
        return false;
}

static char *suggest(struct referring *referring, const struct referred *referred, const char *name)
{
        ARRAY(const char *) names = {0};
        const char *nearest = NULL;
        char *suggestion;

        for (size_t i = 0; i < referred->count; i++)
                if (referred_name(referred, i))
                        *array_add(&names) = referred_name(referred, i);
        if (referring->hints++ < MOST_HINTS)
                nearest = nearest_word(name, names.items, names.count);
        suggestion = nearest ? string_format("; did you mean \"%s\"?", nearest)
                             : string_format(": add %s \"%s\" { ... }", referred->kind, name);
        array_free(&names);
        return suggestion;
}

/* There is a thing of that name wherever the guest is. One that is nowhere in the configuration may be the machine's own, if
 * such a thing can be: that shows when it is looked at. */
static void judge_reference(struct referring *referring, const struct guest_config *guest,
        const struct section *part, const struct referred *referred, const char *name)
{
        const struct setting *setting = section_setting(part, referred->kind);
        CLEANUP(string_free) char *label = section_label(part), *suggestion = NULL;

        if (!name || !setting || setting->is_bad)
                return;
        if (!is_there(referred, name, NULL) && referred->can_be_foreign)
                return;
        if (!is_there(referred, name, NULL)) {
                suggestion = suggest(referring, referred, name);
                problems_add(referring->problems, &setting->place,
                        "guest \"%s\": %s: there is no %s \"%s\"%s", guest->name, label, referred->kind, name,
                        suggestion);
                return;
        }
        for (array_each(const struct host_config, host, &referring->config->hosts)) {
                if (!host->name || !belongs(&guest->object.hosts, host->name) ||
                        is_there(referred, name, host->name))
                        continue;
                problems_add(referring->problems, &setting->place,
                        "guest \"%s\": %s: %s \"%s\" isn't for host \"%s\", and the guest is: change the "
                        "hosts of one of them",
                        guest->name, label, referred->kind, name, host->name);
                return;
        }
}

static void judge_references(
        struct referring *referring, const struct guest_config *guest, const struct section *section)
{
        const struct referred networks =
                REFERRED("network", &referring->config->networks, network.name, false);
        const struct referred pools = REFERRED("pool", &referring->config->pools, name, true);
        const struct referred images = REFERRED("image", &referring->config->images, name, false);

        for (size_t i = 0; i < guest->nics.count; i++)
                judge_reference(referring, guest, section_nth(section, "nic", i), &networks,
                        guest->nics.items[i].network);
        for (size_t i = 0; i < guest->disks.count; i++) {
                const struct section *disk = section_nth(section, "disk", i);

                judge_reference(referring, guest, disk, &pools, guest->disks.items[i].pool);
                judge_reference(referring, guest, disk, &images, guest->disks.items[i].image);
        }
}

/* Of guests as they are written: what a hundred of them get wrong together is told once. */
static void judge_all_references(
        const struct section *root, const struct config *config, struct problems *problems)
{
        struct referring referring = {.config = config, .problems = problems};

        for (size_t i = 0; i < config->guests.count; i++)
                if (config->guests.items[i].name)
                        judge_references(&referring, &config->guests.items[i], section_nth(root, "guest", i));
}

/* ---- what only one may have ---- */

struct claiming {
        const struct guest_config *guest;
        const struct guest_origin *origin;
        struct claims *claims;
};

static void claim(const struct claiming *claiming, const char *scope, char *thing, const struct place *place)
{
        claims_take(claiming->claims, (struct claim) {
                                              .scope = string_copy(scope),
                                              .thing = thing,
                                              .label = string_format("guest \"%s\"", claiming->guest->name),
                                              .hosts = &claiming->guest->object.hosts,
                                              .place = *place,
                                      });
}

static void claim_guest(const struct claiming *claiming)
{
        const struct guest_config *guest = claiming->guest;
        const struct place *place = &claiming->origin->section->place;

        claim(claiming, "guest", string_format("the name %s", guest->name), place);
        for (array_each(const struct nic_config, nic, &guest->nics)) {
                char mac[MAC_ADDRESS_TEXT];

                if (nic->name)
                        claim(claiming, "mac",
                                string_format("MAC address %s", mac_address_format(&nic->mac, mac)),
                                nic_place(claiming->origin, guest, nic, "mac"));
        }
}

void guests_judge(const struct section *root, struct config *config, struct problems *problems)
{
        CLEANUP(guest_origins_done) struct guest_origins origins = {0};
        CLEANUP(claims_done) struct claims claims = {0};

        if (config->guests.count == 0 && config->machines.count == 0)
                return;
        judge_all_references(root, config, problems);
        guests_number(root, config, &origins, problems);
        for (size_t i = 0; i < config->guests.count; i++)
                claim_guest(&(struct claiming) {&config->guests.items[i], &origins.list.items[i], &claims});
        machines_claim(config, &claims);
        guests_claim_leases(root, config, &origins, &claims, problems);
        claims_judge(&claims, problems);
        guests_add_leases(config);
        machines_add_leases(config);
}
