/* How a script is sent. */
#include <string.h>

#include "base/memory.h"
#include "base/shell.h"
#include "link/frame.h"

/* libssh2 sends a command as one packet, which has room for 34 KiB; quoting makes a script longer. */
#define LONGEST_LINE 24000

/* What every script may rely on. A login shell's own settings stay out. */
static const char surroundings[] =
        "LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH; export LC_ALL "
        "PATH\n"
        "unset CDPATH ENV BASH_ENV; umask 022; cd /\n";

void frame_command(
        const struct strings *words, const char *script, const char *nonce, struct text *ret_script)
{
        text_add(ret_script, surroundings);
        if (words) {
                text_add(ret_script, "(exec ");
                shell_add_words(ret_script, words);
        } else {
                text_add(ret_script, "(eval ");
                shell_add_word(ret_script, script);
        }
        text_format(ret_script,
                ")\n"
                "s=$?; printf '\\001%s 0\\n' >&2; printf '\\001%s %%s\\n' \"$s\"",
                nonce, nonce);
}

void frame_bridge(const struct strings *words, struct text *ret_script)
{
        text_add(ret_script, surroundings);
        text_add(ret_script, "exec ");
        shell_add_words(ret_script, words);
}

/* The process is ours only if it still has the nonce in its arguments; its group is the third field behind the name
 * in its stat (which ends at the last parenthesis). */
void frame_kill(long process, const char *nonce, struct text *ret_script)
{
        text_format(ret_script,
                "grep -q %s /proc/%ld/cmdline || exit 0\n"
                "read -r s </proc/%ld/stat; s=${s##*) }; set -- $s; g=$3\n"
                "[ \"$g\" -gt 1 ] || exit 1\n"
                "kill -TERM -$g\n"
                "i=0; while kill -0 -$g 2>/dev/null && [ $i -lt 20 ]; do sleep 0.1; i=$((i+1)); done\n"
                "kill -KILL -$g 2>/dev/null\n"
                "exit 0",
                nonce, process, process);
}

static void add_code(const struct entry *entry, const char *collect, struct strings *argv)
{
        strings_take(
                argv, string_format("printf '\\001%s %%s\\n' $$;printf '\\001%s 0\\n' >&2;%s;eval \"$s\"",
                              entry->nonce, entry->nonce, collect));
}

static void add_sudo(const struct entry *entry, struct strings *argv)
{
        static const char *const sudo[] = {"env", "LC_ALL=C", "sudo"};

        if (entry->become == BECOME_NOBODY)
                return;
        for (size_t i = 0; i < sizeof(sudo) / sizeof(sudo[0]); i++)
                strings_add(argv, sudo[i]);
        if (entry->become == BECOME_ROOT) {
                strings_add(argv, "-n");
        } else {
                strings_add(argv, "-S");
                strings_add(argv, "-p");
                strings_take(argv, string_format("%s?", entry->nonce));
        }
        strings_add(argv, "--");
}

/* A line of the script is an argument, because csh has no word with a newline in it; IFS holds blank, tab, newline. */
void frame_enter(const struct entry *entry, const struct text *script, struct strings *ret_argv,
        struct text *ret_input)
{
        CLEANUP(text_done) struct text quoted = {0};
        const char *line = text_string(script);

        add_sudo(entry, ret_argv);
        strings_add(ret_argv, "sh");
        strings_add(ret_argv, "-c");
        shell_add_word(&quoted, line);
        if (quoted.length > LONGEST_LINE) {
                CLEANUP(string_free) char *collect = string_format("s=$(head -c %zu)", script->length);

                add_code(entry, collect, ret_argv);
                text_add_n(ret_input, script->data, script->length);
                return;
        }
        add_code(entry, "n=${IFS#??};s=;for l;do s=$s$l$n;done;set --", ret_argv);
        strings_add(ret_argv, "sh");
        for (;;) {
                size_t length = strcspn(line, "\n");

                strings_take(ret_argv, string_copy_n(line, length));
                if (!line[length])
                        return;
                line += length + 1;
        }
}

char *frame_login_line(const struct strings *argv)
{
        struct text line = {0};

        text_add(&line, "exec");
        for (array_each(char *, word, argv)) {
                text_add(&line, " ");
                shell_add_login_word(&line, *word);
        }
        return text_take(&line);
}
