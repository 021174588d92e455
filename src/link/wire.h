/* One SSH connection's protocol: a thin, typed cover of libssh2, and the only place that knows it.
 *
 * libssh2 doesn't touch a descriptor: what it sends goes to wire_io.send, which takes everything, and what it
 * reads comes from wire_io.receive. So a send is never half done, which spares us libssh2's rule that a call cut
 * short has to be repeated with the same arguments before any other is made. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/array.h"
#include "link/far.h"

enum wire_result {
        WIRE_OK,
        WIRE_AGAIN,   /* the other side's turn: call again when something was received */
        WIRE_REFUSED, /* it said no; wire_error tells how */
        WIRE_BROKEN,  /* the connection can't be used any more */
};

struct wire_io {
        /* Bytes; 0: the end; -EAGAIN. */
        ssize_t (*receive)(void *context, void *bytes, size_t size);
        void (*send)(void *context, const void *bytes, size_t count);
};

struct wire;
struct wire_channel;

/* "1.10.0" */
const char *wire_library_version(void);
/* libssh2 1.10 signs with SHA-1 only, which no current server takes from an RSA key, nor gives with one. */
bool wire_has_rsa(void);

/* socket is only asked for its flags. */
struct wire *wire_new(int socket, const struct wire_io *io, void *context);
void wire_free(struct wire *wire);
/* What went wrong last, in the library's or the server's words; never empty. */
const char *wire_error(struct wire *wire);

/* Asks for host keys of these types ("ssh-ed25519", …) before others. Until the server's banner has come. */
void wire_prefer_host_keys(struct wire *wire, const struct strings *types);
/* Banners, key exchange. */
enum wire_result wire_handshake(struct wire *wire);
/* The server's; NULL: it hasn't come yet. */
const char *wire_banner(struct wire *wire);
/* Valid after the handshake; lent. */
const unsigned char *wire_host_key(struct wire *wire, size_t *ret_length);

/* Logs in with an unencrypted key in a file. */
enum wire_result wire_login_file(struct wire *wire, const char *user, const char *path);
/* Logs in with a public key whose signature somebody else makes. sign: WIRE_AGAIN until it is there, then
 * *ret_signature is the signature alone, owned by the wire. algorithm is "ssh-ed25519", "rsa-sha2-256", … */
typedef enum wire_result wire_sign(void *context, const char *algorithm, const unsigned char *data,
        size_t length, unsigned char **ret_signature, size_t *ret_length);
enum wire_result wire_login_signed(struct wire *wire, const char *user, const unsigned char *public_key,
        size_t length, wire_sign *sign, void *context);
/* WIRE_OK: *ret_methods ("publickey,password") is the caller's, or NULL when nothing more is asked for. */
enum wire_result wire_login_methods(struct wire *wire, const char *user, char **ret_methods);

/* Opens a channel; the same arguments again while WIRE_AGAIN, and nothing else is opened meanwhile. */
enum wire_result wire_open(struct wire *wire, const char *type, uint32_t window, const void *payload,
        size_t payload_length, struct wire_channel **ret_channel);
enum wire_result wire_execute(struct wire_channel *channel, const char *command);
/* Bytes; 0: the end; -1: nothing now; -2: broken. */
ssize_t wire_read(struct wire_channel *channel, enum far_half half, void *bytes, size_t size);
/* Bytes taken, 0: no room now. Negative: broken or closed. */
ssize_t wire_write(struct wire_channel *channel, const void *bytes, size_t count);
enum wire_result wire_end_input(struct wire_channel *channel);
/* WIRE_AGAIN: to be called again; else the channel is gone. */
enum wire_result wire_close(struct wire_channel *channel);

/* Asks the server for a sign of life. */
void wire_keep_alive(struct wire *wire);
