/* Files and directories, written so that nobody ever sees half of one.
 *
 * The content comes on stdin and is summed up before anything takes effect: a connection that breaks half-way
 * looks to the machine like the end of the content, and must not. A file that has its content already is not
 * written again, so that its time of modification stays what restarts are decided by. A symbolic link in
 * place of a file is replaced, never followed. The name of the file that is written first is fixed, so that
 * what a run left behind that was cut off is found by the next; noclobber makes sure that it is new and no
 * link of somebody else's. It is made from the file's own, unless that would be longer than a name may be. */
#include <libgen.h>
#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "base/sha256.h"
#include "base/shell.h"
#include "means/file.h"
#include "means/script.h"

static const char functions[] =
        "fail() { echo \"$1\" >&2; exit 1; }\n"
        "sum() { sum=$(sha256sum) && printf '%s' \"${sum%% *}\"; }\n"
        "refuse() { case $path in /proc/*|/sys/*) fail \"what is in /proc and /sys is the "
        "kernel's: nobody can put a file there\";; esac; exit 1; }\n"
        "is_plain() { [ -f \"$1\" ] && ! [ -L \"$1\" ]; }\n"
        "own() { chown -- \"$owner\" \"$1\" && chmod -- \"$mode\" \"$1\"; }\n"
        "label() { ! command -v restorecon >/dev/null || restorecon \"$path\"; }\n";

#define ACCEPT_ALL "accept() { :; }\n"

static const char write_file[] =
        "! [ -d \"$path\" ] || [ -L \"$path\" ] || fail \"$path is a directory: remove it first\"\n"
        "if is_plain \"$path\" && [ \"$(sum <\"$path\")\" = \"$content\" ]; then\n"
        "own \"$path\"; label; exit\n"
        "fi\n"
        "mkdir -p -- \"$directory\" || refuse\n"
        "rm -f -- \"$new\"\n"
        "trap 'rm -f -- \"$new\"' EXIT; trap 'exit 1' HUP INT TERM\n"
        "(umask 077; set -C; cat >\"$new\") || refuse\n"
        "[ \"$(sum <\"$new\")\" = \"$content\" ] || fail \"only a part of $path's content arrived\"\n"
        "accept \"$new\"\n"
        "own \"$new\"\n"
        "sync \"$new\"\n"
        "mv -fT -- \"$new\" \"$path\"\n"
        "trap - EXIT\n"
        "sync \"$directory\"\n"
        "label\n";

static const char make_directory[] =
        "! [ -L \"$path\" ] || fail \"$path is a symbolic link: remove it, or name what it leads to\"\n"
        "[ -d \"$path\" ] || mkdir -p -- \"$path\" || refuse\n"
        "own \"$path\"\n"
        "label\n";

static const char remove_file[] =
        "if [ -d \"$path\" ] && ! [ -L \"$path\" ]; then rmdir -- \"$path\"; else rm -f -- \"$path\"; fi\n";

static const char *const scripts[] = {
        [FILE_REGULAR] = write_file,
        [FILE_DIRECTORY] = make_directory,
        [FILE_ABSENT] = remove_file,
};

static void add_variable(struct text *script, const char *name, const char *value)
{
        text_format(script, "%s=", name);
        shell_add_word(script, value);
        text_add(script, "\n");
}

static void add_new_name(struct text *script, const char *path)
{
        CLEANUP(string_free) char *for_directory = string_copy(path), *for_name = string_copy(path);
        const char *directory = dirname(for_directory), *name = basename(for_name);
        CLEANUP(string_free) char *hash = sha256_hex(name, strlen(name));
        CLEANUP(string_free)
        char *new = strlen(name) + strlen("..provision") <= NAME_MAX
                            ? string_format("%s/.%s.provision", directory, name)
                            : string_format("%s/.%.16s.provision", directory, hash);

        add_variable(script, "directory", directory);
        add_variable(script, "new", new);
}

static void add_attributes(struct text *script, const struct file_config *file)
{
        CLEANUP(string_free) char *owner = string_format("%s:%s", file->owner, file->group);
        /* Five digits: with fewer chmod leaves a directory's set-group-ID bit as it is. */
        CLEANUP(string_free) char *mode = string_format("%05o", (unsigned)file->mode);

        add_variable(script, "owner", owner);
        add_variable(script, "mode", mode);
}

static void add_script(struct text *script, const struct file_config *file, const char *accept)
{
        text_add(script, "set -e; umask 022\n");
        text_add(script, functions);
        add_variable(script, "path", file->path);
        if (file->type != FILE_ABSENT)
                add_attributes(script, file);
        if (file->type == FILE_REGULAR) {
                CLEANUP(string_free) char *content = sha256_hex(file->content, file->content_length);

                add_variable(script, "content", content);
                add_new_name(script, file->path);
                text_add(script, accept);
        }
        text_add(script, scripts[file->type]);
}

void file_add_script(struct text *script, const struct file_config *file)
{
        add_script(script, file, ACCEPT_ALL);
}

int file_put(const struct work *work, const struct file_config *file, struct error *error)
{
        return file_put_accepted(work, file, ACCEPT_ALL, error);
}

int file_put_accepted(
        const struct work *work, const struct file_config *file, const char *accept, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};

        script_begin(&script);
        add_script(&script, file, accept);
        return script_run(work, text_string(&script), file->content, file->content_length, error);
}

int file_remove(const struct work *work, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};

        script_begin(&script);
        text_add(&script, "path=");
        shell_add_word(&script, work->step->path);
        text_add(&script, "\nif [ -d \"$path\" ] && ! [ -L \"$path\" ]; then\n"
                          "rmdir --ignore-fail-on-non-empty -- \"$path\"\n"
                          "else rm -f -- \"$path\"; fi\n");
        return script_run(work, text_string(&script), NULL, 0, error);
}

int notes_forget(const struct work *work, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};

        script_begin(&script);
        text_add(&script, "path=");
        shell_add_word(&script, work->step->path);
        text_add(&script,
                "\n! [ -d \"$path\" ] || { find \"$path\" -mindepth 1 -maxdepth 1 ! -type d -delete "
                "&&\nrmdir --ignore-fail-on-non-empty -- \"$path\"; }\n");
        return script_run(work, text_string(&script), NULL, 0, error);
}

int file_change_to(const struct work *work, struct error *error)
{
        return file_put(work, work->step->file, error);
}
