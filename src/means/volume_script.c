/* What a machine does to a volume that is complete, as a script for its shell. */
#include "means/volume_script.h"

#include "base/memory.h"
#include "base/shell.h"
#include "config/storage.h"
#include "means/image_script.h"

static const char noting[] = "set -e; umask 022\n"
                             "fail() { printf '%s\\n' \"$1\" >&2; exit 1; }\n"
                             "[ $replaces = yes ] || ! [ -e \"$final\" ] || fail \"$final is there, though "
                             "libvirt had not seen it: see what "
                             "it is, and move it away\"\n"
                             "mkdir -p -- \"${note%/*}\"\n"
                             "printf '%s\\n' \"$text\" >\"$note.new\"\n"
                             "sync \"$note.new\"\n"
                             "mv -fT -- \"$note.new\" \"$note\"\n";

static const char *const naming[POOL_TYPES] = {
        [POOL_DIR] = "sync \"$part\"; mv -fT -- \"$part\" \"$final\"; sync \"$directory\"\n",
        [POOL_LOGICAL] = "lvrename -- \"$part\" \"$final\"\n",
        [POOL_NETFS] = "sync \"$part\"; mv -fT -- \"$part\" \"$final\"; sync \"$directory\"\n",
};

static void add_variable(struct text *script, const char *name, const char *value)
{
        text_format(script, "%s=", name);
        shell_add_word(script, value);
        text_add(script, "\n");
}

void volume_add_extending(struct text *script, const struct step *step)
{
        CLEANUP(string_free) char *volume = disk_volume_name(step->volume.guest, step->volume.disk);
        CLEANUP(string_free) char *path = volume_path(step->volume.pool_path, volume);

        script_begin(script);
        add_variable(script, "path", path);
        text_format(script, "bytes=%llu\n", (unsigned long long)step->volume.size_bytes);
        text_add(script, "[ \"$(blockdev --getsize64 \"$path\")\" -ge $bytes ] || lvextend --size ${bytes}b "
                         "-- \"$path\"\n");
}

void volume_add_naming(struct text *script, const struct step *step)
{
        const struct disk_config *disk = step->volume.disk;
        CLEANUP(string_free) char *volume = disk_volume_name(step->volume.guest, disk);
        CLEANUP(string_free) char *part_name = image_part_name(volume);
        CLEANUP(string_free) char *part = volume_path(step->volume.pool_path, part_name);
        CLEANUP(string_free) char *final = volume_path(step->volume.pool_path, volume);
        CLEANUP(string_free) char *note = disk_note_path(disk->pool, volume);
        CLEANUP(string_free)
        char *text = disk_note(disk, step->volume.image ? step->volume.image->name : NULL);

        script_begin(script);
        add_variable(script, "directory", step->volume.pool_path);
        add_variable(script, "part", part);
        add_variable(script, "final", final);
        add_variable(script, "note", note);
        add_variable(script, "text", text);
        add_variable(script, "replaces", step->volume.replaces ? "yes" : "no");
        text_add(script, noting);
        text_add(script, naming[step->volume.pool_type]);
}
