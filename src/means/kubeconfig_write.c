/* Writing a kubeconfig. It is put together in locked memory, as it has a key in it. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/yaml.h"
#include "means/kubeconfig.h"

#define PIECES 48

struct pieces {
        const char *list[PIECES]; /* lent */
        size_t count;
};

static void add(struct pieces *pieces, const char *piece)
{
        pieces->list[pieces->count++] = piece;
}

static void add_line(struct pieces *pieces, const char *key, const char *value)
{
        if (!value)
                return;
        add(pieces, key);
        add(pieces, value);
        add(pieces, "\n");
}

static struct locked join(const struct pieces *pieces)
{
        struct locked joined;
        size_t length = 0;

        for (size_t i = 0; i < pieces->count; i++)
                length += strlen(pieces->list[i]);
        joined = locked_with_room(length);
        for (size_t i = 0; i < pieces->count; i++)
                locked_add_string(&joined, pieces->list[i]);
        return joined;
}

static char *quoted(const char *string)
{
        CLEANUP(text_done) struct text text = {0};

        if (!string)
                return NULL;
        yaml_add_string(&text, string);
        return string_copy(text_string(&text));
}

static char *encoded(const char *text)
{
        return text ? base64_encode(text, strlen(text)) : NULL;
}

static void free_secret_text(char **text)
{
        if (*text)
                memory_free_secret(*text, strlen(*text));
}

/* Where it is reached isn't always what its certificate names. */
static void split_base(const struct kubeconfig *config, char **ret_server, char **ret_tls_name)
{
        const char *authority = strstr(config->base, "://") + 3;
        size_t length = *authority == '[' ? strcspn(authority, "]") + 1 : strcspn(authority, ":/");
        const char *prefix = strchr(authority + length, '/');
        CLEANUP(string_free) char *name = string_copy_n(authority, length), *host = NULL, *server = NULL;

        host = string_format(strchr(config->host, ':') ? "[%s]" : "%s", config->host);
        server = string_format("https://%s:%u%s", host, config->port, prefix ? prefix : "");
        *ret_server = quoted(server);
        *ret_tls_name = string_equal(name, host) ? NULL : quoted(name);
}

/* What it trusts already isn't added again. */
static char *trusted(const struct kubeconfig *config, const char *more_ca)
{
        size_t length = strlen(config->ca);

        if (!more_ca || !strstr(more_ca, "-----BEGIN CERTIFICATE-----") || strstr(config->ca, more_ca))
                return string_copy(config->ca);
        return string_format(
                "%s%s%s", config->ca, length && config->ca[length - 1] != '\n' ? "\n" : "", more_ca);
}

/* RFC 6750's characters, and what else may stand in a YAML string in quotes. */
static bool is_plain(const char *token)
{
        for (const char *c = token; *c; c++)
                if (*c <= ' ' || *c > '~' || *c == '"' || *c == '\\')
                        return false;
        return true;
}

int kubeconfig_write(const struct kubeconfig *config, const char *name, const char *more_ca,
        struct locked *ret_content, struct error *error)
{
        CLEANUP(free_secret_text) char *key = NULL;
        CLEANUP(string_free) char *server = NULL, *tls_name = NULL, *title = quoted(name);
        CLEANUP(string_free) char *certificate = encoded(config->certificate);
        CLEANUP(string_free) char *all = trusted(config, more_ca), *ca = encoded(all);
        struct pieces pieces = {0};

        if (config->token.bytes && !is_plain(config->token.bytes))
                return error_set(error, ERROR_REFUSED,
                        "the token of cluster %s has a character that isn't printed: log in again for "
                        "another",
                        name);
        split_base(config, &server, &tls_name);
        key = encoded(config->key.bytes);
        add(&pieces,
                "# Written by provision; a later run may write it again.\napiVersion: v1\nkind: Config\n");
        add_line(&pieces, "current-context: ", title);
        add_line(&pieces, "clusters:\n- name: ", title);
        add_line(&pieces, "  cluster:\n    server: ", server);
        add_line(&pieces, "    tls-server-name: ", tls_name);
        add_line(&pieces, "    certificate-authority-data: ", ca);
        add_line(&pieces, "users:\n- name: ", title);
        add(&pieces, "  user:\n");
        add_line(&pieces, "    client-certificate-data: ", certificate);
        add_line(&pieces, "    client-key-data: ", key);
        if (config->token.bytes && *config->token.bytes) {
                add(&pieces, "    token: \"");
                add_line(&pieces, config->token.bytes, "\"");
        }
        add_line(&pieces, "contexts:\n- name: ", title);
        add_line(&pieces, "  context:\n    cluster: ", title);
        add_line(&pieces, "    user: ", title);
        *ret_content = join(&pieces);
        return 0;
}
