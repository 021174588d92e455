/* A pull secret on its way from a file to openshift-install. It is in locked memory only. */
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/record_read.h"
#include "means/pull_secret.h"

#define SHORT 6 /* what is shorter is no secret, and is found in words */

/* What may stand between JSON's tokens becomes a blank, and "\/", which is another way to write "/", that. */
static void flatten(struct locked *secret)
{
        char *to = secret->bytes;

        for (const char *from = secret->bytes; *from; from++) {
                if (from[0] == '\\' && from[1] == '/')
                        continue;
                if (from[0] == '\\' && from[1])
                        *to++ = *from++;
                *to++ = strchr("\t\r\n", *from) ? ' ' : *from;
        }
        explicit_bzero(to, (size_t)(secret->bytes + secret->length - to));
        while (to > secret->bytes && to[-1] == ' ')
                *--to = '\0';
        secret->length = (size_t)(to - secret->bytes);
}

static bool is_plain(const struct locked *secret)
{
        for (size_t i = 0; i < secret->length; i++)
                if ((secret->bytes[i] < ' ' || secret->bytes[i] > '~') &&
                        (!secret->bytes[i] || !strchr("\t\r\n", secret->bytes[i])))
                        return false;
        return true;
}

static int check(const struct locked *secret, const char *path, struct error *error)
{
        CLEANUP(json_free) struct json *json = NULL;
        CLEANUP(error_done) struct error nonsense = {0}; /* it may repeat what stands there */

        if (!is_plain(secret))
                return error_set(error, ERROR_CONFIG,
                        "%s has a character in it that isn't ASCII: JSON has \\u0000 for it", path);
        if (json_read(secret->bytes, secret->length, &json, &nonsense) < 0)
                return error_set(error, ERROR_CONFIG,
                        "%s isn't JSON: fetch the pull secret anew, or make it with podman login", path);
        if (json_kind(json_member(json, "auths")) != JSON_KIND_OBJECT)
                return error_set(error, ERROR_CONFIG,
                        "%s is no pull secret, which has \"auths\" in it: {\"auths\": {\"quay.io\": "
                        "{\"auth\": "
                        "...}}}",
                        path);
        return 0;
}

int pull_secret_read(const char *path, struct locked *ret_secret, struct error *error)
{
        struct locked secret = {0};

        if (locked_read(path, true, &secret, error) < 0) {
                error->kind = ERROR_CONFIG;
                return -1;
        }
        if (check(&secret, path, error) < 0) {
                locked_done(&secret);
                return -1;
        }
        flatten(&secret);
        *ret_secret = secret;
        return 0;
}

struct locked pull_secret_yaml(const struct locked *secret)
{
        static const char key[] = "pullSecret: '";
        struct locked yaml = locked_with_room(strlen(key) + 2 * secret->length + strlen("'\n"));

        locked_add_string(&yaml, key);
        for (const char *c = secret->bytes; *c; c++)
                locked_add(&yaml, *c == '\'' ? "''" : c, *c == '\'' ? 2 : 1);
        locked_add_string(&yaml, "'\n");
        return yaml;
}

static void hide_each(char *line, const char *value, size_t length)
{
        while ((line = memmem(line, strlen(line), value, length)))
                memset(line, '*', length);
}

/* Every string that is a value, and no key. */
void pull_secret_hide(const struct locked *secret, char *line)
{
        bool is_value = false;

        for (const char *c = secret->bytes; *c; c++) {
                const char *begin = c + 1;

                if (*c != '"') {
                        is_value = *c == ':' || (is_value && *c == ' ');
                        continue;
                }
                for (c = begin; *c && *c != '"'; c++)
                        if (*c == '\\' && c[1])
                                c++;
                if (!*c)
                        return;
                if (is_value && c - begin >= SHORT)
                        hide_each(line, begin, (size_t)(c - begin));
                is_value = false;
        }
}
