/* From a value's text to what it means, for guests: sizes, numbers, and the words of a machine's firmware. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "config/authorized_key.h"
#include "config/characters.h"
#include "config/source.h"
#include "config/values.h"
#include "topology/ignition.h"

#define MIB          (UINT64_C(1) << 20)
#define LEAST_MEMORY (16 * MIB)
#define MOST_MEMORY  (16 * MIB << 20)
#define LEAST_SIZE   MIB
#define MOST_SIZE    (512 * MIB << 20)
#define MOST_GUESTS  999
#define LARGEST_PORT 65535
#define LONGEST_TEXT (1024 * 1024)
#define MOST_DIGITS  9

/* "10GiB"; false when it is no size. */
static bool read_size(const char *text, uint64_t *ret_bytes)
{
        static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
        size_t digits = strspn(text, "0123456789");
        uint64_t number = strtoull(text, NULL, 10);

        if (digits == 0 || digits > MOST_DIGITS)
                return false;
        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
                unsigned shift = 10 * (unsigned)(i + 1);

                if (strcasecmp(text + digits, units[i]) == 0 && number <= UINT64_MAX >> shift) {
                        *ret_bytes = number << shift;
                        return true;
                }
        }
        return false;
}

int value_memory(const struct value *value, void *target, struct error *error)
{
        uint64_t bytes;

        if (!read_size(value->text, &bytes) || bytes < LEAST_MEMORY || bytes > MOST_MEMORY || bytes % MIB)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no size of memory: write whole MiB, from \"16MiB\" to \"16TiB\"",
                        value->text);
        *(uint64_t *)target = bytes / 1024;
        return 0;
}

int value_size(const struct value *value, void *target, struct error *error)
{
        uint64_t bytes;

        if (!read_size(value->text, &bytes) || bytes < LEAST_SIZE || bytes > MOST_SIZE)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no size of a disk: write a number and KiB, MiB, GiB or TiB, from "
                        "\"1MiB\" to \"512TiB\"",
                        value->text);
        *(uint64_t *)target = bytes;
        return 0;
}

static bool read_number(const char *text, unsigned most, unsigned *ret_number)
{
        size_t digits = strspn(text, "0123456789");
        unsigned long number = strtoul(text, NULL, 10);

        if (digits == 0 || digits > MOST_DIGITS || text[digits] || number < 1 || number > most)
                return false;
        *ret_number = (unsigned)number;
        return true;
}

int value_count(const struct value *value, void *target, struct error *error)
{
        if (read_number(value->text, MOST_GUESTS, target))
                return 0;
        return error_set(error, ERROR_CONFIG, "\"%.80s\" is no count: write a number from 1 to %d",
                value->text, MOST_GUESTS);
}

int value_port(const struct value *value, void *target, struct error *error)
{
        if (read_number(value->text, LARGEST_PORT, target))
                return 0;
        return error_set(error, ERROR_CONFIG, "\"%.80s\" is no port: write a number from 1 to %d",
                value->text, LARGEST_PORT);
}

int value_link(const struct value *value, void *target, struct error *error)
{
        bool is_up = strcasecmp(value->text, "up") == 0;

        if (!is_up && strcasecmp(value->text, "down") != 0)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" is neither up nor down", value->text);
        *(bool *)target = is_up;
        return 0;
}

int value_firmware(const struct value *value, void *target, struct error *error)
{
        for (enum guest_firmware i = 0; i < FIRMWARES; i++) {
                if (strcasecmp(guest_firmware_name(i), value->text) == 0) {
                        *(enum guest_firmware *)target = i;
                        return 0;
                }
        }
        return error_set(error, ERROR_CONFIG, "\"%.80s\" is none of bios, uefi, uefi-secure", value->text);
}

int value_boot(const struct value *value, void *target, struct error *error)
{
        struct guest_config *guest = target;
        enum guest_boot boot = 0;

        while (boot < BOOT_DEVICES && strcasecmp(guest_boot_name(boot), value->text) != 0)
                boot++;
        if (boot == BOOT_DEVICES)
                return error_set(
                        error, ERROR_CONFIG, "\"%.80s\" is none of disk, network, cdrom", value->text);
        for (size_t i = 0; i < guest->boot_count; i++)
                if (guest->boot[i] == boot)
                        return error_set(error, ERROR_CONFIG, "%s stands there twice", value->text);
        guest->boot[guest->boot_count++] = boot;
        return 0;
}

static int read_text(const struct value *value, struct source *ret_source, struct error *error)
{
        CLEANUP(string_free) char *path = NULL;

        if (path_beside(value->place, value->text, &path, error) < 0)
                return -1;
        if (source_read(path, LONGEST_TEXT, ret_source, error) < 0)
                return error_prefix(error, "\"%.200s\"", path);
        if (memchr(ret_source->bytes, '\0', ret_source->length) ||
                characters_utf8(ret_source->bytes, ret_source->length) < ret_source->length)
                return error_set(error, ERROR_CONFIG, "\"%.200s\" is no UTF-8 text", path);
        return 0;
}

int value_text_from(const struct value *value, void *target, struct error *error)
{
        CLEANUP(source_done) struct source source = {0};

        if (read_text(value, &source, error) < 0)
                return -1;
        free(*(char **)target);
        *(char **)target = string_copy_n(source.bytes, source.length);
        return 0;
}

static int read_checked(const struct value *value, char **target,
        int (*check)(const char *text, size_t length, struct error *error), struct error *error)
{
        CLEANUP(source_done) struct source source = {0};
        CLEANUP(string_free) char *path = NULL;

        if (read_text(value, &source, error) < 0 || path_beside(value->place, value->text, &path, error) < 0)
                return -1;
        if (check(source.bytes, source.length, error) < 0)
                return error_prefix(error, "\"%.200s\"", path);
        free(*target);
        *target = string_copy_n(source.bytes, source.length);
        return 0;
}

int value_ignition_from(const struct value *value, void *target, struct error *error)
{
        return read_checked(value, target, ignition_check, error);
}

int value_authorities_from(const struct value *value, void *target, struct error *error)
{
        return read_checked(value, target, ignition_check_authorities, error);
}

int value_ignition_url(const struct value *value, void *target, struct error *error)
{
        if (ignition_check_url(value->text, error) < 0)
                return -1;
        return value_string(value, target, error);
}

int value_ssh_keys(const struct value *value, void *target, struct error *error)
{
        if (authorized_key_check(value->text, error) < 0)
                return -1;
        strings_add(target, value->text);
        return 0;
}

/* What isn't empty or a comment. */
static int add_keys(const char *text, struct strings *keys, struct error *error)
{
        unsigned number = 1;

        for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n', number++) {
                const char *begin = line + strspn(line, " \t");
                size_t length = strcspn(begin, "\r\n");
                CLEANUP(string_free) char *key = string_copy_n(begin, length);

                if (length == 0 || *begin == '#')
                        continue;
                if (authorized_key_check(key, error) < 0)
                        return error_prefix(error, "line %u", number);
                strings_take(keys, STEAL(key));
        }
        return 0;
}

int value_ssh_keys_from(const struct value *value, void *target, struct error *error)
{
        CLEANUP(source_done) struct source source = {0};
        CLEANUP(string_free) char *text = NULL;
        struct strings *keys = target;
        size_t before = keys->count;

        if (read_text(value, &source, error) < 0)
                return -1;
        text = string_copy_n(source.bytes, source.length);
        if (add_keys(text, keys, error) < 0)
                return error_prefix(error, "\"%.200s\"", value->text);
        if (keys->count == before)
                return error_set(error, ERROR_CONFIG, "\"%.200s\" has no key in it", value->text);
        return 0;
}
