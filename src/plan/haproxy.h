/* haproxy's configuration as a model: written by one writer, read back by one reader. Pure.
 *
 * Our services run in a haproxy of their own, with a unit and a file of its own. So an existing haproxy.cfg is never written
 * to, needn't be understood to be kept, and neither side's mistakes, reloads or defaults reach the other. What both must
 * share are the machine's ports, and two haproxies can listen at the same one, each for some of the connections. So theirs is
 * read, for where it listens, and whoever else has a socket there is seen. (Its noreuseport would refuse to share, but
 * sockets that a failed reload has paused then stay closed: haproxy 2.6.)
 *
 * Whether the running haproxy works with the file as it is can't be told from systemd: a reload that fails leaves the old
 * one working and says "done". So the name of its statistics socket is a fingerprint of the text: what the kernel lists
 * as listening is the configuration that runs. */
#pragma once

#include "base/text.h"
#include "topology/load_balancer.h"

#define HAPROXY_OURS        "/etc/haproxy/provision.cfg"
#define HAPROXY_THEIRS      "/etc/haproxy/haproxy.cfg"
#define HAPROXY_UNIT        "provision-haproxy.service"
#define HAPROXY_UNIT_FILE   "/etc/systemd/system/" HAPROXY_UNIT
#define HAPROXY_RUN         "/run/provision-haproxy"
#define HAPROXY_FINGERPRINT 16 /* hex digits */

/* A `listen`, or a `frontend` with the `backend` that it leads to. */
struct haproxy_service {
        struct balanced_service service;
        unsigned line;             /* where it begins; 0: it comes from no file */
        struct strings unmodelled; /* what it says that the model can't, as written: "use_backend", … */
};

/* One that can't be compared with anything, because it isn't clear where it listens. */
struct haproxy_skipped {
        char *name;
        unsigned line;
        char *why; /* "its bind address \"10.0.0.300:80\" …" */
};

struct haproxy {
        ARRAY(struct haproxy_service) services;
        ARRAY(struct haproxy_skipped) skipped; /* never from the wish */
};

/* Adds a copy under that name: letters, digits and "-_.:". */
void haproxy_add(struct haproxy *haproxy, const char *name, const struct balanced_service *service);

/* The file's text, and what it is known by (HAPROXY_FINGERPRINT digits), both owned by the caller. NULL with ERROR_CONFIG
 * for what can't be written so that haproxy reads it back as it is: a name or path with a blank or a control character. */
char *haproxy_write(const struct haproxy *haproxy, char **ret_fingerprint, struct error *error);

/* Adds one word that haproxy reads back as exactly these bytes; ERROR_CONFIG for control characters, which none of its
 * words can have. */
int haproxy_add_word(struct text *text, const char *word, struct error *error);

/* Reads any configuration, ours or not; never fails. What it doesn't know is left out and named. */
void haproxy_read(const char *text, struct haproxy *ret_haproxy);

/* NULL: there is none of that name. */
const struct haproxy_service *haproxy_find(const struct haproxy *haproxy, const char *name);

void haproxy_done(struct haproxy *haproxy);

/* ---- for its reader ---- */

struct haproxy_word {
        char *text;       /* without quotes and escapes */
        bool is_expanded; /* has a variable of the environment in it, whose value isn't known here */
};

struct haproxy_line {
        ARRAY(struct haproxy_word) words;
};

/* One line, up to its newline or comment, as haproxy splits it. Returns what comes behind the line. */
const char *haproxy_split(const char *text, struct haproxy_line *ret_line);
void haproxy_line_done(struct haproxy_line *line);
