/* A cluster's machines that are guests of its host. One that has gone off doesn't bring the cluster on: waiting longer is in vain.
 * Only of a guest that was on in this wait is that said, since a node may also be another's machine. */
#include "means/cluster_parts.h"
#include "means/console_tail.h"
#include "means/libvirt_parts.h"
#include "means/parts.h"

#define ASK_S         2 /* a libvirt that is silent holds nothing up: it is asked again with the next look */
#define TAIL_S        5
#define CONSOLE_LINES 4

struct looking {
        const struct cluster_config *config;
        struct strings *on; /* seen so */
        const char *ended;  /* one of them; or NULL */
        const char *how;
};

static bool is_active(const struct handles *active, const char *name)
{
        for (size_t i = 0; i < active->count; i++)
                if (string_equal(handles_name(active, i), name))
                        return true;
        return false;
}

static void look_for(struct looking *looking, const struct handles *active, const char *name)
{
        bool was_on = strings_has(looking->on, name);

        if (is_active(active, name)) {
                if (!was_on)
                        strings_add(looking->on, name);
        } else if (was_on && !looking->ended) {
                looking->ended = name;
        }
}

static int look(struct session *session, void *context, struct error *error)
{
        struct looking *looking = context;
        CLEANUP(handles_done) struct handles active = {0};

        if (session_list(session, LIBVIRT_GUEST, LIBVIRT_ACTIVE, &active, error) < 0)
                return -1;
        if (looking->config->bootstrap)
                look_for(looking, &active, looking->config->bootstrap);
        for (array_each(char *const, node, &looking->config->nodes))
                look_for(looking, &active, *node);
        return looking->ended ? session_guest_end(session, looking->ended, &looking->how, error) : 0;
}

int cluster_check_guests(const struct work *work, const struct cluster_config *config, struct strings *on,
        struct strings *ret_console, struct error *error)
{
        struct looking looking = {.config = config, .on = on};
        CLEANUP(error_done) struct error untold = {0};

        if (libvirt_run(work->libvirt, look, &looking, deadline_min(work->deadline, deadline_in_s(ASK_S)),
                    &untold) < 0 ||
                !looking.how)
                return 0;
        console_tail(work->link, looking.ended, CONSOLE_LINES, deadline_in_s(TAIL_S), ret_console);
        return error_set(error, ERROR_FAILED,
                "guest %s is needed for that, and %s: see why, and run again, which starts it", looking.ended,
                looking.how);
}
