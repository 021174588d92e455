/* Reading a kubeconfig. It is YAML, so libyaml reads it; what is secret in it is copied out to locked memory, and
 * libyaml's own copies are overwritten before they are given back. */
#include "means/kubeconfig.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/base64.h"
#include "base/memory.h"
#include "means/means.h"

#define API_PORT 443 /* where a URL names none */

#define WRONG_SERVER "has a server that isn't \"https://HOST:PORT\": \""

struct reading {
        const char *path;
        yaml_document_t document;
        struct error *error;
};

/* ---- memory ---- */

static void document_done(yaml_document_t *document)
{
        for (yaml_node_t *node = document->nodes.start; node < document->nodes.top; node++)
                if (node->type == YAML_SCALAR_NODE)
                        explicit_bzero(node->data.scalar.value, node->data.scalar.length);
        yaml_document_delete(document);
}

static void parser_done(yaml_parser_t *parser)
{
        if (parser->buffer.start)
                explicit_bzero(parser->buffer.start, (size_t)(parser->buffer.end - parser->buffer.start));
        if (parser->raw_buffer.start)
                explicit_bzero(parser->raw_buffer.start,
                        (size_t)(parser->raw_buffer.end - parser->raw_buffer.start));
        yaml_parser_delete(parser);
}

/* ---- the tree ---- */

static yaml_node_t *node_at(struct reading *reading, yaml_node_item_t item)
{
        return yaml_document_get_node(&reading->document, item);
}

static bool is_text(const yaml_node_t *node, const char *text)
{
        return node && node->type == YAML_SCALAR_NODE && node->data.scalar.length == strlen(text) &&
               memcmp(node->data.scalar.value, text, node->data.scalar.length) == 0;
}

/* The value of a key in a mapping; NULL: there is none, or it isn't a mapping. */
static yaml_node_t *find(struct reading *reading, const yaml_node_t *mapping, const char *key)
{
        if (!mapping || mapping->type != YAML_MAPPING_NODE)
                return NULL;
        for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
                pair < mapping->data.mapping.pairs.top; pair++)
                if (is_text(node_at(reading, pair->key), key))
                        return node_at(reading, pair->value);
        return NULL;
}

/* A text that says something and has no NUL in it; lent. */
static const char *text_of(struct reading *reading, const yaml_node_t *mapping, const char *key)
{
        const yaml_node_t *node = find(reading, mapping, key);
        const char *text;

        if (!node || node->type != YAML_SCALAR_NODE || node->data.scalar.length == 0)
                return NULL;
        text = (const char *)node->data.scalar.value;
        return strlen(text) == node->data.scalar.length ? text : NULL;
}

/* "clusters" and its kin are lists of a name and, under another key, what has it. */
static yaml_node_t *find_named(
        struct reading *reading, const char *list, const char *name, const char *content)
{
        const yaml_node_t *all = find(reading, yaml_document_get_root_node(&reading->document), list);

        if (!all || all->type != YAML_SEQUENCE_NODE)
                return NULL;
        for (const yaml_node_item_t *item = all->data.sequence.items.start;
                item < all->data.sequence.items.top; item++) {
                const yaml_node_t *entry = node_at(reading, *item);

                if (is_text(find(reading, entry, "name"), name))
                        return find(reading, entry, content);
        }
        return NULL;
}

static int complain(struct reading *reading, const char *what, const char *name)
{
        return error_set(reading->error, ERROR_REFUSED, "the kubeconfig %s %s%s%s", reading->path, what,
                name ? name : "", name ? "\"" : "");
}

/* ---- what it says ---- */

/* What stands in it as KEY-data, or in the file that KEY names, relative to this one; nothing where it has neither. */
static int read_blob(struct reading *reading, const yaml_node_t *mapping, const char *key, bool is_secret,
        struct locked *ret_blob)
{
        CLEANUP(string_free) char *data_key = string_format("%s-data", key), *beside = NULL;
        const char *data = text_of(reading, mapping, data_key), *file = text_of(reading, mapping, key);
        const char *slash = strrchr(reading->path, '/');
        unsigned char *decoded;
        size_t count;

        if (data) {
                decoded = base64_decode(data, strlen(data), &count);
                if (!decoded || memchr(decoded, 0, count)) {
                        free(decoded);
                        return error_set(reading->error, ERROR_REFUSED,
                                "the kubeconfig %s has a %s that isn't base64 of a text", reading->path,
                                data_key);
                }
                *ret_blob = locked_new((const char *)decoded, count);
                memory_free_secret(decoded, count);
                return 0;
        }
        if (!file)
                return 0;
        beside = *file == '/' || !slash
                         ? string_copy(file)
                         : string_format("%.*s/%s", (int)(slash - reading->path), reading->path, file);
        if (locked_read(beside, is_secret, ret_blob, reading->error) == 0)
                return 0;
        return error_prefix(reading->error, "the kubeconfig %s: %s", reading->path, key);
}

static int read_public(struct reading *reading, const yaml_node_t *mapping, const char *key, char **ret_text)
{
        struct locked blob = {0};

        if (read_blob(reading, mapping, key, false, &blob) < 0)
                return -1;
        *ret_text = string_copy(blob.bytes);
        locked_done(&blob);
        return 0;
}

static bool is_plain(const char *text)
{
        for (const char *c = text; *c; c++)
                if (*c <= ' ' || *c > '~' || strchr("@?#\"\\", *c))
                        return false;
        return true;
}

/* "https://HOST[:PORT][/PATH]", where the host may be an IPv6 address in brackets. */
static int read_server(struct reading *reading, const yaml_node_t *cluster, struct kubeconfig *config)
{
        static const char scheme[] = "https://";
        const char *server = text_of(reading, cluster, "server"), *host, *rest;
        const char *name = text_of(reading, cluster, "tls-server-name");
        CLEANUP(string_free) char *authority = NULL;
        size_t length;
        long port = API_PORT;

        if (!server || strncmp(server, scheme, strlen(scheme)) != 0 || !is_plain(server) ||
                (name && (!is_plain(name) || strpbrk(name, ":/"))))
                return complain(reading, WRONG_SERVER, server ? server : "");
        host = server + strlen(scheme);
        length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
        rest = host + (length < strlen(host) ? length : strlen(host));
        if (*rest == ':')
                port = strtol(rest + 1, (char **)&rest, 10);
        if (length == 0 || (*host == '[' && host[length - 1] != ']') || port < 1 || port > 65535 ||
                (*rest && *rest != '/'))
                return complain(reading, WRONG_SERVER, server);
        config->host = *host == '[' ? string_copy_n(host + 1, length - 2) : string_copy_n(host, length);
        config->port = (unsigned)port;
        authority = name ? string_copy(name) : string_copy_n(host, length);
        length = strlen(rest);
        while (length && rest[length - 1] == '/')
                length--;
        config->base = string_format("%s%s:%ld%.*s", scheme, authority, port, (int)length, rest);
        return 0;
}

static int read_cluster(struct reading *reading, const yaml_node_t *cluster, struct kubeconfig *config)
{
        if (text_of(reading, cluster, "insecure-skip-tls-verify") &&
                !is_text(find(reading, cluster, "insecure-skip-tls-verify"), "false"))
                return complain(reading,
                        "says insecure-skip-tls-verify, and whom it is talked to isn't left unchecked here: "
                        "give "
                        "it the server's certificate-authority-data",
                        NULL);
        if (read_server(reading, cluster, config) < 0 ||
                read_public(reading, cluster, "certificate-authority", &config->ca) < 0)
                return -1;
        if (!config->ca)
                return complain(reading, "has no certificate-authority-data for its cluster", NULL);
        return 0;
}

static int read_token(struct reading *reading, const yaml_node_t *user, struct kubeconfig *config)
{
        const char *token = text_of(reading, user, "token"), *file = text_of(reading, user, "tokenFile");

        if (token)
                config->token = locked_new(token, strlen(token));
        else if (file && locked_read(file, true, &config->token, reading->error) < 0)
                return error_prefix(reading->error, "the kubeconfig %s: tokenFile", reading->path);
        if (config->token.bytes)
                config->token.bytes[strcspn(config->token.bytes, "\r\n")] = '\0';
        return 0;
}

static int read_user(struct reading *reading, const yaml_node_t *user, struct kubeconfig *config)
{
        static const char *const others[] = {"exec", "auth-provider", "username", "password"};

        if (read_public(reading, user, "client-certificate", &config->certificate) < 0 ||
                read_blob(reading, user, "client-key", true, &config->key) < 0 ||
                read_token(reading, user, config) < 0)
                return -1;
        if (config->token.bytes && *config->token.bytes)
                return 0;
        if (config->certificate && config->key.bytes)
                return 0;
        if (config->certificate || config->key.bytes)
                return complain(reading,
                        config->key.bytes ? "has a client-key and no client-certificate for its user"
                                          : "has a client-certificate and no client-key for its user",
                        NULL);
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
                if (find(reading, user, others[i]))
                        return error_set(reading->error, ERROR_REFUSED,
                                "the kubeconfig %s logs its user in by %s, which isn't done here: give it a "
                                "client certificate or a token",
                                reading->path, others[i]);
        return complain(reading, "has neither a client certificate nor a token for its user", NULL);
}

static int read_context(struct reading *reading, struct kubeconfig *config)
{
        const yaml_node_t *root = yaml_document_get_root_node(&reading->document);
        const char *context_name = text_of(reading, root, "current-context"), *cluster_name, *user_name;
        const yaml_node_t *context, *cluster, *user;

        /* openshift-install leaves the kind out. */
        if (!find(reading, root, "clusters") ||
                (find(reading, root, "kind") && !is_text(find(reading, root, "kind"), "Config")))
                return complain(
                        reading, "isn't one: it has no clusters, or says that it is another kind", NULL);
        if (!context_name)
                return complain(reading, "has no current-context", NULL);
        context = find_named(reading, "contexts", context_name, "context");
        if (!context)
                return complain(reading, "has no context \"", context_name);
        cluster_name = text_of(reading, context, "cluster");
        user_name = text_of(reading, context, "user");
        cluster = cluster_name ? find_named(reading, "clusters", cluster_name, "cluster") : NULL;
        user = user_name ? find_named(reading, "users", user_name, "user") : NULL;
        if (!cluster)
                return complain(reading, "has no cluster \"", cluster_name ? cluster_name : "");
        if (!user)
                return complain(reading, "has no user \"", user_name ? user_name : "");
        return read_cluster(reading, cluster, config) < 0 ? -1 : read_user(reading, user, config);
}

int kubeconfig_read(const char *path, struct kubeconfig *ret_config, struct error *error)
{
        CLEANUP(locked_done) struct locked content = {0};
        CLEANUP(kubeconfig_done) struct kubeconfig config = {0};
        struct reading reading = {.path = path, .error = error};
        yaml_parser_t parser;
        int result;

        if (locked_read(path, true, &content, error) < 0)
                return error_prefix(error, "the kubeconfig");
        yaml_parser_initialize(&parser);
        yaml_parser_set_input_string(&parser, (unsigned char *)content.bytes, content.length);
        if (!yaml_parser_load(&parser, &reading.document)) {
                error_set(error, ERROR_REFUSED, "the kubeconfig %s isn't YAML: %s at line %zu", path,
                        parser.problem ? parser.problem : "it can't be read", parser.problem_mark.line + 1);
                parser_done(&parser);
                return -1;
        }
        result = read_context(&reading, &config);
        document_done(&reading.document);
        parser_done(&parser);
        if (result < 0)
                return -1;
        *ret_config = config;
        config = (struct kubeconfig) {0};
        return 0;
}

const char *means_yaml_version(void)
{
        return yaml_get_version_string();
}

void kubeconfig_done(struct kubeconfig *config)
{
        free(config->host);
        free(config->base);
        free(config->ca);
        free(config->certificate);
        locked_done(&config->key);
        locked_done(&config->token);
        *config = (struct kubeconfig) {0};
}
