/* What follows for a guest that runs from being otherwise than wished. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"
#include "plan/plan.h"
#include "topology/guest_differences.h"

/* One guest, its wish, and what is to be said about it. */
struct guest_look {
        const struct guest_config *config;
        const struct answers *answers;
        const struct guest_state *found; /* or NULL */
        struct guest *wanted;            /* owned */
        struct guest_differences defined, running;
        bool is_running;
        bool expected; /* libvirt can't be asked yet */
        bool may_restart;
        struct plan *plan;
};

/* What is planned for it is only expected: something isn't there yet. */
bool guest_is_expected(const struct guest_look *look);

/* A step for it, with a copy of what is wanted; valid until the next step is added. */
struct step *guest_step(const struct guest_look *look, enum step_kind kind, const char *sentence, ...)
        __attribute__((format(printf, 3, 4)));

/* A guest whose system doesn't give memory back keeps it: that it was asked to is all that can be done. */
void guest_forget_memory_kept(struct guest_look *look);

/* The changes that libvirt can make while it runs; none when it is going to be restarted anyway. */
void guest_plan_edits(const struct guest_look *look);

/* Where it runs otherwise than wished in a way that only another start mends: restarts it, or warns that it would have to
 * be. True when it is going to be restarted. */
bool guest_plan_restart(const struct guest_look *look);

void guest_look_done(struct guest_look *look);
