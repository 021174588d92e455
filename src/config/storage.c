/* How storage is called. */
#include "config/storage.h"

#include <inttypes.h>

#define NOTES "/var/lib/provision/volumes"

const char *pool_type_name(enum pool_type type)
{
        static const char *const names[POOL_TYPES] = {
                [POOL_DIR] = "dir",
                [POOL_LOGICAL] = "logical",
                [POOL_NETFS] = "netfs",
        };

        return names[type];
}

#define IN_HOSTS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

bool pool_source_split(const char *source, char **ret_host, char **ret_path)
{
        bool has_brackets = source[0] == '[';
        const char *host = source + has_brackets;
        size_t length = strspn(host, has_brackets ? "0123456789abcdefABCDEF:.%" : IN_HOSTS);
        const char *end = host + length + has_brackets;

        if (length == 0 || host[0] == '-' || (has_brackets && host[length] != ']') || end[0] != ':' ||
                end[1] != '/')
                return false;
        *ret_host = string_copy_n(host, length);
        *ret_path = string_copy(end + 1);
        return true;
}

static const char *suffix(bool is_raw)
{
        return is_raw ? "raw" : "qcow2";
}

char *image_volume_name(const struct image_config *image)
{
        return string_format("%s-%.12s.%s", image->name, image->sha256, suffix(image->is_raw));
}

char *disk_volume_name(const struct guest_config *guest, const struct disk_config *disk)
{
        return string_format("%s-%s.%s", guest->name, disk->name, suffix(disk->is_raw));
}

char *volume_part_name(const char *volume)
{
        return string_format("%s.part", volume);
}

char *volume_split(const char *name, const char **ret_volume)
{
        const char *slash = strchr(name, '/');

        *ret_volume = slash ? slash + 1 : NULL;
        return slash ? string_copy_n(name, (size_t)(slash - name)) : NULL;
}

char *volume_path(const char *pool_path, const char *volume)
{
        return string_format("%s/%s", pool_path, volume);
}

char *disk_note(const struct disk_config *disk, const char *image_volume)
{
        static const char *const words[] = {
                [DISK_EMPTY] = "empty", [DISK_BACKED] = "based on", [DISK_COPIED] = "copy of"};

        if (disk->origin == DISK_EMPTY)
                return string_format("%s %s", words[disk->origin], suffix(disk->is_raw));
        return string_format("%s %s %s", suffix(disk->is_raw), words[disk->origin], image_volume);
}

char *disk_note_path(const char *pool, const char *volume)
{
        return string_format(NOTES "/%s/%s", pool, volume);
}

char *size_format(uint64_t bytes)
{
        static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        size_t unit = 0;
        uint64_t scale = 1, hundredths;

        while (unit + 1 < sizeof(units) / sizeof(units[0]) && bytes / scale >= 1024) {
                scale *= 1024;
                unit++;
        }
        if (unit == 0)
                return string_format("%" PRIu64 " bytes", bytes);
        hundredths = bytes % scale * 100 / scale;
        if (bytes % scale * 100 % scale)
                return string_format("%" PRIu64 " bytes", bytes);
        if (hundredths == 0)
                return string_format("%" PRIu64 " %s", bytes / scale, units[unit]);
        return string_format("%" PRIu64 ".%0*" PRIu64 " %s", bytes / scale, hundredths % 10 ? 2 : 1,
                hundredths % 10 ? hundredths : hundredths / 10, units[unit]);
}

char *size_setting(uint64_t bytes)
{
        static const char units[] = "KMGT";
        uint64_t count = (bytes + 1023) / 1024;
        size_t unit = 0;

        for (; unit < 3 && count && count % 1024 == 0; count /= 1024)
                unit++;
        return string_format("%" PRIu64 "%ciB", count, units[unit]);
}
