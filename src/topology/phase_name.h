/* The phases by name and in order; what each one runs stands in phases/table.c. */
#pragma once

enum phase_name {
        PHASE_LINUX,   /* a machine that answers and can be administered */
        PHASE_KVM,     /* a machine that runs guests */
        PHASE_CLUSTER, /* a machine whose guests are a cluster, or by which one is reached */
        PHASE_COUNT
};

/* "linux", "kvm", "cluster". */
const char *phase_name(enum phase_name phase);

/* 0 and *ret_phase, or -1 when there is no such phase; the caller knows how to complain. */
int phase_find(const char *name, enum phase_name *ret_phase);

/* The names, PHASE_COUNT of them, for suggestions. */
const char *const *phase_names(void);
