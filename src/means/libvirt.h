/* A session with one machine's libvirt: typed, thin, and the only way to its library.
 *
 * Every call blocks until libvirt has answered or the connection is gone; nothing here knows a deadline (see
 * libvirt_thread.c). Errors are ERROR_FAILED in libvirt's own words. One session may be used by several threads at
 * once: their calls go out side by side over its one connection.
 *
 * The library isn't linked but loaded when the first session is opened: with the fifty that it needs that takes 12 ms
 * of processor time (measured), which a run spends while the machine's answers are on their way, and which `--help`
 * doesn't spend at all. */
#pragma once

#include <stdbool.h>

#include "plan/plan.h"

struct session;

int session_open(const char *uri, struct session **ret_session, struct error *error);
/* Takes a round trip unless the connection was cut before. */
void session_close(struct session *session);

/* "9.0.0", owned by the caller. */
int session_version(struct session *session, char **ret_version, struct error *error);

/* ---- networks, pools and guests ---- */

enum libvirt_kind { LIBVIRT_NETWORK, LIBVIRT_POOL, LIBVIRT_GUEST, LIBVIRT_KINDS };
enum libvirt_filter {
        LIBVIRT_ALL,
        LIBVIRT_ACTIVE,
        LIBVIRT_AUTOSTART,
        LIBVIRT_PERSISTENT,
        LIBVIRT_PAUSED, /* of guests */
        LIBVIRT_FILTERS
};

struct handles {
        enum libvirt_kind kind;
        void **items; /* the library's */
        size_t count;
};

int session_list(struct session *session, enum libvirt_kind kind, enum libvirt_filter filter,
        struct handles *ret_handles, struct error *error);
const char *handles_name(const struct handles *handles, size_t i);
char *handles_uuid(const struct handles *handles, size_t i); /* owned by the caller */
/* What the object is (running) or will be when started next; owned by the caller, NULL: it is gone meanwhile. */
int handles_xml(const struct handles *handles, size_t i, bool running, char **ret_xml, struct error *error);
void handles_done(struct handles *handles);

int session_define(struct session *session, enum libvirt_kind kind, const char *xml, struct error *error);

/* As handles_xml, of one by name. */
int session_xml(struct session *session, enum libvirt_kind kind, const char *name, bool running,
        char **ret_xml, struct error *error);

enum libvirt_act {
        LIBVIRT_START, /* what is active already is started */
        LIBVIRT_STOP,  /* what is not active is stopped */
        LIBVIRT_AUTOSTART_ON,
        LIBVIRT_AUTOSTART_OFF,
        LIBVIRT_BUILD,       /* of a pool that is not active: makes its directory */
        LIBVIRT_BUILD_EMPTY, /* makes its volume group, of devices on which nothing is */
        LIBVIRT_RESUME,      /* a guest that is paused */
        LIBVIRT_SHUT_DOWN,   /* asks a guest to power off, and doesn't wait */
        LIBVIRT_UNDEFINE,    /* of what is not active */
        LIBVIRT_ACTS
};

/* A kind lacks an act that makes no sense for it: that is a mistake in the program. */
int session_act(struct session *session, enum libvirt_kind kind, const char *name, enum libvirt_act act,
        struct error *error);

struct network_update {
        enum network_part part;
        enum edit_verb verb;
        const char *xml;
        bool running;    /* update the running network, */
        bool definition; /* and what it will be when started next */
};

int session_update_network(
        struct session *session, const char *name, const struct network_update *update, struct error *error);

/* ---- volumes ---- */

/* The library's; no volume: it isn't there. */
struct volume_handle {
        void *pool;
        void *volume;
};

/* One round trip: by its path, or, with path NULL, to its pool only. That there is no such pool is no error. */
int volume_find(struct session *session, const char *pool, const char *path, struct volume_handle *ret_volume,
        struct error *error);
/* *ret_xml, owned by the caller, stays NULL when it isn't there. Takes another round trip when only the pool was found. */
int volume_xml(struct volume_handle *volume, const char *name, char **ret_xml, struct error *error);
void volume_handle_done(struct volume_handle *volume);

/* Makes libvirt look at what is in the pool. A pool that is being worked on is refused. */
int session_refresh_pool(struct session *session, const char *pool, bool *ret_is_busy, struct error *error);
/* The bytes that can still be written to it, as of the last time it was looked at. */
int session_pool_room(struct session *session, const char *pool, uint64_t *ret_bytes, struct error *error);
/* original: the path of a volume whose content is copied, or NULL. */
int session_create_volume(struct session *session, const char *pool, const char *xml, const char *original,
        struct error *error);
/* Never makes it smaller. */
int session_grow_volume(struct session *session, const char *path, uint64_t bytes, struct error *error);
/* What isn't there is deleted. */
int session_delete_volume(struct session *session, const char *path, struct error *error);

/* The guest's disk at this path becomes larger while it runs; *ret_runs is false, and nothing was done, when it doesn't. */
int session_grow_disk(struct session *session, const char *guest, const char *path, uint64_t bytes,
        bool *ret_runs, struct error *error);

struct upload {
        int fd;          /* a regular file, read from */
        uint64_t offset; /* here */
        uint64_t size;   /* to here, its end */
        void (*progress)(void *context, uint64_t done);
        void *context;
};

/* Sends the rest of the file to the volume's same place, holes as holes. */
int session_upload(
        struct session *session, const char *path, const struct upload *upload, struct error *error);
/* ---- guests ---- */

enum guest_change_verb { GUEST_SET_MEMORY, GUEST_SET_VCPUS, GUEST_ATTACH, GUEST_DETACH, GUEST_UPDATE };

/* Of a guest that runs; its definition stays. */
struct guest_change {
        enum guest_change_verb verb;
        uint64_t number; /* KiB, or processors */
        const char *xml; /* of the device */
};

int session_change_guest(
        struct session *session, const char *name, const struct guest_change *change, struct error *error);

/* One that isn't there isn't active. */
int session_guest_is_active(
        struct session *session, const char *name, bool *ret_is_active, struct error *error);

/* How one that is off came to be off: "it has powered off"; lent. *ret_end is NULL when it is on. */
int session_guest_end(struct session *session, const char *name, const char **ret_end, struct error *error);

/* XML about what guests of the machine's own kind can have; owned by the caller. NULL: nothing is known. */
int session_capabilities(struct session *session, char **ret_xml, struct error *error);

/* XML about which types of pools there are and which of them can be had; as above. */
int session_pool_types(struct session *session, char **ret_xml, struct error *error);

/* ---- a guest from outside ---- */

/* The addresses that a network's leases give to a MAC, one of each kind, IPv4 first; none is no error. */
int session_leases(struct session *session, const char *network, const struct mac_address *mac,
        struct strings *ret_addresses, struct error *error);
/* What the machine's own table of neighbours knows: for guests that take no leases. Of a guest that runs. */
int session_neighbours(
        struct session *session, const char *name, struct strings *ret_addresses, struct error *error);

/* A guest's first serial port, which one at a time can have. */
struct console;
int console_open(
        struct session *session, const char *name, struct console **ret_console, struct error *error);
/* As transient_read; console_write: all of it, -1 when the guest or the connection has ended. Side by side is allowed. */
int console_read(struct console *console, char *bytes, size_t size);
int console_write(struct console *console, const char *bytes, size_t count);
/* Lets it go, and ends a console_read in another thread. Once, and then console_free. */
void console_end(struct console *console);
void console_free(struct console *console);

/* ---- a transient guest: it ends with the session ---- */

struct transient;

/* Runs it, without defining it. */
int transient_create(
        struct session *session, const char *xml, struct transient **ret_guest, struct error *error);
/* What it says on its first serial port, as it comes: the count of bytes, 0 when it has ended, -1 when the
 * connection has. */
int transient_read(struct transient *guest, char *buffer, size_t size);
/* False when it has ended or crashed, or was stopped because its processor can't go on. */
bool transient_is_running(struct transient *guest);
/* Ends it, and with it a transient_read in another thread. Twice is allowed. */
void transient_end(struct transient *guest);
/* Ends it if it still runs. */
void transient_free(struct transient *guest);
