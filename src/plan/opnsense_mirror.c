/* Static mappings of two firewalls that are to be as one: whose machine, which address, which name. Each of the two has UUIDs of
 * its own, and its own subnets: so a mapping is known by the machine or the name that it is for. */
#include "plan/opnsense_parts.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define MAC_DIGITS 12

/* Fields with UUIDs of things that only the one of the two has. */
static bool is_its_own(const char *field)
{
        return string_equal(field, "subnet") || string_equal(field, "option") ||
               string_equal(field, "set_tag");
}

/* Separators and capitals of a MAC address say nothing: "AA-BB-…" is "aa:bb:…". Anything else is left as it is. */
static char *normalize(const char *value)
{
        struct text mac = {0};
        size_t digits = 0;

        for (const char *at = value; *at; at++) {
                if (strchr(":-", *at))
                        continue;
                if (!isxdigit((unsigned char)*at) || digits == MAC_DIGITS) {
                        text_done(&mac);
                        return string_copy(value);
                }
                text_format(&mac, "%s%c", digits && digits % 2 == 0 ? ":" : "", tolower((unsigned char)*at));
                digits++;
        }
        if (digits == MAC_DIGITS)
                return text_take(&mac);
        text_done(&mac);
        return string_copy(value);
}

static bool is_alike(const char *a, const char *b)
{
        CLEANUP(string_free) char *first = normalize(a), *second = normalize(b);

        return opnsense_is_same(first, second);
}

char *opnsense_mapping_label(const struct opnsense_object *mapping)
{
        const char *hardware =
                opnsense_value(mapping, mapping->kind == OPNSENSE_RESERVATION ? "hw_address" : "hwaddr");
        const char *client = opnsense_value(mapping, "client_id"), *host = opnsense_value(mapping, "host");

        if (*hardware)
                return normalize(hardware);
        if (*client)
                return string_format("client %s", client);
        return string_format("%s.%s", *host ? host : "*", opnsense_value(mapping, "domain"));
}

/* ---- subnets ---- */

static const struct opnsense_object *find_subnet(
        const struct opnsense_state *state, const char *field, const char *value)
{
        for (array_each(const struct opnsense_object, object, &state->objects.list))
                if (object->kind == OPNSENSE_SUBNET &&
                        string_equal(field ? opnsense_value(object, field) : object->uuid, value))
                        return object;
        return NULL;
}

/* As written: "10.0.0.0/24"; "" where there is none. */
static const char *subnet_of(const struct opnsense_state *state, const struct opnsense_object *mapping)
{
        const struct opnsense_object *subnet = find_subnet(state, NULL, opnsense_value(mapping, "subnet"));

        return subnet ? opnsense_value(subnet, "subnet") : "";
}

/* ---- who is whose counterpart ---- */

struct mirroring {
        const struct opnsense_state *primary, *backup;
        ARRAY(const struct opnsense_object *) taken; /* the backup's that have theirs */
};

static bool is_taken(const struct mirroring *mirroring, const struct opnsense_object *object)
{
        for (array_each(const struct opnsense_object *const, taken, &mirroring->taken))
                if (*taken == object)
                        return true;
        return false;
}

static bool is_of_the_same(const struct mirroring *mirroring, const struct opnsense_object *ours,
        const struct opnsense_object *theirs)
{
        CLEANUP(string_free)
        char *label = opnsense_mapping_label(ours), *other = opnsense_mapping_label(theirs);

        return ours->kind == theirs->kind && string_equal(label, other) &&
               string_equal(subnet_of(mirroring->primary, ours), subnet_of(mirroring->backup, theirs));
}

static bool says_the_same(const struct opnsense_object *ours, const struct opnsense_object *theirs)
{
        for (array_each(const struct opnsense_field, field, &ours->fields))
                if (!is_its_own(field->name) && !is_alike(field->value, opnsense_value(theirs, field->name)))
                        return false;
        return true;
}

/* A name may have several addresses: first those that are the same in all. */
static const struct opnsense_object *find_counterpart(
        struct mirroring *mirroring, const struct opnsense_object *ours, bool in_all)
{
        for (array_each(const struct opnsense_object, theirs, &mirroring->backup->objects.list))
                if (is_of_the_same(mirroring, ours, theirs) && !is_taken(mirroring, theirs) &&
                        (!in_all || says_the_same(ours, theirs))) {
                        *array_add(&mirroring->taken) = theirs;
                        return theirs;
                }
        return NULL;
}

static bool is_used(const struct opnsense_state *state, const char *uuid)
{
        for (array_each(const struct opnsense_object, object, &state->objects.list))
                if (string_equal(object->uuid, uuid))
                        return true;
        return false;
}

static void copy(struct mirroring *mirroring, const struct opnsense_object *ours,
        const struct opnsense_object *theirs, struct opnsense_objects *wanted, struct strings *problems)
{
        const char *network = subnet_of(mirroring->primary, ours);
        const struct opnsense_object *subnet = find_subnet(mirroring->backup, "subnet", network);
        CLEANUP(string_free) char *label = opnsense_mapping_label(ours);
        struct opnsense_object *object;
        char uuid[UUID_TEXT];

        if (ours->kind == OPNSENSE_RESERVATION && !subnet) {
                strings_take(problems, string_format("it has no subnet %s for %s", network, label));
                return;
        }
        object = array_add(&wanted->list);
        object->kind = ours->kind;
        object->uuid = string_copy(theirs ? theirs->uuid
                                   : !is_used(mirroring->backup, ours->uuid)
                                           ? ours->uuid
                                           : opnsense_uuid(ours->kind, label, uuid));
        for (array_each(const struct opnsense_field, field, &ours->fields)) {
                const char *there = theirs ? opnsense_value(theirs, field->name) : "";

                if (!is_its_own(field->name))
                        opnsense_set(
                                object, field->name, is_alike(field->value, there) ? there : field->value);
        }
        if (subnet)
                opnsense_set(object, "subnet", subnet->uuid);
}

static bool is_mapping(const struct opnsense_object *object)
{
        return object->kind == OPNSENSE_RESERVATION || object->kind == OPNSENSE_HOST;
}

void opnsense_mirror(const struct opnsense_state *primary, const struct opnsense_state *backup,
        struct opnsense_objects *ret_wanted, struct strings *ret_problems)
{
        struct mirroring mirroring = {.primary = primary, .backup = backup};
        ARRAY(const struct opnsense_object *) counterparts = {0};

        for (array_each(const struct opnsense_object, ours, &primary->objects.list))
                *array_add(&counterparts) =
                        is_mapping(ours) ? find_counterpart(&mirroring, ours, true) : NULL;
        for (size_t i = 0; i < counterparts.count; i++)
                if (is_mapping(&primary->objects.list.items[i]) && !counterparts.items[i])
                        counterparts.items[i] =
                                find_counterpart(&mirroring, &primary->objects.list.items[i], false);
        for (size_t i = 0; i < counterparts.count; i++)
                if (is_mapping(&primary->objects.list.items[i]))
                        copy(&mirroring, &primary->objects.list.items[i], counterparts.items[i], ret_wanted,
                                ret_problems);
        array_free(&counterparts);
        array_free(&mirroring.taken);
}

/* ---- in words ---- */

static void add_differences(const struct opnsense_change *change, const char *primary, const char *backup,
        const char *label, struct strings *words)
{
        for (array_each(const struct opnsense_field, field, &change->wanted->fields)) {
                const char *there = opnsense_value(change->found, field->name);

                if (!opnsense_is_same(field->value, there))
                        strings_take(words, string_format("%s has %s %s for %s, and %s has %s", backup,
                                                    field->name, *there ? there : "nothing", label, primary,
                                                    *field->value ? field->value : "nothing"));
        }
}

void opnsense_mirror_words(const struct opnsense_changes *changes, const char *primary, const char *backup,
        struct strings *ret_words)
{
        for (array_each(const struct opnsense_change, change, &changes->list)) {
                const struct opnsense_object *object = change->wanted ? change->wanted : change->found;
                CLEANUP(string_free) char *label = opnsense_mapping_label(object);
                const char *address =
                        opnsense_value(object, object->kind == OPNSENSE_RESERVATION ? "ip_address" : "ip");

                if (change->wanted && change->found)
                        add_differences(change, primary, backup, label, ret_words);
                else
                        strings_take(ret_words,
                                string_format("%s has %s for %s, and %s doesn't",
                                        change->wanted ? primary : backup, *address ? address : "a mapping",
                                        label, change->wanted ? backup : primary));
        }
}
