/* Kernel settings: the running value first, because the kernel checks it, then a file of our own that brings
 * it back after a reboot. One file a key: taking a key out of the configuration never touches another's. */
#include <string.h>

#include "base/memory.h"
#include "base/shell.h"
#include "means/file.h"
#include "means/parts.h"
#include "means/script.h"
#include "means/sysctl.h"

char *sysctl_path(const char *key)
{
        char *path = string_format("/proc/sys/%s", key);
        char *rest = path + strlen("/proc/sys/");
        int swaps = rest[strcspn(rest, "./")] == '.';

        for (char *c = rest; swaps && *c; c++)
                *c = *c == '.' ? '/' : *c == '/' ? '.' : *c;
        for (const char *part = rest;; part++) {
                size_t length = strcspn(part, "/");

                if (length == 0 || (length == 2 && memcmp(part, "..", 2) == 0)) {
                        string_free(&path);
                        return NULL;
                }
                part += length;
                if (!*part)
                        return path;
        }
}

char *sysctl_drop_in(const char *key)
{
        char *path = string_format("/etc/sysctl.d/zz-provision-%s.conf", key);

        for (char *c = path + strlen("/etc/sysctl.d/"); *c; c++)
                if (*c == '/')
                        *c = '+'; /* no key has one, so no two keys share a file */
        return path;
}

/* How the kernel says no; only a value that it was handed is one that it refuses. The shell says which it was. */
static const char write_value[] = "said=$({ printf '%s\\n' \"$value\" >\"$live\"; } 2>&1) || {\n"
                                  "case $said in\n"
                                  "*'Read-only file system'*) echo \"${live%/*} is mounted read-only on this "
                                  "machine, as in a container\";;\n"
                                  "*'Permission denied'*|*'Operation not permitted'*) echo \"this machine's "
                                  "kernel lets nobody change it\";;\n"
                                  "*) echo \"the kernel refuses the value $value$before\";;\n"
                                  "esac >&2; exit 1; }\n";

int sysctl_set(const struct work *work, struct error *error)
{
        const struct sysctl_config *wanted = work->step->sysctl;
        CLEANUP(string_free) char *live = sysctl_path(wanted->key);
        CLEANUP(string_free) char *path = sysctl_drop_in(wanted->key);
        CLEANUP(string_free)
        char *content = string_format(
                "# Kept by provision, which rewrites it.\n%s = %s\n", wanted->key, wanted->value);
        char root[] = "root";
        const struct file_config file = {
                .path = path,
                .type = FILE_REGULAR,
                .content = content,
                .content_length = strlen(content),
                .mode = 0644,
                .owner = root,
                .group = root,
        };
        CLEANUP(text_done) struct text script = {0};

        if (!live)
                return error_set(error, ERROR_CONFIG, "%s is no key of a kernel setting", wanted->key);
        script_begin(&script);
        text_add(&script, "live=");
        shell_add_word(&script, live);
        text_add(&script, " value=");
        shell_add_word(&script, wanted->value);
        text_add(&script,
                "\n[ -e \"$live\" ] || { echo 'the running kernel has no such setting: load the module that "
                "brings it' >&2; exit 1; }\nbefore=\n");
        text_add(&script, write_value);
        file_add_script(&script, &file);
        return script_run(work, text_string(&script), content, file.content_length, error);
}

/* The kernel may not take the old value back by now: then the next boot brings it, since the file is gone first. */
int sysctl_forget(const struct work *work, struct error *error)
{
        const char *key = work->step->forget.key, *value = work->step->forget.value;
        CLEANUP(string_free) char *live = sysctl_path(key);
        CLEANUP(string_free) char *path = sysctl_drop_in(key);
        CLEANUP(text_done) struct text script = {0};

        if (!live)
                return error_set(error, ERROR_CONFIG, "%s is no key of a kernel setting", key);
        script_begin(&script);
        text_add(&script, "rm -f -- ");
        shell_add_word(&script, path);
        text_add(&script, " || exit 1\n");
        if (value) {
                text_add(&script, "live=");
                shell_add_word(&script, live);
                text_add(&script, " value=");
                shell_add_word(&script, value);
                text_add(&script, "\nbefore=' that it had before'\n[ -e \"$live\" ] || exit 0\n");
                text_add(&script, write_value);
        }
        return script_run(work, text_string(&script), NULL, 0, error);
}
