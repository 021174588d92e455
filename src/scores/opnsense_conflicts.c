/* Who else listens on an OPNsense. */
#include "scores/opnsense_conflicts.h"

#include <string.h>

#include "base/text.h"

/* One that is switched off listens nowhere; one that is wished is going to be as it is wished. */
static bool is_others(const struct opnsense_object *frontend, const struct opnsense_objects *wanted)
{
        if (frontend->kind != OPNSENSE_FRONTEND || !string_equal(opnsense_value(frontend, "enabled"), "1"))
                return false;
        for (array_each(const struct opnsense_object, object, &wanted->list))
                if (object->kind == OPNSENSE_FRONTEND && string_equal(object->uuid, frontend->uuid))
                        return false;
        return true;
}

/* The next of a list; NULL behind the last. Owned by the caller. */
static char *next_bind(const char **at)
{
        size_t length = strcspn(*at, ",");
        char *bind = **at ? string_copy_n(*at, length) : NULL;

        *at += length + ((*at)[length] == ',');
        return bind;
}

/* A wished frontend's addresses are as they were written: from checked ones. */
static bool meets(const struct opnsense_object *wanted, const struct bind_range *range)
{
        const char *at = opnsense_value(wanted, "bind");

        for (;;) {
                CLEANUP(string_free) char *bind = next_bind(&at);
                CLEANUP(error_done) struct error error = {0};
                struct socket_address socket;

                if (!bind)
                        return false;
                if (socket_address_parse(bind, &socket, &error) == 0 && bind_range_meets(range, &socket))
                        return true;
        }
}

static bool block_meetings(const struct opnsense_config *opnsense, const struct opnsense_object *frontend,
        const char *bind, const struct bind_range *range, const struct opnsense_objects *wanted,
        struct plan *plan)
{
        bool has_blocked = false;

        for (array_each(const struct opnsense_object, object, &wanted->list)) {
                if (object->kind != OPNSENSE_FRONTEND || !meets(object, range))
                        continue;
                plan_block(plan,
                        "service %s can't listen at %s: frontend %s of OPNsense %s listens at %s: choose "
                        "another "
                        "address or port, or switch that off",
                        opnsense_label(object), opnsense_value(object, "bind"),
                        opnsense_value(frontend, "name"), opnsense->name, bind);
                has_blocked = true;
        }
        return has_blocked;
}

bool opnsense_plan_conflicts(const struct opnsense_config *opnsense, const struct opnsense_state *state,
        const struct opnsense_objects *wanted, struct plan *plan)
{
        bool has_blocked = false;

        for (array_each(const struct opnsense_object, object, &state->objects.list)) {
                const char *at = opnsense_value(object, "bind");
                char *bind = NULL;

                for (; is_others(object, wanted) && (bind = next_bind(&at)); free(bind)) {
                        struct bind_range range;
                        enum bind_kind kind = opnsense_read_bind(bind, &range);

                        if (kind == BIND_INVALID)
                                plan_warn(plan,
                                        "frontend %s of OPNsense %s is left out of account: its address "
                                        "\"%s\" is none",
                                        opnsense_value(object, "name"), opnsense->name, bind);
                        else if (kind == BIND_SOCKETS)
                                has_blocked |= block_meetings(opnsense, object, bind, &range, wanted, plan);
                }
        }
        return has_blocked;
}
