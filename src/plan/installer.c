/* What openshift-install is told, and when. */
#include "plan/installer.h"

#include <time.h>

#include "base/text.h"
#include "base/yaml.h"

#define TIME_TEXT 32

static char *time_text(int64_t at_s)
{
        char text[TIME_TEXT] = "";
        time_t at = (time_t)at_s;
        struct tm utc;

        if (gmtime_r(&at, &utc))
                strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &utc);
        return string_copy(text);
}

bool installer_is_needed(const struct installer_state *state, int bootstrap_s, char **ret_why)
{
        CLEANUP(string_free) char *until = time_text(state->until_s);
        int64_t half_s = (state->until_s - state->made_s) / 2;

        *ret_why = NULL;
        if (state->has_answered)
                return false;
        if (!state->is_made)
                return true;
        if (state->until_s <= state->now_s)
                *ret_why = string_format("its certificates ended at %s", until);
        else if (state->is_begun)
                return false;
        else if (state->until_s - state->now_s < (bootstrap_s < half_s ? bootstrap_s : half_s))
                *ret_why = string_format(
                        "its certificates end at %s, before a bootstrap that begins now has to be complete",
                        until);
        else if (!state->is_as_wished)
                *ret_why = string_copy("what it is made from has changed");
        return *ret_why != NULL;
}

static void add(struct text *text, const char *key, const char *value)
{
        text_add(text, key);
        yaml_add_string(text, value);
        text_add(text, "\n");
}

/* Machines that join later are workers, which openshift-install has no need to know of. */
char *installer_wish(const struct cluster_config *cluster)
{
        CLEANUP(string_free) char *keys = strings_join(&cluster->installer.ssh_keys, "\n");
        struct text text = {0};

        text_add(&text, "apiVersion: v1\n");
        add(&text, "baseDomain: ", cluster->domain);
        add(&text, "metadata:\n  name: ", cluster->name);
        text_format(&text,
                "controlPlane:\n  name: master\n  replicas: %zu\n"
                "compute:\n- name: worker\n  replicas: 0\n"
                "networking:\n"
                "  clusterNetwork:\n  - cidr: 10.128.0.0/14\n    hostPrefix: 23\n"
                "  serviceNetwork:\n  - 172.30.0.0/16\n"
                "platform:\n  none: {}\n",
                cluster->control.count);
        add(&text, "sshKey: ", keys);
        return text_take(&text);
}

const char *installer_role_name(enum cluster_role role)
{
        static const char *const names[] = {
                [ROLE_BOOTSTRAP] = "bootstrap", [ROLE_CONTROL] = "master", [ROLE_WORKER] = "worker"};
        _Static_assert(sizeof(names) / sizeof(names[0]) == CLUSTER_ROLES, "every role has a name");

        return names[role];
}

void installer_state_done(struct installer_state *state)
{
        for (int role = 0; role < CLUSTER_ROLES; role++)
                free(state->sums[role]);
        free(state->why_not);
        free(state->place);
        *state = (struct installer_state) {0};
}
