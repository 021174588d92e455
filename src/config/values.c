/* From a value's text to what it means. */
#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "config/characters.h"
#include "config/duration.h"
#include "config/source.h"
#include "config/values.h"

#define LONGEST_VALUE   4095
#define LONGEST_CONTENT (1024 * 1024)
#define LONGEST_BLOB    (512 * 1024 * 1024)
#define LONGEST_NAME    255 /* of one file */

struct word {
        const char *word;
        int number;
};

static int choose(const struct word *words, size_t count, const char *text, int *ret_number)
{
        for (size_t i = 0; i < count; i++) {
                if (strcasecmp(words[i].word, text) == 0) {
                        *ret_number = words[i].number;
                        return 0;
                }
        }
        return -1;
}

#define CHOOSE(words, text, ret_number) choose(words, sizeof(words) / sizeof(words[0]), text, ret_number)

int value_string(const struct value *value, void *target, struct error *error)
{
        (void)error;
        string_replace(target, value->text);
        return 0;
}

int value_strings(const struct value *value, void *target, struct error *error)
{
        (void)error;
        strings_add(target, value->text);
        return 0;
}

/* Both spellings are sysctl(8)'s own: the first separator says which of the two stands between names. */
int value_sysctl_key(const struct value *value, void *target, struct error *error)
{
        char *key;

        if (value_string(value, target, error) < 0)
                return -1;
        key = *(char **)target;
        for (bool has_slashes = key[strcspn(key, "./")] == '/'; has_slashes && *key; key++)
                *key = *key == '.' ? '/' : *key == '/' ? '.' : *key;
        return 0;
}

int value_sysctl(const struct value *value, void *target, struct error *error)
{
        if (value->text[strspn(value->text, " ")] == '\0')
                return error_set(error, ERROR_CONFIG, "a sysctl can't be empty: write its value");
        return value_string(value, target, error);
}

int value_boolean(const struct value *value, void *target, struct error *error)
{
        static const struct word words[] = {
                {"true", true}, {"yes", true}, {"on", true}, {"false", false}, {"no", false}, {"off", false}};
        int number;

        if (CHOOSE(words, value->text, &number) < 0)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" is neither true nor false", value->text);
        *(bool *)target = number;
        return 0;
}

int value_duration(const struct value *value, void *target, struct error *error)
{
        return duration_parse(value->text, target, error);
}

int value_mtu(const struct value *value, void *target, struct error *error)
{
        size_t digits = strspn(value->text, "0123456789");
        unsigned long number = strtoul(value->text, NULL, 10);

        if (digits == 0 || value->text[digits] || number < 68 || number > 65535)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" is no MTU: write a number from 68 to 65535",
                        value->text);
        *(unsigned *)target = (unsigned)number;
        return 0;
}

int value_mode(const struct value *value, void *target, struct error *error)
{
        size_t digits = strspn(value->text, "01234567");

        if (digits < 3 || digits > 4 || value->text[digits])
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no mode: write three or four octal digits, as in \"0644\"",
                        value->text);
        *(mode_t *)target = (mode_t)strtoul(value->text, NULL, 8);
        return 0;
}

int value_host_key(const struct value *value, void *target, struct error *error)
{
        static const struct word words[] = {{"strict", HOST_KEY_STRICT}, {"accept-new", HOST_KEY_ACCEPT_NEW}};
        int number;

        if (CHOOSE(words, value->text, &number) < 0)
                return error_set(
                        error, ERROR_CONFIG, "\"%.80s\" is neither strict nor accept-new", value->text);
        *(enum host_key_policy *)target = (enum host_key_policy)number;
        return 0;
}

int value_cluster_flavor(const struct value *value, void *target, struct error *error)
{
        static const struct word words[] = {{"okd", CLUSTER_OKD}, {"existing", CLUSTER_EXISTING}};
        int number;

        if (CHOOSE(words, value->text, &number) < 0)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" is neither okd nor existing", value->text);
        *(enum cluster_flavor *)target = (enum cluster_flavor)number;
        return 0;
}

int value_network(const struct value *value, void *target, struct error *error)
{
        for (int mode = 0; mode < NETWORK_MODES; mode++) {
                if (strcasecmp(network_mode_name((enum network_mode)mode), value->text) == 0) {
                        *(enum network_mode *)target = (enum network_mode)mode;
                        return 0;
                }
        }
        return error_set(
                error, ERROR_CONFIG, "\"%.80s\" is none of nat, isolated, routed, bridge", value->text);
}

int value_file_type(const struct value *value, void *target, struct error *error)
{
        static const struct word words[] = {
                {"file", FILE_REGULAR}, {"directory", FILE_DIRECTORY}, {"absent", FILE_ABSENT}};
        int number;

        if (CHOOSE(words, value->text, &number) < 0)
                return error_set(
                        error, ERROR_CONFIG, "\"%.80s\" is none of file, directory, absent", value->text);
        *(enum file_type *)target = (enum file_type)number;
        return 0;
}

int value_connect(const struct value *value, void *target, struct error *error)
{
        return kvm_host_uri_parse(value->text, target, error);
}

int value_mac(const struct value *value, void *target, struct error *error)
{
        return mac_address_parse(value->text, target, error);
}

int value_ip(const struct value *value, void *target, struct error *error)
{
        return ip_address_parse(value->text, target, error);
}

int value_subnet(const struct value *value, void *target, struct error *error)
{
        return subnet_parse(value->text, target, error);
}

int value_ranges(const struct value *value, void *target, struct error *error)
{
        struct network *network = target;
        struct ip_range range;

        if (ip_range_parse(value->text, &range, error) < 0)
                return -1;
        *array_add(&network->ranges) = range;
        return 0;
}

int path_beside(const struct place *place, const char *path, char **ret_path, struct error *error)
{
        const char *slash = place->line ? strrchr(place->file, '/') : NULL, *home = getenv("HOME");

        if (path[0] == '\0')
                return error_set(error, ERROR_CONFIG, "a file's name can't be empty");
        if (path[0] == '~' && path[1] != '/')
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\": only ~/ stands for a directory, $HOME: write "
                        "other people's out",
                        path);
        if (path[0] == '~' && (!home || home[0] != '/'))
                return error_set(
                        error, ERROR_CONFIG, "\"%.80s\" needs HOME, which is not set to a directory", path);
        if (path[0] == '~')
                *ret_path = string_format("%s%s", home, path + 1);
        else if (path[0] == '/' || !slash)
                *ret_path = string_copy(path);
        else
                *ret_path = string_format("%.*s%s", (int)(slash + 1 - place->file), place->file, path);
        return 0;
}

int value_local_path(const struct value *value, void *target, struct error *error)
{
        char *path = NULL;

        if (path_beside(value->place, value->text, &path, error) < 0)
                return -1;
        free(*(char **)target);
        *(char **)target = path;
        return 0;
}

/* The path without empty and "." components; owned by the caller, NULL with error set. */
static char *normalize(const char *path, struct error *error)
{
        CLEANUP(text_done) struct text normal = {0};

        if (path[0] != '/') {
                error_set(error, ERROR_CONFIG, "\"%.80s\" is not absolute: a path on the host starts with /",
                        path);
                return NULL;
        }
        for (const char *at = path; *(at += strspn(at, "/"));) {
                size_t length = strcspn(at, "/");

                if (length == 2 && at[0] == '.' && at[1] == '.') {
                        error_set(error, ERROR_CONFIG, "\"%.80s\" has a ..: write out where it leads", path);
                        return NULL;
                }
                if (length > LONGEST_NAME) {
                        error_set(error, ERROR_CONFIG,
                                "\"%.80s\" has a name of %zu bytes: at most %d are possible", path, length,
                                LONGEST_NAME);
                        return NULL;
                }
                if (length != 1 || at[0] != '.') {
                        text_add(&normal, "/");
                        text_add_n(&normal, at, length);
                }
                at += length;
        }
        if (normal.length == 0) {
                error_set(
                        error, ERROR_CONFIG, "\"%.80s\" is the root directory: write a path below it", path);
                return NULL;
        }
        return text_take(&normal);
}

int value_remote_path(const struct value *value, void *target, struct error *error)
{
        char *path = normalize(value->text, error);

        if (!path)
                return -1;
        free(*(char **)target);
        *(char **)target = path;
        return 0;
}

int value_remote_paths(const struct value *value, void *target, struct error *error)
{
        char *path = normalize(value->text, error);

        if (!path)
                return -1;
        strings_take(target, path);
        return 0;
}

int value_content(const struct value *value, void *target, struct error *error)
{
        struct file_config *file = target;

        file->content_length = strlen(value->text);
        return value_string(value, &file->content, error);
}

static int read_content(const struct value *value, size_t longest, void *target, struct error *error)
{
        struct file_config *file = target;
        CLEANUP(source_done) struct source source = {0};
        CLEANUP(string_free) char *path = NULL;

        if (path_beside(value->place, value->text, &path, error) < 0)
                return -1;
        if (source_read(path, longest, &source, error) < 0)
                return error_prefix(error, "\"%.200s\"", path);
        free(file->content);
        file->content = STEAL(source.bytes);
        file->content_length = source.length;
        return 0;
}

int value_from(const struct value *value, void *target, struct error *error)
{
        return read_content(value, LONGEST_CONTENT, target, error);
}

int value_blob_from(const struct value *value, void *target, struct error *error)
{
        return read_content(value, LONGEST_BLOB, target, error);
}

int value_check(const char *text, bool text_allowed, struct error *error)
{
        size_t length = strlen(text), longest = text_allowed ? LONGEST_CONTENT : LONGEST_VALUE;

        if (length > longest)
                return error_set(error, ERROR_CONFIG, "the value has %zu bytes: at most %zu are possible",
                        length, longest);
        for (size_t at = 0; (at += characters_plain(text + at, length - at)) < length; at++) {
                unsigned char byte = (unsigned char)text[at];

                if (text_allowed && (byte == '\n' || byte == '\t'))
                        continue;
                return error_set(error, ERROR_CONFIG,
                        "the value holds the byte 0x%02x, a control character or no UTF-8: %s", byte,
                        text_allowed ? "only tabs and newlines are possible" : "leave it out");
        }
        return 0;
}

#define PIN_SCHEME "sha256//"
#define PIN_DIGITS 44 /* 32 bytes in base64 */
#define BASE64     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

int value_pin(const struct value *value, void *target, struct error *error)
{
        const char *digits = value->text + strlen(PIN_SCHEME);

        if (strncmp(value->text, PIN_SCHEME, strlen(PIN_SCHEME)) != 0 || strlen(digits) != PIN_DIGITS ||
                strspn(digits, BASE64) != PIN_DIGITS - 1 || digits[PIN_DIGITS - 1] != '=')
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no pin: write \"" PIN_SCHEME
                        "\" and the SHA-256 sum of the public key in base64, "
                        "%d characters",
                        value->text, PIN_DIGITS);
        return value_string(value, target, error);
}
