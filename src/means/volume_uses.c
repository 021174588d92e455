/* What depends on volumes of ours.
 *
 * Theory of operation. A disk leads to others, each in its own header. So the disks of guests that aren't ours, and every
 * file in the directory of a pool that isn't one of the volumes asked about, are followed from one to the next, and where
 * they pass a volume that was asked about, it is used. One header is read at a time, by qemu-img, and nothing that it
 * names is opened unless it is a file or device of this machine: what is in a header was perhaps written by a guest.
 * Whether two paths are the same file the kernel says, so that no link and no other spelling hides it.
 *
 * Names of files are other people's: without line breaks they can't be taken for an answer. */
#include "means/volume_uses.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/shell.h"
#include "config/storage.h"
#include "means/script.h"

#define KEEP (8U << 20)

static const char functions[] =
        "say() { printf '%s %s ' \"$1\" \"$2\"; printf '%s' \"$3\" | tr '\\n\\r' '  '; echo; }\n"
        "based_on() {\n"
        "command -v qemu-img >/dev/null || { echo 'there is no qemu-img, which tells whether disks of others "
        "are based on ours: install it' >&2; exit 1; }\n"
        "said=$(timeout 20 qemu-img info -U -- \"$1\" </dev/null 2>/dev/null) || { echo \"qemu-img can't "
        "tell what $1 is "
        "based on, which may be ours: see what is wrong with it, or move it away\" >&2; exit 1; }\n"
        "printf '%s\\n' \"$said\" | sed -n 's/^backing file: //p' |\n"
        "sed 's/.* (actual path: \\(.*\\))$/\\1/; s/^json:.*\"filename\": *\"\\([^\"]*\\)\".*/\\1/'\n"
        "}\n"
        "follow() {\n"
        "label=$1 path=$2 depth=0\n"
        "while [ -e \"$path\" ] && ! [ -d \"$path\" ] && [ $depth -lt 200 ]; do\n"
        "asked \"$path\" used\n"
        "next=$(based_on \"$path\") || exit\n"
        "case $next in /*) path=$next;; *) break;; esac\n"
        "depth=$((depth + 1))\n"
        "done\n"
        "}\n"
        /* Directories and what is of another kind are no volumes. */
        "look_in() {\n"
        "for file in \"$2\"/* \"$2\"/.[!.]*; do\n"
        "[ -f \"$file\" ] || continue\n"
        "found=; asked \"$file\" is\n"
        "part \"$file\"\n"
        "[ ! \"$found\" ] || continue\n"
        "say other $1 \"${file##*/}\"\n"
        "follow \"volume ${file##*/} of pool $3\" \"$file\"\n"
        "done\n"
        "}\n";

static bool has_files(const struct pool_state *pool)
{
        return pool->active && pool->path && *pool->path == '/' && !string_equal(pool->type, "logical");
}

/* asked PATH used|is: whether it is one of the volumes that were asked about. */
static void add_asked(struct text *script, const struct answers *answers)
{
        text_add(script, "asked() {\n");
        for (size_t i = 0; i < answers->volumes.count; i++) {
                text_add(script, "if [ \"$1\" -ef ");
                shell_add_word(script, answers->volumes.items[i].path);
                text_format(script, " ]; then found=yes; [ $2 = is ] || say used %zu \"$label\"; fi\n", i);
        }
        text_add(script, ":\n}\n");
}

static char *part_path(const struct answers *answers, const struct question *question)
{
        const struct pool_state *pool = answers_pool(answers, question->pool);
        CLEANUP(string_free) char *part = volume_part_name(question->subject);

        return pool && has_files(pool) ? volume_path(pool->path, part) : NULL;
}

static bool asks_volume(const struct question *question)
{
        return question->kind == ASK_VOLUME;
}

/* part PATH: whether it is what a transfer to one of the names that were asked about has left. */
static void add_part(struct text *script, const struct survey *survey, const struct answers *answers)
{
        text_add(script, "part() {\n");
        for (size_t i = 0; i < survey->questions.count; i++) {
                CLEANUP(string_free) char *path = NULL;

                if (!asks_volume(&survey->questions.items[i]))
                        continue;
                path = part_path(answers, &survey->questions.items[i]);
                if (!path)
                        continue;
                text_add(script, "if [ \"$1\" = ");
                shell_add_word(script, path);
                text_format(script, " ]; then found=yes; say part %zu ''; fi\n", i);
        }
        text_add(script, ":\n}\n");
}

static void add_follow(struct text *script, const char *guest, const char *path)
{
        CLEANUP(string_free) char *label = string_format("guest %s", guest);

        text_add(script, "follow ");
        shell_add_word(script, label);
        text_add(script, " ");
        shell_add_word(script, path);
        text_add(script, "\n");
}

static void add_guest(struct text *script, const struct guest_state *guest, const struct answers *answers)
{
        for (array_each(char *, path, &guest->uses.paths))
                add_follow(script, guest->defined.name, *path);
        for (array_each(char *, name, &guest->uses.volumes)) {
                const char *volume;
                CLEANUP(string_free) char *pool_name = volume_split(*name, &volume);
                const struct pool_state *pool = pool_name ? answers_pool(answers, pool_name) : NULL;
                CLEANUP(string_free)
                char *path = pool && pool->path ? volume_path(pool->path, volume) : NULL;

                if (path)
                        add_follow(script, guest->defined.name, path);
        }
}

void volume_uses_script(const struct survey *survey, const struct answers *answers, struct text *script)
{
        script_begin(script);
        text_add(script, functions);
        add_asked(script, answers);
        add_part(script, survey, answers);
        for (array_each(const struct guest_state, guest, &answers->guests))
                if (!guest->ours)
                        add_guest(script, guest, answers);
        for (size_t i = 0; i < answers->pools.count; i++) {
                const struct pool_state *pool = &answers->pools.items[i];

                if (!has_files(pool))
                        continue;
                text_format(script, "look_in %zu ", i);
                shell_add_word(script, pool->path);
                text_add(script, " ");
                shell_add_word(script, pool->name);
                text_add(script, "\n");
        }
}

static bool read_line(const char *line, const struct survey *survey, struct answers *answers)
{
        char word[8];
        size_t i;
        int begins = 0;

        if (sscanf(line, "%7s %zu%n", word, &i, &begins) < 2 || line[begins] != ' ')
                return false;
        line += begins + 1;
        if (string_equal(word, "used") && i < answers->volumes.count) {
                struct strings *users = &answers->volumes.items[i].users;

                if (!strings_has(users, line))
                        strings_add(users, line);
                return true;
        }
        if (string_equal(word, "other") && i < answers->pools.count) {
                strings_add(&answers->pools.items[i].others, line);
                return true;
        }
        if (string_equal(word, "part") && i < survey->questions.count &&
                asks_volume(&survey->questions.items[i])) {
                char *path = part_path(answers, &survey->questions.items[i]);

                if (path)
                        strings_take(&answers->parts, path);
                return path != NULL;
        }
        return false;
}

int volume_uses_read(
        const char *output, const struct survey *survey, struct answers *answers, struct error *error)
{
        while (*output) {
                size_t length = strcspn(output, "\n");
                CLEANUP(string_free) char *line = string_copy_n(output, length);

                output += length + (output[length] == '\n');
                if (!read_line(line, survey, answers))
                        return error_set(error, ERROR_FAILED,
                                "the machine told what uses volumes in words that aren't understood: %.200s",
                                line);
        }
        return 0;
}

int volume_uses_answer(struct link *link, const struct survey *survey, struct deadline deadline,
        struct answers *answers, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(string_free) char *said = NULL;

        if (answers->pools.count == 0 && answers->volumes.count == 0)
                return 0;
        volume_uses_script(survey, answers, &script);
        if (link_run(link, &(const struct command) {.script = text_string(&script), .keep = KEEP}, deadline,
                    &output, error) < 0)
                return -1;
        if (output.status == 0)
                return volume_uses_read(text_string(&output.out), survey, answers, error);
        said = script_last_line(&output.err);
        return error_set(error, ERROR_FAILED, "what uses volumes can't be told: %s",
                said ? said : "the machine said nothing");
}
