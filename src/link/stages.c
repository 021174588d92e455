/* From a connection to a login: handshake, the host's key, our key. */
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/wire_string.h"
#include "link/key_file.h"
#include "link/session_parts.h"

#define BANNER_S   15
#define EXCHANGE_S 15
#define LOGIN_S    30
#define OPEN_S     30

/* The host's key, in the forms that files and people know it by. */
struct shown_key {
        char *type;
        char *base64;
        char *fingerprint;
};

static void shown_key_done(struct shown_key *key)
{
        free(key->type);
        free(key->base64);
        free(key->fingerprint);
}

static char *fingerprint(const unsigned char *key, size_t length)
{
        CLEANUP(string_free) char *hex = sha256_hex(key, length);
        CLEANUP(string_free) char *text = NULL;
        unsigned char bytes[32];

        for (size_t i = 0; i < sizeof(bytes); i++) {
                char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

                bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
        }
        text = base64_encode(bytes, sizeof(bytes));
        text[strcspn(text, "=")] = '\0';
        return string_format("SHA256:%s", text);
}

static void shown_key_init(struct shown_key *key, struct wire *wire)
{
        size_t length = 0, type_length = 0;
        const unsigned char *bytes = wire_host_key(wire, &length), *at = bytes;
        const unsigned char *type = bytes ? wire_string(&at, bytes + length, &type_length) : NULL;

        *key = (struct shown_key) {
                .type = type ? string_copy_n((const char *)type, type_length) : string_copy("unknown"),
                .base64 = base64_encode(bytes, length),
                .fingerprint = fingerprint(bytes, length),
        };
}

static int refuse_other(const struct session *session, const struct shown_key *key,
        const struct known_keys *known, const struct known_key *entry, struct error *error)
{
        CLEANUP(strings_done) struct strings types = {0};
        bool only_rsa = true;

        known_keys_types(known, &types);
        for (array_each(char *, type, &types))
                only_rsa = only_rsa && strcmp(*type, "ssh-rsa") == 0;
        if (only_rsa && !wire_has_rsa())
                return error_set(error, ERROR_REFUSED,
                        "%s: %s has only its RSA key, which libssh2 %s can't check (1.11 can): add its %s "
                        "key, "
                        "which it shows as %s",
                        session->target.host, entry->where, wire_library_version(), key->type,
                        key->fingerprint);
        return error_set(error, ERROR_REFUSED,
                "%s: its host key is not the known one (%s): it shows the %s key %s; if the machine was made "
                "anew remove %s from that file, otherwise somebody may be in between",
                session->target.host, entry->where, key->type, key->fingerprint,
                host_keys_name(route_keys(session->route)));
}

static int accept_new(struct session *session, const struct shown_key *key, struct error *error)
{
        const char *file = host_keys_file(route_keys(session->route));

        if (session->target.policy != HOST_KEY_ACCEPT_NEW)
                return error_set(error, ERROR_REFUSED,
                        "%s: its host key is not known: it shows the %s key %s; if that is right add it to "
                        "%s, "
                        "or set host_key = \"accept-new\"",
                        session->target.host, key->type, key->fingerprint, file ? file : "known_hosts");
        if (!file)
                return error_set(error, ERROR_REFUSED,
                        "%s: there is no known_hosts file to remember its host key in", session->target.host);
        if (known_hosts_add(file, host_keys_name(route_keys(session->route)), key->type, key->base64, error) <
                0)
                return error_prefix(error, "%s", session->target.host);
        return 0;
}

/* 1: this is the host; 0: not known yet whether it is; -1: it isn't. */
static int verify(struct session *session, struct error *error)
{
        const struct known_keys *known = host_keys_full(route_keys(session->route));
        CLEANUP(shown_key_done) struct shown_key key = {0};
        const struct known_key *entry = NULL;
        enum known_verdict verdict;

        if (!known || !route_config(session->route))
                return 0;
        shown_key_init(&key, session->wire);
        verdict = known_keys_judge(known, key.base64, &entry);
        if (verdict == KNOWN_NOTHING) {
                known = host_keys_without_port(route_keys(session->route), route_config(session->route));
                if (!known)
                        return 0;
                verdict = known_keys_judge(known, key.base64, &entry);
                if (verdict == KNOWN_OTHER) /* another server's on another port, as far as ssh is concerned */
                        verdict = KNOWN_NOTHING;
        }
        switch (verdict) {
        case KNOWN_SAME:
                return 1;
        case KNOWN_BAD:
                return error_set(error, ERROR_REFUSED, "%s: its %s host key %s was revoked (%s)",
                        session->target.host, key.type, key.fingerprint, entry->where);
        case KNOWN_OTHER:
                return refuse_other(session, &key, known, entry, error);
        case KNOWN_NOTHING:
                break;
        }
        return accept_new(session, &key, error) < 0 ? -1 : 1;
}

static bool enter(struct session *session, enum session_state state)
{
        session->state = state;
        return true;
}

static bool give_up(struct session *session, struct error *error)
{
        session_fail(session, error);
        return false;
}

static bool break_off(struct session *session, const char *doing)
{
        struct error error = {0};

        error_set(&error, ERROR_UNREACHABLE, "%s: %s failed: %s", session->target.host, doing,
                wire_error(session->wire));
        return give_up(session, &error);
}

/* libssh2 doesn't say what it is that the two sides don't have in common. */
static bool break_off_exchange(struct session *session)
{
        struct error error = {0};

        if (wire_has_rsa())
                return break_off(session, "exchanging keys");
        error_set(&error, ERROR_UNREACHABLE,
                "%s: exchanging keys failed: %s; if its only host key is an RSA key, libssh2 %s can't check "
                "it "
                "(1.11 can): make an ed25519 key there",
                session->target.host, wire_error(session->wire), wire_library_version());
        return give_up(session, &error);
}

/* Our banner goes out at once. What the server says waits until it is known that it is the right one, and which of
 * its keys we know, because our first answer asks for one of these. */
static bool shake_hands(struct session *session)
{
        const struct known_keys *known = host_keys_full(route_keys(session->route));

        if (session->is_held && known && route_config(session->route)) {
                CLEANUP(strings_done) struct strings types = {0};

                known_keys_types(known, &types);
                if (types.count)
                        wire_prefer_host_keys(session->wire, &types);
                session->is_held = false;
        }
        switch (wire_handshake(session->wire)) {
        case WIRE_OK:
                return enter(session, SESSION_VERIFY);
        case WIRE_AGAIN:
                return false;
        default:
                return wire_banner(session->wire) ? break_off_exchange(session)
                                                  : break_off(session, "the SSH handshake");
        }
}

bool session_was_turned_away(const struct session *session, struct error *error)
{
        static const struct {
                const char *words, *meaning;
        } sshd[] = {
                {"Not allowed at this time",
                        "; it keeps out for a while who has failed to log in: try again in a minute"},
                {"Exceeded MaxStartups", "; too many log in there at once: try again in a minute"},
        };
        const char *first = text_string(&session->first), *meaning = "";
        size_t length = strcspn(first, "\r\n");
        CLEANUP(string_free) char *words = string_copy_n(first, length);

        if (wire_banner(session->wire) || !length || length > MOST_FIRST_WORDS ||
                strncmp(first, "SSH-", 4) == 0)
                return false;
        for (size_t i = 0; i < sizeof(sshd) / sizeof(sshd[0]); i++)
                if (strcmp(words, sshd[i].words) == 0)
                        meaning = sshd[i].meaning;
        error_set(error, ERROR_UNREACHABLE, "%s: the server has closed the connection, saying \"%s\"%s",
                session->target.host, words, meaning);
        return true;
}

static void login_changed(void *context)
{
        session_touch(context);
}

static bool log_in(struct session *session)
{
        struct error error = {0};

        switch (login_advance(session->login, session->wire, &error)) {
        case WIRE_OK:
                session->events->up(session->context);
                return enter(session, SESSION_UP);
        case WIRE_AGAIN:
                return false;
        case WIRE_REFUSED:
                error_prefix(&error, "%s", session->target.host);
                return give_up(session, &error);
        case WIRE_BROKEN:
                break;
        }
        return break_off(session, "logging in");
}

bool session_ascend(struct session *session)
{
        const struct ssh_config *config = route_config(session->route);
        struct error error = {0};
        int verified;

        if (!session->login && config) /* early: the agent may take its time */
                session->login =
                        login_new(session->loop, config, session->target.identity, login_changed, session);
        switch (session->state) {
        case SESSION_CONNECTING:
                if (route_fd(session->route) < 0)
                        return false;
                session_begin_wire(session);
                session->is_held = true;
                return enter(session, SESSION_HANDSHAKE);
        case SESSION_HANDSHAKE:
                return shake_hands(session);
        case SESSION_VERIFY:
                verified = verify(session, &error);
                if (verified < 0)
                        return give_up(session, &error);
                return verified > 0 && enter(session, SESSION_LOGIN);
        case SESSION_LOGIN:
                return log_in(session);
        case SESSION_UP:
        case SESSION_DOWN:
                break;
        }
        return false;
}

static const char *stage(const struct session *session, int *ret_limit_s)
{
        const char *on_the_way = route_doing(session->route, ret_limit_s);

        switch (session->state) {
        case SESSION_CONNECTING:
        case SESSION_HANDSHAKE:
                if (on_the_way)
                        return on_the_way;
                if (!session->wire) /* refused just now: the route is about to say so */
                        return "connecting";
                *ret_limit_s = wire_banner(session->wire) ? EXCHANGE_S : BANNER_S;
                return wire_banner(session->wire) ? "exchanging keys" : "waiting for its SSH banner";
        case SESSION_VERIFY:
                return on_the_way ? on_the_way : "checking its host key";
        case SESSION_LOGIN:
                *ret_limit_s = LOGIN_S;
                return "logging in";
        case SESSION_UP:
                *ret_limit_s = OPEN_S;
                return session->opening ? "opening a channel" : NULL;
        case SESSION_DOWN:
                break;
        }
        return NULL;
}

char *session_doing(const struct session *session, int *ret_limit_s)
{
        return string_copy(stage(session, ret_limit_s));
}
