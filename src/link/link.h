/* A link to one machine: something that gives byte streams. Local or over one SSH connection, the same.
 *
 * Theory of operation. All SSH sessions live on one I/O thread (struct links). It alone calls libssh2, always
 * non-blocking; everybody else holds ordinary descriptors, one end of a socket pair each, whose other end that
 * thread pumps. So callers may block in read(2), sd-bus, libvirt or libcurl, and a deadline, a lost connection
 * or Ctrl-C is enforced in one place: the stream is closed.
 *
 * A link is opened without waiting. Streams may be asked for at once: they come up when the connection does, and
 * whoever waits on one gets the connection's error. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/deadline.h"
#include "base/error.h"
#include "base/text.h"
#include "config/config.h"

struct links; /* the I/O thread */
struct link;

int links_start(struct links **ret_links, struct error *error);
/* Closes every link that is still open, ends the thread, frees. */
void links_stop(struct links *links);
/* Ends whatever anybody waits for on any link, with ERROR_INTERRUPTED. Safe in a signal handler. */
void links_interrupt(struct links *links);

/* Begins to connect; never blocks for longer than starting a process takes. host must outlive the link. connect_by
 * limits the way to a logged-in connection. */
struct link *link_open(struct links *links, const struct host_config *host, struct deadline connect_by);

/* The same to a machine that another link leads to: to a port that it reaches. That link must not be closed before. Why a
 * connection failed there tells link_stream_error(through, "HOST:PORT"). */
struct link *link_open_through(
        struct link *through, const struct host_config *host, struct deadline connect_by);

/* One more connection to the machine that a link leads to, made in the same way. */
struct link *link_open_beside(struct link *link, struct deadline connect_by);

/* It is this machine itself: nothing is connected. */
bool link_is_local(const struct link *link);

/* Waits until the link is logged in (and, with become, until sudo was seen to work). Errors: ERROR_UNREACHABLE,
 * ERROR_REFUSED (host key, login, sudo), ERROR_DEADLINE, ERROR_INTERRUPTED; each says which stage and what came
 * back. Every later call gives the same error. */
int link_wait(struct link *link, struct deadline deadline, struct error *error);

/* As whom commands run. */
bool link_is_root(const struct link *link);

/* Closes the streams, then the connection. */
void link_close(struct link *link);

/* ---- commands ---------------------------------------------------------------------------------------------- */

/* A command to be run as root (through sudo where the link becomes). Exactly one of words and script. */
struct command {
        const struct strings *words; /* an argument vector; or */
        const char *script;          /* text for sh, made with base/shell.h. Neither may hold a secret. */
        const void *input;           /* stdin: input_length bytes, then end of file */
        size_t input_length;
        size_t keep; /* keep at most this much of each of stdout and stderr (the first half and
                                        the last half); 0: 1 MiB */
        /* stdout as it comes, or NULL. Called by whoever is in link_finish; the command waits while nobody is. */
        void (*on_output)(void *context, const char *bytes, size_t count);
        void *context;
        /* Run, too, when the command is interrupted, at most for a few seconds: shell text that ends what the command
         * only follows; or NULL. */
        const char *at_interrupt;
};

struct output {
        int status;      /* exit status; 128 + n for signal n */
        struct text out; /* what was kept of stdout, NUL-terminated */
        struct text err;
        size_t out_dropped; /* bytes that were read and not kept */
        size_t err_dropped;
};

/* Runs a command to its end. 0 with *ret_output when the machine confirmed the end by the command's own trailer,
 * whatever the exit status; else -1: a lost connection is ERROR_UNREACHABLE, never success. On ERROR_DEADLINE and
 * ERROR_INTERRUPTED the remote process group was sent SIGTERM, then SIGKILL, as far as the machine still answers. */
int link_run(struct link *link, const struct command *command, struct deadline deadline,
        struct output *ret_output, struct error *error);

/* The same in two halves, so that other streams can be used between them. The command's memory must stay valid
 * until link_finish. */
struct running;
struct running *link_start(struct link *link, const struct command *command, struct deadline deadline);
int link_finish(struct running *running, struct output *ret_output, struct error *error);

void output_done(struct output *output);

/* ---- streams ----------------------------------------------------------------------------------------------- */

/* A stream to a Unix socket of the machine, as root. *ret_fd is the caller's to close. bridge is a command (or
 * NULL) that speaks the same on its stdin and stdout, for machines whose sshd forwards no sockets and for links
 * that become: { "systemd-stdio-bridge" }, { "nc", "-U", PATH }. Returns at once: a failure to connect shows as
 * an end of file, and link_stream_error tells why. */
int link_open_socket(
        struct link *link, const char *path, const struct strings *bridge, int *ret_fd, struct error *error);

/* A stream to a TCP port as the machine sees it. */
int link_open_tcp(struct link *link, const char *host, unsigned port, int *ret_fd, struct error *error);

/* Makes a connection to a TCP port as the machine sees it, and closes it. ERROR_FAILED in the words that came back when
 * nobody takes it; other kinds are about the link. */
int link_knock(
        struct link *link, const char *host, unsigned port, struct deadline deadline, struct error *error);

/* A stream to a script for sh, run as root: its stdin and stdout. Both sides see when the other is gone. name is what
 * link_stream_error knows it by. The script is made with base/shell.h, holds no secret and is shorter than 16 KiB. */
int link_open_script(
        struct link *link, const char *name, const char *script, int *ret_fd, struct error *error);

/* A private Unix socket here, under a directory only we can enter, each connection to which becomes a stream as
 * above; for libraries that want an address and not a descriptor. For a local link it is path itself. Lent until
 * the link is closed. */
int link_listen_socket(struct link *link, const char *path, const struct strings *bridge,
        const char **ret_local_path, struct error *error);

/* The same for a TCP port as the machine sees it. */
int link_listen_tcp(
        struct link *link, const char *host, unsigned port, const char **ret_local_path, struct error *error);

/* Why the last stream to path (or of that name) could not be opened or was cut off ("connect failed: no such file"), copied to
 * *ret_why (owned by the caller); false when there is nothing to tell. */
bool link_stream_error(struct link *link, const char *path, char **ret_why);

/* libssh2's version as it was loaded, for --version. */
const char *link_library_version(void);
