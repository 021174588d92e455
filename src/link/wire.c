/* One SSH connection's protocol: libssh2. */
#include <errno.h>
#include <libssh2.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "link/wire.h"

#define PACKET_SIZE 32768
#define RSA_SINCE   0x010b00

struct wire {
        LIBSSH2_SESSION *session;
        int socket;
        const struct wire_io *io; /* NULL: being freed */
        void *context;
        struct text said; /* the server's last words */
        bool is_over;
        wire_sign *sign;
        void *sign_context;
};

struct wire_channel {
        struct wire *wire;
        LIBSSH2_CHANNEL *channel;
};

/* Fast and modern, the best first. What this libssh2 doesn't know is left out. Certificates of host keys are never
 * asked for: libssh2 takes them without looking at their authority. */
static const char *const key_exchanges[] = {"curve25519-sha256", "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512",
        "diffie-hellman-group14-sha256", NULL};
static const char *const host_keys[] = {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256", NULL};
static const char *const ciphers[] = {"aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr",
        "aes256-ctr", "aes192-ctr", "chacha20-poly1305@openssh.com", NULL};
static const char *const macs[] = {"hmac-sha2-256", "hmac-sha2-512", "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com", NULL};

static const struct {
        int method;
        const char *const *wanted;
} preferences[] = {
        {LIBSSH2_METHOD_KEX, key_exchanges},
        {LIBSSH2_METHOD_HOSTKEY, host_keys},
        {LIBSSH2_METHOD_CRYPT_CS, ciphers},
        {LIBSSH2_METHOD_CRYPT_SC, ciphers},
        {LIBSSH2_METHOD_MAC_CS, macs},
        {LIBSSH2_METHOD_MAC_SC, macs},
};

const char *wire_library_version(void)
{
        return libssh2_version(0);
}

bool wire_has_rsa(void)
{
        return libssh2_version(RSA_SINCE) != NULL;
}

static ssize_t receive(libssh2_socket_t socket, void *bytes, size_t size, int flags, void **abstract)
{
        struct wire *wire = *abstract;

        ssize_t count = wire->io ? wire->io->receive(wire->context, bytes, size) : 0;

        (void)socket;
        (void)flags;
        if (count <= 0 && count != -EAGAIN)
                wire->is_over = true;
        return count;
}

static ssize_t send_all(libssh2_socket_t socket, const void *bytes, size_t count, int flags, void **abstract)
{
        struct wire *wire = *abstract;

        (void)socket;
        (void)flags;
        if (wire->io)
                wire->io->send(wire->context, bytes, count);
        return (ssize_t)count;
}

static void disconnected(LIBSSH2_SESSION *session, int reason, const char *message, int message_length,
        const char *language, int language_length, void **abstract)
{
        struct wire *wire = *abstract;

        (void)session;
        (void)reason;
        (void)language;
        (void)language_length;
        wire->is_over = true;
        text_clear(&wire->said);
        for (int i = 0; i < message_length && i < 200; i++)
                text_add_n(&wire->said, (unsigned char)message[i] < ' ' ? " " : &message[i], 1);
}

static void set_callback(LIBSSH2_SESSION *session, int which, void (*callback)(void))
{
#if LIBSSH2_VERSION_NUM >= 0x010b01
        libssh2_session_callback_set2(session, which, callback);
#else
        libssh2_session_callback_set(session, which, (void *)callback);
#endif
}

static void initialize(void)
{
        libssh2_init(0);
}

/* The wanted ones that this libssh2 has; those in first are moved to the front. */
static void prefer(struct wire *wire, int method, const char *const *wanted, const struct strings *first)
{
        CLEANUP(strings_done) struct strings ordered = {0};
        CLEANUP(string_free) char *joined = NULL;
        const char **known = NULL;
        int count = libssh2_session_supported_algs(wire->session, method, &known);

        for (int pass = 0; pass < 2; pass++) {
                for (const char *const *name = wanted; *name; name++) {
                        bool is_known = false;

                        for (int i = 0; i < count; i++)
                                is_known = is_known || string_equal(known[i], *name);
                        if (is_known && (pass == 0) == (strings_has(first, *name) != 0))
                                strings_add(&ordered, *name);
                }
        }
        if (count > 0)
                libssh2_free(wire->session, known);
        joined = strings_join(&ordered, ",");
        libssh2_session_method_pref(wire->session, method, joined);
}

void wire_prefer_host_keys(struct wire *wire, const struct strings *types)
{
        CLEANUP(strings_done) struct strings first = {0};

        strings_copy(&first, types);
        if (strings_has(types, "ssh-rsa")) { /* the key's type; what signs with it has other names */
                strings_add(&first, "rsa-sha2-512");
                strings_add(&first, "rsa-sha2-256");
        }
        prefer(wire, LIBSSH2_METHOD_HOSTKEY, host_keys, &first);
}

struct wire *wire_new(int socket, const struct wire_io *io, void *context)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        const struct strings none = {0};
        struct wire *wire = memory_new(1, sizeof(*wire));

        pthread_once(&once, initialize);
        *wire = (struct wire) {.socket = socket, .io = io, .context = context};
        wire->session = libssh2_session_init_ex(NULL, NULL, NULL, wire);
        if (!wire->session)
                abort(); /* no memory */
        libssh2_session_set_blocking(wire->session, 0);
        set_callback(wire->session, LIBSSH2_CALLBACK_RECV, (void (*)(void))receive);
        set_callback(wire->session, LIBSSH2_CALLBACK_SEND, (void (*)(void))send_all);
        set_callback(wire->session, LIBSSH2_CALLBACK_DISCONNECT, (void (*)(void))disconnected);
        for (size_t i = 0; i < sizeof(preferences) / sizeof(preferences[0]); i++)
                prefer(wire, preferences[i].method, preferences[i].wanted, &none);
        libssh2_keepalive_config(wire->session, 1, 1);
        return wire;
}

void wire_free(struct wire *wire)
{
        if (!wire)
                return;
        libssh2_session_disconnect(wire->session, "done");
        wire->io = NULL; /* from here on every read is the end, so that nothing is waited for */
        while (libssh2_session_free(wire->session) == LIBSSH2_ERROR_EAGAIN)
                ;
        text_done(&wire->said);
        free(wire);
}

const char *wire_error(struct wire *wire)
{
        char *text = NULL;

        if (wire->said.length)
                return wire->said.data;
        libssh2_session_last_error(wire->session, &text, NULL, 0);
        return text && *text ? text : "no reason was given";
}

/* The codes alone don't tell: a connection that ended during a login is "unverified" to libssh2. */
static enum wire_result result(const struct wire *wire, int code)
{
        if (code == 0)
                return WIRE_OK;
        if (code == LIBSSH2_ERROR_EAGAIN)
                return WIRE_AGAIN;
        return wire->is_over ? WIRE_BROKEN : WIRE_REFUSED;
}

enum wire_result wire_handshake(struct wire *wire)
{
        enum wire_result done = result(wire, libssh2_session_handshake(wire->session, wire->socket));

        return done == WIRE_REFUSED ? WIRE_BROKEN : done; /* half a handshake is none */
}

const char *wire_banner(struct wire *wire)
{
        const char *line = libssh2_session_banner_get(wire->session); /* or one that came before it */

        return line && strncmp(line, "SSH-", 4) == 0 ? line : NULL;
}

const unsigned char *wire_host_key(struct wire *wire, size_t *ret_length)
{
        int type;

        return (const unsigned char *)libssh2_session_hostkey(wire->session, ret_length, &type);
}

enum wire_result wire_login_file(struct wire *wire, const char *user, const char *path)
{
        /* The empty passphrase keeps OpenSSL from asking the terminal for one. */
        return result(wire, libssh2_userauth_publickey_fromfile_ex(
                                    wire->session, user, (unsigned)strlen(user), NULL, path, ""));
}

/* The name of the signature's algorithm, from what is to be signed: session id, message, user, service, method,
 * TRUE, algorithm (RFC 4252, 7). */
static void read_algorithm(const unsigned char *data, size_t length, char *ret_name, size_t size)
{
        size_t at = 0;

        *ret_name = '\0';
        for (int field = 0; field < 5; field++) {
                size_t count;

                if (field == 1 || field == 4)
                        at++; /* the message's number; TRUE */
                if (at + 4 > length)
                        return;
                count = (size_t)data[at] << 24 | (size_t)data[at + 1] << 16 | (size_t)data[at + 2] << 8 |
                        data[at + 3];
                at += 4;
                if (count > length - at)
                        return;
                if (field == 4 && count < size)
                        snprintf(ret_name, size, "%.*s", (int)count, (const char *)data + at);
                at += count;
        }
}

static int signer(LIBSSH2_SESSION *session, unsigned char **ret_signature, size_t *ret_length,
        const unsigned char *data, size_t length, void **abstract)
{
        struct wire *wire = *abstract;
        unsigned char *made = NULL;
        char algorithm[64];
        enum wire_result done;

        (void)session;
        read_algorithm(data, length, algorithm, sizeof(algorithm));
        done = wire->sign(wire->sign_context, algorithm, data, length, &made, ret_length);
        if (done == WIRE_OK)
                *ret_signature = made;
        return done == WIRE_OK ? 0 : done == WIRE_AGAIN ? LIBSSH2_ERROR_EAGAIN : -1;
}

enum wire_result wire_login_signed(struct wire *wire, const char *user, const unsigned char *public_key,
        size_t length, wire_sign *sign, void *context)
{
        void *self = wire;

        wire->sign = sign;
        wire->sign_context = context;
        return result(
                wire, libssh2_userauth_publickey(wire->session, user, public_key, length, signer, &self));
}

enum wire_result wire_login_methods(struct wire *wire, const char *user, char **ret_methods)
{
        const char *methods = libssh2_userauth_list(wire->session, user, (unsigned)strlen(user));

        if (!methods && !libssh2_userauth_authenticated(wire->session))
                return result(wire, libssh2_session_last_errno(wire->session));
        *ret_methods = string_copy(methods);
        return WIRE_OK;
}

enum wire_result wire_open(struct wire *wire, const char *type, uint32_t window, const void *payload,
        size_t payload_length, struct wire_channel **ret_channel)
{
        LIBSSH2_CHANNEL *channel = libssh2_channel_open_ex(wire->session, type, (unsigned)strlen(type),
                window, PACKET_SIZE, payload, (unsigned)payload_length);
        int code = libssh2_session_last_errno(wire->session);

        if (!channel && code != LIBSSH2_ERROR_CHANNEL_FAILURE && code != LIBSSH2_ERROR_EAGAIN)
                return WIRE_BROKEN;
        if (!channel)
                return result(wire, code);
        *ret_channel = memory_new(1, sizeof(**ret_channel));
        **ret_channel = (struct wire_channel) {.wire = wire, .channel = channel};
        return WIRE_OK;
}

enum wire_result wire_execute(struct wire_channel *channel, const char *command)
{
        return result(channel->wire, libssh2_channel_process_startup(channel->channel, "exec",
                                             sizeof("exec") - 1, command, (unsigned)strlen(command)));
}

ssize_t wire_read(struct wire_channel *channel, enum far_half half, void *bytes, size_t size)
{
        int stream = half == FAR_ERR ? SSH_EXTENDED_DATA_STDERR : 0;
        ssize_t count = libssh2_channel_read_ex(channel->channel, stream, bytes, size);

        if (count > 0)
                return count;
        if (count == LIBSSH2_ERROR_EAGAIN)
                return -1;
        if (count < 0)
                return -2;
        return libssh2_channel_eof(channel->channel) ? 0 : -1;
}

ssize_t wire_write(struct wire_channel *channel, const void *bytes, size_t count)
{
        ssize_t taken = libssh2_channel_write_ex(channel->channel, 0, bytes, count);

        return taken == LIBSSH2_ERROR_EAGAIN ? 0 : taken;
}

enum wire_result wire_end_input(struct wire_channel *channel)
{
        return result(channel->wire, libssh2_channel_send_eof(channel->channel));
}

enum wire_result wire_close(struct wire_channel *channel)
{
        if (libssh2_channel_free(channel->channel) == LIBSSH2_ERROR_EAGAIN)
                return WIRE_AGAIN;
        free(channel);
        return WIRE_OK;
}

void wire_keep_alive(struct wire *wire)
{
        int next_s;

        libssh2_keepalive_send(wire->session, &next_s);
}
