/* The phases by name. */
#include <string.h>

#include "topology/phase_name.h"

static const char *const names[PHASE_COUNT] = {
        [PHASE_LINUX] = "linux",
        [PHASE_KVM] = "kvm",
        [PHASE_CLUSTER] = "cluster",
};

const char *phase_name(enum phase_name phase)
{
        return names[phase];
}

int phase_find(const char *name, enum phase_name *ret_phase)
{
        for (int i = 0; i < PHASE_COUNT; i++) {
                if (strcmp(names[i], name) == 0) {
                        *ret_phase = (enum phase_name)i;
                        return 0;
                }
        }
        return -1;
}

const char *const *phase_names(void)
{
        return names;
}
