/* Where a machine is. */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "topology/kvm_host_literal.h"
#include "topology/kvm_host_uri.h"

#define DIGITS        "0123456789"
#define LETTERS       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define WORD          LETTERS DIGITS "_"
#define LONGEST_NAME  253
#define LONGEST_LABEL 63
#define HIGHEST_PORT  65535

/* The ways to write one, the plain one last because everything starts with it. */
static const struct form {
        const char *prefix;
        const char *suffix;
        bool is_uri;
} forms[] = {
        {"qemu+ssh://", "/system", true},
        {"ssh://", "", true},
        {"", "", false},
};

/* What is being parsed, the part at hand cut out of it. */
struct parse {
        const char *text;
        const struct form *form;
        char *part; /* owned: what stands between prefix and suffix */
        struct kvm_host_uri uri;
};

static void parse_done(struct parse *parse)
{
        free(parse->part);
}

static int parse_user(struct parse *parse, const char *user, struct error *error)
{
        if (!*user)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\": nothing stands before the '@': write USER@HOST", parse->text);
        if (!strchr(WORD, user[0]) || user[strspn(user, WORD ".+-")])
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\": the user \"%.80s\" starts with other than a letter, a digit or '_', or "
                        "has other than those "
                        "and '.', '+', '-' in it",
                        parse->text, user);
        if (strlen(user) >= KVM_HOST_URI_USER)
                return error_set(error, ERROR_CONFIG, "\"%.80s\": the user has more than %d letters",
                        parse->text, KVM_HOST_URI_USER - 1);
        snprintf(parse->uri.user, sizeof(parse->uri.user), "%s", user);
        return 0;
}

static int parse_port(struct parse *parse, const char *port, struct error *error)
{
        size_t length = strspn(port, DIGITS);
        unsigned number = 0;

        for (size_t i = 0; i < length && number <= HIGHEST_PORT; i++)
                number = 10 * number + (unsigned)(port[i] - '0');
        if (length == 0 || port[length] || port[0] == '0' || number > HIGHEST_PORT)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\": \"%.80s\" is not a port: write a number from 1 to %d", parse->text, port,
                        HIGHEST_PORT);
        parse->uri.port = number;
        return 0;
}

/* An IPv6 address and, behind separator, the interface it is reached by. */
static int parse_ipv6(struct parse *parse, const char *literal, const char *separator, struct error *error)
{
        const char *percent = strchr(literal, '%');
        const char *scope = percent ? percent + strlen(separator) : NULL;
        CLEANUP(string_free)
        char *address = string_copy_n(literal, percent ? (size_t)(percent - literal) : strlen(literal));
        struct in6_addr ignored;

        if (inet_pton(AF_INET6, address, &ignored) != 1)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\": \"%.80s\" is not an IPv6 address: write one as in %s", parse->text,
                        address, parse->form->is_uri ? "ssh://root@[fd00::1]" : "root@fd00::1");
        if (percent &&
                (strncmp(percent, separator, strlen(separator)) != 0 || !*scope || !strchr(WORD, *scope) ||
                        scope[strspn(scope, WORD ".-")] || strlen(scope) >= IF_NAMESIZE))
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\": \"%.80s\" names no interface: write the one that leads to the host, as "
                        "in fe80::1%seth0",
                        parse->text, percent, separator);
        snprintf(parse->uri.host, sizeof(parse->uri.host), "%s%s%s", address, percent ? "%" : "",
                percent ? scope : "");
        return 0;
}

/* inet_aton and resolvers built on it take such names for addresses, each in its own way. */
static bool is_read_as_number(const char *host)
{
        const char *dot = strrchr(host, '.');
        const char *label = dot ? dot + 1 : host;

        if (label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
                return label[2 + strspn(label + 2, DIGITS "abcdefABCDEF")] == '\0';
        return label[strspn(label, DIGITS)] == '\0';
}

/* 1 to 63 letters, digits, '-' and '_' between dots; none starts or ends with '-'. */
static bool has_proper_labels(const char *host)
{
        for (const char *label = host;; label++) {
                size_t length = strspn(label, WORD "-");

                if (length == 0 || length > LONGEST_LABEL || label[0] == '-' || label[length - 1] == '-')
                        return false;
                label += length;
                if (*label != '.')
                        return *label == '\0';
        }
}

static int parse_name(struct parse *parse, const char *host, struct error *error)
{
        struct in_addr ignored;

        if (!*host)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" names no host: write local, [USER@]HOST or "
                        "ssh://[USER@]HOST[:PORT]",
                        parse->text);
        if (strlen(host) > LONGEST_NAME || !has_proper_labels(host))
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\": the host \"%.80s\" is not a name: between its dots stand 1 to 63 "
                        "letters, digits, '_' and '-', "
                        "no '-' at an end",
                        parse->text, host);
        if (is_read_as_number(host) && inet_pton(AF_INET, host, &ignored) != 1)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\": the host \"%.80s\" is a number but no IPv4 address: write four numbers "
                        "from 0 to 255 "
                        "without leading zeros",
                        parse->text, host);
        snprintf(parse->uri.host, sizeof(parse->uri.host), "%s", host);
        return 0;
}

static int parse_bracketed(struct parse *parse, char *host, struct error *error)
{
        char *end = strchr(host, ']');

        if (!end)
                return error_set(error, ERROR_CONFIG, "\"%.80s\": the '[' is never closed: write [ADDRESS]",
                        parse->text);
        *end++ = '\0';
        if (parse_ipv6(parse, host + 1, parse->form->is_uri ? "%25" : "%", error) < 0)
                return -1;
        if (!*end)
                return 0;
        if (*end != ':')
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\": \"%.80s\" stands behind the ']', where only :PORT may", parse->text, end);
        if (!parse->form->is_uri)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" has a port: write ssh://%.80s", parse->text,
                        parse->text);
        return parse_port(parse, end + 1, error);
}

static int parse_host(struct parse *parse, char *host, struct error *error)
{
        char *colon = strchr(host, ':');
        bool is_ipv6 = colon && strchr(colon + 1, ':');

        if (host[0] == '[')
                return parse_bracketed(parse, host, error);
        if (is_ipv6 && !parse->form->is_uri)
                return parse_ipv6(parse, host, "%", error);
        if (is_ipv6)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" has more than one ':': write an IPv6 address in brackets, as in "
                        "ssh://root@[fd00::1]:22",
                        parse->text);
        if (colon && !parse->form->is_uri)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" has a port: write ssh://%.80s", parse->text,
                        parse->text);
        if (colon)
                *colon = '\0';
        if (parse_name(parse, host, error) < 0)
                return -1;
        return colon ? parse_port(parse, colon + 1, error) : 0;
}

static const struct form *find_form(const char *text)
{
        const struct form *form = forms;

        while (strncmp(text, form->prefix, strlen(form->prefix)) != 0)
                form++;
        return form;
}

/* What is left without prefix and suffix, owned by the caller; NULL with error set. */
static char *cut_part(const struct parse *parse, struct error *error)
{
        const struct form *form = parse->form;
        const char *rest = parse->text + strlen(form->prefix);
        const char *slash = strchr(rest, '/'), *scheme = strstr(parse->text, "://");

        if (scheme && !form->is_uri)
                error_set(error, ERROR_CONFIG,
                        "\"%.80s\": no host is reached in this way: write ssh:// or qemu+ssh://",
                        parse->text);
        else if (*form->suffix && !string_equal(slash, form->suffix))
                error_set(error, ERROR_CONFIG, "\"%.80s\" doesn't end in %s: write %sUSER@HOST%s",
                        parse->text, form->suffix, form->prefix, form->suffix);
        else if (!*form->suffix && slash)
                error_set(error, ERROR_CONFIG,
                        "\"%.80s\": \"%.80s\" stands behind the host, where nothing but :PORT may",
                        parse->text, slash);
        else
                return string_copy_n(rest, slash ? (size_t)(slash - rest) : strlen(rest));
        return NULL;
}

/* "USER:PASSWORD@" is what browsers take; whatever it is, it must not be shown. */
static bool has_password(const char *text)
{
        const char *scheme = strstr(text, "://"), *at = strrchr(text, '@');
        const char *user = scheme ? scheme + strlen("://") : text;

        return at && at > user && memchr(user, ':', (size_t)(at - user));
}

int kvm_host_uri_parse(const char *text, struct kvm_host_uri *ret_uri, struct error *error)
{
        CLEANUP(parse_done) struct parse parse = {.text = text};
        char *host, *at;

        if (strcmp(text, "local") == 0) {
                *ret_uri = (struct kvm_host_uri) {.is_local = 1};
                return 0;
        }
        if (has_password(text))
                return error_set(error, ERROR_CONFIG,
                        "a ':' stands before the '@': a password can't be given here, log in with a key");
        parse.form = find_form(text);
        parse.part = host = cut_part(&parse, error);
        if (!host)
                return -1;
        at = strchr(host, '@');
        if (at && strchr(at + 1, '@'))
                return error_set(
                        error, ERROR_CONFIG, "\"%.80s\" has more than one '@': write USER@HOST", text);
        if (at) {
                *at = '\0';
                if (parse_user(&parse, host, error) < 0)
                        return -1;
                host = at + 1;
        }
        if (parse_host(&parse, host, error) < 0)
                return -1;
        *ret_uri = parse.uri;
        return 0;
}

char *kvm_host_uri_format(const struct kvm_host_uri *uri)
{
        bool is_ipv6 = strchr(uri->host, ':');
        const char *at = uri->user[0] ? "@" : "", *scope = strchr(uri->host, '%');
        int address_length = scope ? (int)(scope - uri->host) : (int)strlen(uri->host);

        if (uri->is_local)
                return string_copy("local");
        if (uri->port && is_ipv6)
                return string_format("ssh://%s%s[%.*s%s%s]:%u", uri->user, at, address_length, uri->host,
                        scope ? "%25" : "", scope ? scope + 1 : "", uri->port);
        if (uri->port)
                return string_format("ssh://%s%s%s:%u", uri->user, at, uri->host, uri->port);
        if (!uri->user[0] && strcmp(uri->host, "local") == 0)
                return string_copy("ssh://local"); /* a host of that name */
        return string_format("%s%s%s", uri->user, at, uri->host);
}

struct kvm_host_uri kvm_host_uri_of_literal(const char *literal)
{
        CLEANUP(error_done) struct error error = {0};
        struct kvm_host_uri uri = {0};

        if (kvm_host_uri_parse(literal, &uri, &error) < 0)
                abort();
        return uri;
}
