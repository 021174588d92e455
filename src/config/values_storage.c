/* From a value's text to what it means: pools and images. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "config/storage.h"
#include "config/values.h"

int value_pool_type(const struct value *value, void *target, struct error *error)
{
        for (int type = 0; type < POOL_TYPES; type++) {
                if (strcasecmp(pool_type_name((enum pool_type)type), value->text) == 0) {
                        *(enum pool_type *)target = (enum pool_type)type;
                        return 0;
                }
        }
        return error_set(error, ERROR_CONFIG, "\"%.80s\" is none of dir, logical, netfs", value->text);
}

int value_image_format(const struct value *value, void *target, struct error *error)
{
        bool is_raw = strcasecmp(value->text, "raw") == 0;

        if (!is_raw && strcasecmp(value->text, "qcow2") != 0)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" is neither qcow2 nor raw", value->text);
        *(bool *)target = is_raw;
        return 0;
}

int value_sha256(const struct value *value, void *target, struct error *error)
{
        if (strlen(value->text) != 64 || strspn(value->text, "0123456789abcdefABCDEF") != 64)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no SHA-256 checksum: write the 64 hex digits that sha256sum prints",
                        value->text);
        string_replace(target, value->text);
        for (char *c = *(char **)target; *c; c++)
                *c = (char)tolower((unsigned char)*c);
        return 0;
}

/* What a URL can't hold has to be written with %: a blank, quotes, what isn't ASCII. */
static bool is_printable(const char *text)
{
        for (const char *c = text; *c; c++)
                if (*c <= ' ' || *c > '~' || strchr("\"<>\\^`{|}", *c))
                        return false;
        return true;
}

int value_url(const struct value *value, void *target, struct error *error)
{
        const char *text = value->text, *host = strstr(text, "://");
        size_t length;

        if (!host || (strncasecmp(text, "http://", 7) != 0 && strncasecmp(text, "https://", 8) != 0))
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no URL that the machine can fetch: it starts with http:// or https://",
                        text);
        host += 3;
        length = strcspn(host, "/?#");
        if (memchr(host, '@', length))
                return error_set(error, ERROR_CONFIG,
                        "the URL holds a user's name or password, which plans and logs would show: leave it "
                        "out, and let the machine's own ~root/.netrc say it");
        if (length == 0 || !is_printable(text))
                return error_set(error, ERROR_CONFIG, "\"%.80s\" is no URL: %s", text,
                        length == 0 ? "it names no host"
                                    : "write what isn't a plain letter with %, a blank as %20");
        return value_string(value, target, error);
}
