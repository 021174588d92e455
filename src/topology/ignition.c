/* Ignition configurations. What each part may hold is Ignition's to say, on the machine; but a file that isn't one, or that
 * says nothing to it, would only be noticed there, when nobody can log in. */
#include "topology/ignition.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/record.h"
#include "base/record_read.h"
#include "base/text.h"
#include "topology/http_url.h"

/* The oldest that has all that a pointer needs, and that every Ignition of today takes. */
#define POINTER_VERSION "3.2.0"
#define LONGEST_URL     2000

struct member {
        const char *name;
        enum json_kind kind;
};

/* https://coreos.github.io/ignition/specs: what is at the top of each 3.x. */
static const struct member members[] = {
        {"ignition", JSON_KIND_OBJECT},
        {"kernelArguments", JSON_KIND_OBJECT},
        {"passwd", JSON_KIND_OBJECT},
        {"storage", JSON_KIND_OBJECT},
        {"systemd", JSON_KIND_OBJECT},
};

static const char *const versions[] = {"3.0.0", "3.1.0", "3.2.0", "3.3.0", "3.4.0", "3.5.0", "3.6.0"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* With "-experimental" behind it, it is one that was still being made. */
static bool version_is_known(const char *version)
{
        for (size_t i = 0; i < COUNT(versions); i++) {
                size_t length = strlen(versions[i]);

                if (strncmp(version, versions[i], length) == 0 &&
                        (version[length] == '\0' || strcmp(version + length, "-experimental") == 0))
                        return true;
        }
        return false;
}

static int check_version(const struct json *root, struct error *error)
{
        const char *version = json_text_at(json_member(root, "ignition"), "version");

        if (!version)
                return error_set(error, ERROR_CONFIG, "there is no ignition.version in it");
        if (!version_is_known(version))
                return error_set(error, ERROR_CONFIG,
                        "its ignition.version is \"%.40s\", and Ignition has %s to %s", version, versions[0],
                        versions[COUNT(versions) - 1]);
        return 0;
}

static int check_member(const char *name, const struct json *value, struct error *error)
{
        for (size_t i = 0; i < COUNT(members); i++) {
                enum json_kind kind = json_kind(value);

                if (strcmp(members[i].name, name) != 0)
                        continue;
                if (kind == members[i].kind || kind == JSON_KIND_NOTHING)
                        return 0;
                return error_set(error, ERROR_CONFIG, "its %s is no object", name);
        }
        return error_set(error, ERROR_CONFIG,
                "\"%.40s\" is nothing that Ignition knows, and it would pass it over: there are ignition, "
                "kernelArguments, passwd, storage and systemd",
                name);
}

static int check_members(const struct json *root, struct error *error)
{
        CLEANUP(strings_done) struct strings names = {0};

        json_names(root, &names);
        for (array_each(char *, name, &names))
                if (check_member(*name, json_member(root, *name), error) < 0)
                        return -1;
        return 0;
}

int ignition_check(const char *text, size_t length, struct error *error)
{
        CLEANUP(json_free) struct json *root = NULL;

        if (text[strspn(text, " \t\r\n")] != '{')
                return error_set(error, ERROR_CONFIG,
                        "it is no JSON: what is written for Butane is translated by it first");
        if (json_read(text, length, &root, error) < 0 || check_version(root, error) < 0 ||
                check_members(root, error) < 0)
                return error_prefix(error, "it is no Ignition configuration");
        return 0;
}

/* ---- pointers ---- */

/* http_url.c has the rest: what follows the scheme is the same for both. */
int ignition_check_url(const char *url, struct error *error)
{
        CLEANUP(http_url_done) struct http_url parts = {0};
        CLEANUP(error_done) struct error unsaid = {0};
        CLEANUP(string_free) char *plain = NULL;

        if (strncmp(url, "https://", 8) == 0)
                plain = string_format("http://%s", url + 8);
        for (const char *at = url; *at; at++)
                if (*at <= ' ' || *at > '~' || strchr("\"<>\\^`{|}", *at))
                        return error_set(error, ERROR_CONFIG,
                                "\"%.80s\" is no URL: \"%.10s\" can't stand in one; write it as %%HH", url,
                                at);
        if (strlen(url) > LONGEST_URL || http_url_parse(plain ? plain : url, &parts, &unsaid) < 0)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no URL like https://NAME:22623/config/worker", url);
        return 0;
}

/* The text between a PEM's begin and its end. */
static bool is_certificate(const char *begin, const char *end)
{
        size_t length = 0;
        unsigned char *bytes = base64_decode(begin, (size_t)(end - begin), &length);
        bool is_sequence = bytes && length > 0 && bytes[0] == 0x30;

        free(bytes);
        return is_sequence;
}

int ignition_check_authorities(const char *text, size_t length, struct error *error)
{
        static const char any[] = "-----BEGIN ", begin[] = "-----BEGIN CERTIFICATE-----",
                          end[] = "-----END CERTIFICATE-----";
        size_t count = 0;

        (void)length; /* it has no NUL in it */
        for (const char *at = strstr(text, any); at; at = strstr(at, any), count++) {
                const char *last = strstr(at, end);

                if (strncmp(at, begin, strlen(begin)) != 0)
                        return error_set(error, ERROR_CONFIG,
                                "it has \"%.*s\" in it, and whoever is in the network could read that: let "
                                "it "
                                "have certificates only",
                                (int)strcspn(at, "\r\n"), at);
                if (!last || !is_certificate(at + strlen(begin), last))
                        return error_set(
                                error, ERROR_CONFIG, "its certificate %zu is broken off, or none", count + 1);
                at = last;
        }
        if (count == 0)
                return error_set(error, ERROR_CONFIG, "there is no certificate in it (PEM)");
        return 0;
}

char *ignition_write_pointer(const char *url, const char *authorities)
{
        struct record *root = record_new();
        struct record *ignition = record_object(root, "ignition");
        struct record *merged;

        record_string(ignition, "version", POINTER_VERSION);
        merged = record_list(record_object(ignition, "config"), "merge");
        record_string(record_list_object(merged), "source", url);
        if (authorities) {
                CLEANUP(string_free) char *encoded = base64_encode(authorities, strlen(authorities));
                CLEANUP(string_free)
                char *source = string_format("data:text/plain;charset=utf-8;base64,%s", encoded);
                struct record *tls = record_object(record_object(ignition, "security"), "tls");

                record_string(
                        record_list_object(record_list(tls, "certificateAuthorities")), "source", source);
        }
        return record_take(root);
}
