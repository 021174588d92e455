/* Logging in with a key.
 *
 * Candidates are tried in OpenSSH's order: the agent's keys that the configuration names, its others (unless
 * IdentitiesOnly), then the files the agent has no key of. What can't be tried is remembered, in words, for the
 * sentence that tells why nothing worked. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "link/key_file.h"
#include "link/login.h"

#define MOST_TRIES 6 /* a server closes the connection after that many (MaxAuthTries) */

struct identity {
        const char *path;
        struct key_file key;
        bool is_readable;
        char *why_not; /* it can't be used as a file; or NULL */
};

struct candidate {
        const char *path;            /* a file; or */
        const struct agent_key *key; /* a key of the agent's */
};

struct login {
        const struct ssh_config *config;
        bool is_single; /* one key was asked for */
        struct agent *agent;
        ARRAY(struct identity) identities;
        ARRAY(struct candidate) candidates;
        bool is_ordered;
        size_t next;
        const struct agent_key *signing;
};

/* The types that libssh2 can sign or pass on. */
static bool is_usable_type(const char *type)
{
        if (!type || strcmp(type, "ssh-ed25519") == 0)
                return true;
        if (strcmp(type, "ssh-rsa") == 0)
                return wire_has_rsa();
        return strncmp(type, "ecdsa-sha2-nistp", 16) == 0 && !strchr(type, '@');
}

/* Why libssh2 can't use a key of this type; NULL: it can. */
static char *why_unusable(const char *type)
{
        if (is_usable_type(type))
                return NULL;
        if (strcmp(type, "ssh-rsa") == 0)
                return string_format("is an RSA key, and libssh2 %s can't sign with RSA as servers want it "
                                     "(1.11 can): use an ed25519 key",
                        wire_library_version());
        return string_format("is a key of type %s, which libssh2 can't use", type);
}

static void look_at(struct login *login, const char *path)
{
        CLEANUP(string_free) char *unusable = NULL;
        struct identity *identity = array_add(&login->identities);
        CLEANUP(error_done) struct error error = {0};

        identity->path = path;
        if (key_file_read(path, &identity->key, &error) < 0) {
                identity->why_not = string_format("%s %s", path, error_text(&error));
                return;
        }
        identity->is_readable = true;
        unusable = why_unusable(identity->key.type);
        if (unusable)
                identity->why_not = string_format("%s %s", path, unusable);
        else if (identity->key.is_encrypted)
                identity->why_not = string_format(
                        "%s is encrypted, and no agent has its key: run ssh-add %s", path, path);
}

struct login *login_new(struct loop *loop, const struct ssh_config *config, const char *identity,
        void (*changed)(void *context), void *context)
{
        struct login *login = memory_new(1, sizeof(*login));
        bool needs_agent = true;

        *login = (struct login) {.config = config, .is_single = identity != NULL};
        if (identity) {
                look_at(login, identity);
                needs_agent = login->identities.items[0].why_not != NULL;
        } else {
                for (array_each(char *, path, &config->identities))
                        look_at(login, *path);
        }
        if (needs_agent && config->agent) {
                const struct agent_keys *ignored;

                login->agent = agent_new(loop, config->agent, changed, context);
                agent_list(login->agent, &ignored); /* asks: the answer comes while keys are exchanged */
        }
        return login;
}

void login_free(struct login *login)
{
        if (!login)
                return;
        agent_free(login->agent);
        for (array_each(struct identity, identity, &login->identities)) {
                key_file_done(&identity->key);
                free(identity->why_not);
        }
        array_free(&login->identities);
        array_free(&login->candidates);
        free(login);
}

static struct identity *identity_of(const struct login *login, const struct agent_key *key)
{
        for (array_each(struct identity, identity, &login->identities))
                if (identity->key.public_key && identity->key.public_length == key->length &&
                        memcmp(identity->key.public_key, key->public_key, key->length) == 0)
                        return identity;
        return NULL;
}

static void order_agent_keys(struct login *login, const struct agent_keys *keys, bool named)
{
        for (array_each(const struct agent_key, key, &keys->list)) {
                struct identity *identity = identity_of(login, key);

                if ((identity != NULL) != named || !is_usable_type(key->type))
                        continue;
                array_add(&login->candidates)->key = key;
                if (identity && !identity->why_not)
                        identity->why_not = string_copy(""); /* the agent does it */
                else if (identity && identity->key.is_encrypted)
                        string_replace(&identity->why_not, "");
        }
}

static bool takes_any_key(const struct login *login)
{
        return !login->is_single && !login->config->identities_only;
}

static enum wire_result order(struct login *login)
{
        const struct agent_keys *keys = NULL;

        if (login->agent && agent_list(login->agent, &keys) == WIRE_AGAIN)
                return WIRE_AGAIN;
        if (keys) {
                order_agent_keys(login, keys, true);
                if (takes_any_key(login))
                        order_agent_keys(login, keys, false);
        }
        for (array_each(struct identity, identity, &login->identities))
                if (!identity->why_not)
                        array_add(&login->candidates)->path = identity->path;
        if (login->candidates.count > MOST_TRIES)
                login->candidates.count = MOST_TRIES;
        login->is_ordered = true;
        return WIRE_OK;
}

static enum wire_result sign(void *context, const char *algorithm, const unsigned char *data, size_t length,
        unsigned char **ret_signature, size_t *ret_length)
{
        struct login *login = context;

        return agent_sign(login->agent, login->signing, algorithm, data, length, ret_signature, ret_length);
}

static enum wire_result try(struct login *login, struct wire *wire, const struct candidate *candidate)
{
        if (candidate->path)
                return wire_login_file(wire, login->config->user, candidate->path);
        login->signing = candidate->key;
        return wire_login_signed(
                wire, login->config->user, candidate->key->public_key, candidate->key->length, sign, login);
}

/* A file that isn't there is worth a word only when it was asked for: the configuration names many by default. */
static void add_reasons(const struct login *login, struct text *text)
{
        const struct agent_keys *keys = NULL;

        for (array_each(const struct identity, identity, &login->identities))
                if (identity->why_not && *identity->why_not && (login->is_single || identity->is_readable))
                        text_format(text, "; %s", identity->why_not);
        if (login->agent && agent_list(login->agent, &keys) == WIRE_BROKEN)
                text_format(text, "; %s", agent_error(login->agent));
        if (!keys || !takes_any_key(login))
                return;
        for (array_each(const struct agent_key, key, &keys->list)) {
                CLEANUP(string_free) char *unusable = why_unusable(key->type);

                if (unusable && !identity_of(login, key))
                        text_format(text, "; the agent's key %s %s", key->comment, unusable);
        }
}

static int refuse(const struct login *login, const char *methods, struct error *error)
{
        CLEANUP(text_done) struct text text = {0};

        if (!login->candidates.count)
                text_format(&text, "logging in as %s: there is no key to log in with", login->config->user);
        else if (login->candidates.count == 1 && login->candidates.items[0].path)
                text_format(&text, "logging in as %s: the key %s is not accepted", login->config->user,
                        login->candidates.items[0].path);
        else
                text_format(&text, "logging in as %s: none of %zu keys is accepted", login->config->user,
                        login->candidates.count);
        add_reasons(login, &text);
        if (strstr(methods, "publickey"))
                text_format(&text, "; the server takes %s: add a key to %s's authorized_keys there", methods,
                        login->config->user);
        else
                text_format(&text,
                        "; the server takes only %s, and logging in is done with keys: let it take publickey",
                        methods);
        return error_set(error, ERROR_REFUSED, "%s", text_string(&text));
}

enum wire_result login_advance(struct login *login, struct wire *wire, struct error *error)
{
        CLEANUP(string_free) char *methods = NULL;
        enum wire_result done;

        if (!login->is_ordered && order(login) == WIRE_AGAIN)
                return WIRE_AGAIN;
        while (login->next < login->candidates.count) {
                done = try(login, wire, &login->candidates.items[login->next]);
                if (done != WIRE_REFUSED)
                        return done;
                login->next++;
        }
        done = wire_login_methods(wire, login->config->user, &methods);
        if (done == WIRE_OK && methods) {
                refuse(login, methods, error);
                return WIRE_REFUSED;
        }
        return done == WIRE_REFUSED ? WIRE_BROKEN : done;
}
