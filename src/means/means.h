/* What answers questions and carries out steps on one machine. The only part of the program that acts. */
#pragma once

#include "base/deadline.h"
#include "link/link.h"
#include "plan/answers.h"
#include "plan/plan.h"

struct means;

/* The link is borrowed and may still be connecting. */
struct means *means_new(struct link *link);
void means_free(struct means *means);

/* For how long a look waits for a libvirt that says nothing: its daemon may be starting. 0: as long as the look may take. */
void means_set_patience(struct means *means, int patience_s);

/* Answers every question in one round trip: commands, systemd and libvirt side by side. What can't be reached
 * yet is answered so; an error means that the machine was lost, that it lacks a tool every machine has (stat,
 * grep), or that the deadline has passed. Subjects are lent by the survey, which must outlive the answers. */
int means_answer(struct means *means, const struct survey *survey, struct deadline deadline,
        struct answers *ret_answers, struct error *error);

/* How a step goes on while it runs: a line of output, for people; of something large, how much of it is done (total 0:
 * not known). Called from whichever thread carries it out, one call at a time. Each may be NULL. */
struct means_progress {
        void (*line)(void *context, const char *line);
        void (*bytes)(void *context, uint64_t done, uint64_t total);
        bool (*must_stop)(
                void *context); /* somebody said stop: what is only waited for isn't waited for any longer */
        void *context;
};

/* Carries out one step. On failure what came back is in the error. What can be seen to move when the deadline comes (a
 * long step) may go on for grace_s more. */
int means_carry_out(struct means *means, const struct step *step, struct deadline deadline, int grace_s,
        const struct means_progress *progress, struct error *error);

/* How a unit that has failed ended, and what its journal says: " (exit-code, status 3); its journal ends: …", or "" when
 * nothing is known. Owned by the caller. */
char *means_unit_story(struct means *means, const char *unit, struct deadline deadline);

/* The machine is shutting down, or can't be asked any more: what failed there may have failed for that. */
bool means_is_going_down(struct means *means);

/* The versions of the libraries as they were loaded, for --version: each from the one file that knows its
 * header. */
const char *means_libvirt_version(void);
const char *means_web_version(void);
const char *means_yaml_version(void);
const char *means_xml_version(void);
