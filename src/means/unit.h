/* Units of the machine's systemd, asked and changed through its own D-Bus interface. */
#pragma once

#include "means/parts.h"

enum unit_reach {
        UNITS_ANSWERED,
        UNITS_OUT_OF_REACH, /* no systemd there, or no way to its bus: systemctl may still work */
};

/* Adds a state for every unit that the survey asks for; all questions travel together, so the time doesn't
 * grow with their number. -1 only when the deadline has passed. Subjects are lent by the survey. */
int units_answer(struct link *link, const struct survey *survey, struct deadline deadline,
        struct answers *answers, enum unit_reach *ret_reach, struct error *error);

/* Empties answers->units and adds a state for every unit that the survey asks for: not there. */
void units_prepare(const struct survey *survey, struct answers *answers);

/* How systemd calls what is done to units. */
struct unit_call {
        const char *method;
        bool is_job;    /* it is queued, and its end is told; else it changes unit files */
        unsigned flags; /* how many booleans follow the names; none of them is set */
};
extern const struct unit_call unit_calls[UNIT_ACTIONS];

/* False for what no unit is called, and for a template: with one of these systemd refuses a whole list. */
bool unit_can_be_listed(const char *name);

/* What systemd says in words, by D-Bus or by systemctl. */
void unit_set_load_state(struct unit_state *unit, const char *state);
void unit_set_active_state(struct unit_state *unit, const char *state);
void unit_set_sub_state(struct unit_state *unit, const char *state);
void unit_set_file_state(struct unit_state *unit, const char *state);
void unit_set_type(struct unit_state *unit, const char *type);

bool unit_is_service(const char *name);

/* The same by systemctl. */
int systemctl_answer(struct link *link, const struct survey *survey, struct deadline deadline,
        struct answers *answers, struct error *error);
int systemctl_change(const struct work *work, struct error *error);

/* How a job ended, in words: "it failed" for "failed". */
const char *unit_job_words(const char *result);

/* " (exit-code, status 3); its journal ends: …" for a unit that has failed, or ""; owned by the caller. */
char *unit_story(struct link *link, const char *name, struct deadline deadline);
