/* Openings of firewalld's zones, by its D-Bus interface: now, and in its configuration for its next start. Nothing is
 * reloaded: that would take away what others have set until then.
 *
 * busctl is there with systemd and answers ten times sooner than firewall-cmd does. */
#include <string.h>

#include "base/shell.h"
#include "means/firewalld.h"
#include "means/parts.h"
#include "means/script.h"
#include "plan/firewalld.h"

#define BUS "org.fedoraproject.FirewallD1"

const char firewalld_functions[] =
        "runs() {\n"
        "for group in /sys/fs/cgroup /sys/fs/cgroup/systemd; do\n"
        "[ ! -d \"$group/system.slice/firewalld.service\" ] || return 0\n"
        "done; return 1\n"
        "}\n"
        "call() { busctl --auto-start=no call " BUS " \"$@\"; }\n"
        "zone() { method=$1; shift; call /org/fedoraproject/FirewallD1 " BUS ".zone \"$method\" \"$@\"; }\n"
        "string() { string=${1#*\\\"}; printf '%s' \"${string%%\\\"*}\"; }\n"
        "path() { string \"$(call /org/fedoraproject/FirewallD1/config " BUS
        ".config getZoneByName s \"$1\")\"; }\n"
        "kept() { kept=$(path \"$1\") && [ \"$kept\" ] || return; method=$2; shift 2\n"
        "call \"$kept\" " BUS ".config.zone \"$method\" \"$@\"; }\n";

/* set VERB now|kept ZONE WHAT. What is already so is no error. */
static const char change[] =
        "fail() { echo \"$1\" >&2; exit 1; }\n"
        "set_zone() {\n"
        "verb=$1 when=$2 zone=$3 what=$4 port=${4%/*} protocol=${4#*/}\n"
        "timeout=; [ \"$verb\" = remove ] || timeout=0\n"
        "if ! runs; then offline\n"
        "else case $when$what in\n"
        "'nowrule '*) zone \"${verb}RichRule\" \"ss${timeout:+i}\" \"$zone\" \"$what\" $timeout;;\n"
        "now*) zone \"${verb}Port\" \"sss${timeout:+i}\" \"$zone\" \"$port\" \"$protocol\" $timeout;;\n"
        "'keptrule '*) kept \"$zone\" \"${verb}RichRule\" s \"$what\";;\n"
        "*) kept \"$zone\" \"${verb}Port\" ss \"$port\" \"$protocol\";;\n"
        "esac; fi >/dev/null 2>\"$said\" || case $(cat \"$said\") in\n"
        "*ALREADY_ENABLED*|*NOT_ENABLED*) ;;\n"
        "*) fail \"firewalld doesn't change its zone $zone: $(tail -n 1 \"$said\")\";;\n"
        "esac\n"
        "}\n"
        "offline() { command -v firewall-offline-cmd >/dev/null || return 0\n"
        "case $what in\n"
        "'rule '*) firewall-offline-cmd --zone=\"$zone\" --\"$verb\"-rich-rule=\"$what\";;\n"
        "*) firewall-offline-cmd --zone=\"$zone\" --\"$verb\"-port=\"$what\";;\n"
        "esac; }\n"
        "said=$(mktemp) || exit 1; trap 'rm -f \"$said\"' EXIT\n"
        "note=" FIREWALLD_NOTE "\n";

static const char write_note[] = "mkdir -p -m 0755 \"${note%/*}\" && printf '%s\\n' \"$@\" >>\"$note\" && "
                                 "sync \"$note\" || fail \"$note can't be written\"\n";

/* The last goes with the file. */
static const char cut_note[] =
        "for line; do grep -vxF -e \"$line\" \"$note\" >\"$note.new\"; mv -f \"$note.new\" \"$note\"; done\n"
        "[ -s \"$note\" ] || rm -f \"$note\"\n";

static void add_changes(
        struct text *script, const char *verb, const char *when, const struct strings *openings)
{
        for (array_each(char *const, opening, openings)) {
                const char *blank = strchr(*opening, ' ');
                CLEANUP(string_free) char *zone = string_copy_n(*opening, (size_t)(blank - *opening));

                text_format(script, "set_zone %s %s ", verb, when);
                shell_add_word(script, zone);
                text_add(script, " ");
                shell_add_word(script, blank + 1);
                text_add(script, "\n");
        }
}

static void add_note(struct text *script, const struct step *step, const char *text)
{
        if (step->firewalld.ours.count == 0)
                return;
        text_add(script, "set -- ");
        shell_add_words(script, &step->firewalld.ours);
        text_format(script, "\n%s", text);
}

static int run_change(const struct work *work, const char *verb, bool is_noted_first, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};

        script_begin(&script);
        text_add(&script, firewalld_functions);
        text_add(&script, change);
        if (is_noted_first)
                add_note(&script, work->step, write_note);
        add_changes(&script, verb, "now", &work->step->firewalld.runtime);
        add_changes(&script, verb, "kept", &work->step->firewalld.permanent);
        if (!is_noted_first)
                add_note(&script, work->step, cut_note);
        return script_run(work, text_string(&script), NULL, 0, error);
}

int firewalld_open(const struct work *work, struct error *error)
{
        return run_change(work, "add", true, error);
}

int firewalld_close(const struct work *work, struct error *error)
{
        return run_change(work, "remove", false, error);
}
