/* What the files about OPNsense share: a session with one, asking it, and changing it so that it can be put back. */
#pragma once

#include "base/locked.h"
#include "base/record_read.h"
#include "means/opnsense.h"
#include "means/parts.h"
#include "means/web.h"

/* Its own limits: a request that only reads or writes its configuration, and one that waits for a daemon (120 s, and 10 to be
 * heard). */
#define OPNSENSE_ASK_S   30
#define OPNSENSE_APPLY_S 180

struct session_with_opnsense {
        const struct opnsense_config *config;
        struct link *link;
        struct locked login; /* "KEY:SECRET" */
        struct locked ca;
        struct web *web; /* NULL: not open */
};

/* Opens the session when it isn't. Lent. */
int opnsense_open(struct opnsenses *opnsenses, const struct opnsense_config *config, struct deadline deadline,
        struct session_with_opnsense **ret_session, struct error *error);

/* "key=…\nsecret=…" or two files, as the configuration says: "KEY:SECRET". ERROR_REFUSED, which names the file. */
int opnsense_read_login(const struct opnsense_config *config, struct locked *ret_login, struct error *error);

/* ---- asking ---- */

/* What came back as JSON, or as a sentence that names the firewall and what was asked: ERROR_REFUSED where another try makes no
 * sense, else ERROR_FAILED. Pure. */
int opnsense_read_answer(const char *name, const char *path, const struct web_answer *answer,
        struct json **ret_json, struct error *error);

/* A POST with a body, a GET without. Within limit_s. */
int opnsense_ask(struct session_with_opnsense *session, const char *path, const char *body, int limit_s,
        struct deadline deadline, struct json **ret_json, struct error *error);

/* A POST that has to end in "result" or "status" being this, whatever blanks and capitals it has. */
int opnsense_tell(struct session_with_opnsense *session, const char *path, const char *body,
        const char *wanted, int limit_s, struct deadline deadline, struct error *error);

/* What it has: bit (1 << area) for each that is asked, and for each that must be answered. Overwrites the state. */
int opnsense_look(struct session_with_opnsense *session, unsigned areas, unsigned needs,
        struct deadline deadline, struct opnsense_state *state, struct error *error);

/* Adds what the models say, and what haproxy's statistics do. */
void opnsense_read_services(const struct json *model, struct opnsense_state *state);
void opnsense_read_rules(const struct json *model, struct opnsense_state *state);
void opnsense_read_reservations(const struct json *model, struct opnsense_state *state);
void opnsense_read_hosts(const struct json *model, struct opnsense_state *state);
void opnsense_read_running(const struct json *counters, struct opnsense_state *state);

/* ---- changing ---- */

/* What was done, so that it can be undone. */
struct opnsense_log {
        struct session_with_opnsense *session;
        ARRAY(struct opnsense_change) done; /* lent */
        unsigned kinds;                     /* bit (1 << kind) of what was touched */
};

/* Writes the fields of fields to the object that is or becomes kind and UUID of it; and takes it away. */
int opnsense_put(struct session_with_opnsense *session, const struct opnsense_object *fields,
        struct deadline deadline, struct error *error);
int opnsense_take_away(struct session_with_opnsense *session, const struct opnsense_object *object,
        struct deadline deadline, struct error *error);

int opnsense_change(struct opnsense_log *log, const struct opnsense_change *change, struct deadline deadline,
        struct error *error);

/* Puts back what was there, the last first, whatever fails; 0 when all of it is back. Within its own time. */
int opnsense_undo(struct opnsense_log *log, struct error *error);
void opnsense_log_done(struct opnsense_log *log);

/* ---- one change, on one or both of a pair ---- */

struct opnsense_making {
        const struct work *work;
        struct session_with_opnsense *session;
        const struct opnsense_objects *wanted; /* the step's, or */
        struct opnsense_objects own;           /* made for it */
        struct opnsense_state before;
        struct opnsense_log log;
};

typedef int opnsense_make(struct opnsense_making *making, struct error *error);
typedef int opnsense_load(struct opnsense_making *making, struct deadline deadline, struct error *error);

/* Looks at each firewall that the step names, then makes the change on the one after the other. When one fails all are put back as
 * they were, and loaded: what can't be put back is told behind what went wrong. */
int opnsense_make_on_all(const struct work *work, unsigned areas, opnsense_make *make, opnsense_load *load,
        struct error *error);

/* What it has saved is what it was sent. */
int opnsense_read_back(struct opnsense_making *making, enum opnsense_area area, struct error *error);
