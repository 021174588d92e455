/* What the parts of the means that talk to libvirt have in common: one machine's libvirt, opened when it is first needed
 * and used with deadlines. */
#pragma once

#include <pthread.h>

#include "means/inventory.h"
#include "means/means.h"

struct libvirt;

/* The link is borrowed and may still be connecting. */
struct libvirt *libvirt_new(struct link *link);
/* At any address that libvirt knows, without a machine: "test:///default". socket: where it leads to, if to a socket. */
struct libvirt *libvirt_new_at(const char *uri, const char *socket);
void libvirt_free(struct libvirt *libvirt);

/* For how long a libvirt is waited for that doesn't answer a survey while its machine does; 0: as long as the survey may take. */
void libvirt_set_patience(struct libvirt *libvirt, int patience_s);

/* Begins to ask for what the survey wants to know of libvirt; the survey must outlive that. NULL: nothing. */
struct libvirt_asking;
struct libvirt_asking *libvirt_ask(
        struct libvirt *libvirt, const struct survey *survey, struct deadline deadline);
/* Waits for it, and frees; NULL is allowed. Fills answers->networks, ->pools, ->volumes, ->guests,
 * ->has_firmware, ->libvirt, ->libvirt_why, ->libvirt_version. That libvirt isn't there, or doesn't answer while the machine does, is an answer; a lost machine is
 * an error. */
int libvirt_answer(struct libvirt_asking *asking, struct answers *answers, struct error *error);

/* Each carries out every step of its kind. The link runs what commands they need; NULL: none can be. */
int network_carry_out(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error);
int pool_carry_out(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error);
int guest_carry_out(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error);
int volume_remove(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error);
int canary_carry_out(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error);

/* ---- between these parts ---- */

/* What is done with an open session, on a thread that may wait. */
typedef int libvirt_job(struct session *session, void *context, struct error *error);

/* Runs the job and returns what it does. A session that was opened before and has gone meanwhile (libvirtd was restarted)
 * is opened again first. When the deadline passes the connection is cut: then the job's call fails, and the error is
 * ERROR_DEADLINE. */
int libvirt_run(struct libvirt *libvirt, libvirt_job *job, void *context, struct deadline deadline,
        struct error *error);

/* Cuts what this libvirt is connected to until the thread that runs its jobs has ended. Others of the same link may be cut
 * too: they are opened again with their next job. */
void libvirt_cut_off(struct libvirt *libvirt, pthread_t thread);

/* Makes libvirt look at what is in the pool, once nobody works on it any more. */
int pool_refresh(struct libvirt *libvirt, const char *pool, struct deadline deadline, struct error *error);

/* The guest is off afterwards: shut down, or, when it doesn't follow, switched off. One that isn't there is off. */
int guest_shut_down(struct session *session, const char *name, struct error *error);

/* Turn the lists of an inventory into answers. */
/* Fills in the addresses of guests that run. */
int guest_addresses_read(struct session *session, struct inventory *inventory, struct error *error);
int networks_answer(const struct inventory *inventory, struct answers *answers, struct error *error);
int pools_answer(const struct inventory *inventory, struct answers *answers, struct error *error);
int volumes_answer(const struct wanted_volumes *volumes, struct answers *answers, struct error *error);
int guests_answer(const struct inventory *inventory, struct answers *answers, struct error *error);
int firmware_answer(const struct inventory *inventory, struct answers *answers, struct error *error);
