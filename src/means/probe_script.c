/* A survey becomes a shell script; probe.h has the theory. */
#include "base/memory.h"
#include "base/shell.h"
#include "means/canary.h"
#include "means/firewall_look.h"
#include "means/listeners.h"
#include "means/long_step.h"
#include "means/manager.h"
#include "means/network_effect.h"
#include "means/package_notes.h"
#include "means/probe.h"
#include "means/probe_parts.h"
#include "means/run_lock.h"
#include "means/script.h"
#include "means/sysctl.h"

/* What every machine is asked: fixed words, one a line, and small texts. Memory and user come from the first
 * lines of long files, so the shell reads just these. */
static const char machine_facts[] =
        "echo \"=manager $manager\"\n"
        "read -r _ memory _ </proc/meminfo; echo \"=memory $memory\"\n"
        "while read -r key id _; do case $key in Uid:) echo \"=user $id\"; break;; esac; done "
        "</proc/self/status\n"
        "[ -r /proc/sys/kernel/arch ] || echo \"=arch $(uname -m)\"\n"
        "[ ! -d /run/systemd/system ] || echo =systemd\n"
        "[ ! -c /dev/kvm ] || echo =kvm\n"
        "! { [ -e /run/reboot-required ] || [ -e /run/reboot-needed ]; } || echo =reboot\n";

/* A manager that was cut off: dpkg keeps a journal and half-done states, pacman a lock that nobody has open.
 * rpm's transactions leave nothing that could be told from the outside. */
static const char interrupted[] =
        "case $manager in\n"
        "apt) set -- /var/lib/dpkg/updates/[0-9]*\n"
        "if [ -e \"$1\" ] || grep -qsE '^Status: [^ ]+ ([^ ]+ (unpacked|half-|triggers-)|reinstreq)' "
        "/var/lib/dpkg/status\n"
        "then echo =interrupted; fi;;\n"
        "pacman) if [ -e " PACMAN_LOCK " ] && ! is_open " PACMAN_LOCK "; then echo =interrupted; fi;;\n"
        "esac\n";

static void add_word(struct text *script, const char *word)
{
        text_add(script, " ");
        shell_add_word(script, word);
}

static void add_words(struct text *script, const struct survey *survey, enum question_kind kind)
{
        for (array_each(const struct question, question, &survey->questions))
                if (question->kind == kind)
                        add_word(script, question->subject);
}

/* A kernel setting may be there to be written only. (What grep says of it, below, it says of those that aren't there, too.) */
static void add_settings(struct text *script, const struct survey *survey)
{
        text_add(script, "for path in");
        for (array_each(const struct question, question, &survey->questions)) {
                CLEANUP(string_free)
                char *path = question->kind == ASK_SYSCTL ? sysctl_path(question->subject) : NULL;

                if (path)
                        add_word(script, path);
        }
        text_add(script, "; do [ ! -e \"$path\" ] || [ -r \"$path\" ] || "
                         "printf '=mute %s\\n' \"$path\"; done\n");
}

/* LVM reads every disk for that. So it is asked once at most, and not about the group of a pool that is active. */
static const char lacks_group[] = "lacks_group() {\n"
                                  "[ ! -e \"/run/libvirt/storage/$1.xml\" ] || return 0\n"
                                  "[ \"$groups\" ] || groups=$(timeout 10 vgs --readonly --noheadings -o "
                                  "vg_name 2>/dev/null && echo .) || "
                                  "groups=unknown\n"
                                  "case $groups in *.) ;; *) return 0;; esac\n"
                                  "for group in $groups; do [ \"$group\" != \"$2\" ] || return 0; done\n"
                                  "printf '=no-group %s\\n' \"$2\"\n"
                                  "}\ngroups=\n";

static void add_volume_groups(struct text *script, const struct survey *survey)
{
        text_add(script, lacks_group);
        for (array_each(const struct question, question, &survey->questions)) {
                if (question->kind != ASK_VOLUME_GROUP)
                        continue;
                text_add(script, "lacks_group");
                add_word(script, question->pool);
                add_word(script, question->subject);
                text_add(script, "\n");
        }
}

static void add_facts(struct text *script, const struct survey *survey)
{
        text_add(script, machine_facts);
        text_add(script, run_lock_probe);
        if (survey_asks(survey, ASK_LONG_STEPS))
                text_add(script, long_step_probe);
        if (survey_asks(survey, ASK_ADDED_PACKAGES))
                package_notes_add_probe(script);
        if (survey_asks(survey, ASK_VOLUME_GROUP))
                add_volume_groups(script, survey);
        text_add(script, interrupted);
        if (survey_asks(survey, ASK_SYSCTL))
                add_settings(script, survey);
        text_add(script, "echo '@facts 0'\n"
                         "stat -f -c '=space %a %S' /var/lib\n"
                         "echo \"@space $?\"\n");
}

/* The directory may also hold a file that tells of bonds. */
static void add_interfaces(struct text *script, const struct survey *survey)
{
        if (survey_asks(survey, ASK_INTERFACES))
                text_add(script,
                        "for path in /sys/class/net/*; do\n"
                        "if [ -d \"$path/bridge\" ]; then mac=; read -r mac <\"$path/address\"\n"
                        "printf 'bridge %s\\naddress %s\\n' \"${path##*/}\" \"$mac\"\n"
                        "elif [ -d \"$path\" ]; then printf 'other %s\\n' \"${path##*/}\"; fi; done\n");
        text_add(script, "echo '@interfaces 0'\n");
}

static void add_services(struct text *script, const struct survey *survey)
{
        if (survey_asks(survey, ASK_NETWORKS)) {
                text_add(script, network_has_dnsmasq);
                network_add_probe(script);
        }
        text_add(script, "echo '@services 0'\n");
}

static void add_texts(struct text *script, const struct survey *survey)
{
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(text_sources_done) struct text_sources texts = {0};
        CLEANUP(strings_done) struct strings paths = {0};

        probe_prepare(survey, &answers);
        text_sources_init(&texts, survey, &answers);
        for (array_each(const struct text_source, source, &texts.sources))
                if (!source->name && !strings_has(&paths, source->path))
                        strings_add(&paths, source->path);
        text_add(script, "grep -saH '' ");
        shell_add_words(script, &paths);
        text_add(script, "\necho \"@texts $?\"\n");
}

/* Whoever isn't in the file is looked for in a directory service, one by one: on a machine that is as wished
 * nobody is. */
static void add_lookup(
        struct text *script, const struct survey *survey, enum question_kind kind, const char *database)
{
        text_add(script, "for name in");
        add_words(script, survey, kind);
        text_format(script, "; do lookup %s \"$name\"; done\n", database);
}

static void add_accounts(struct text *script, const struct survey *survey)
{
        if (!survey_asks(survey, ASK_GROUP) && !survey_asks(survey, ASK_USER)) {
                text_add(script, "echo '@accounts 0'\n");
                return;
        }
        text_add(script,
                "lookup() {\n"
                "case \"\n$accounts\" in *\"\n/etc/$1:$2:\"*) return;; esac\n"
                "! line=$(getent \"$1\" -- \"$2\" 2>/dev/null) || printf '/etc/%s:%s\\n' \"$1\" \"$line\"\n"
                "}\n"
                "accounts=$(grep -saHF");
        for (array_each(const struct question, question, &survey->questions)) {
                if (question->kind != ASK_GROUP && question->kind != ASK_USER)
                        continue;
                CLEANUP(string_free) char *pattern = string_format("%s:", question->subject);
                text_add(script, " -e");
                add_word(script, pattern);
        }
        text_add(script, " /etc/passwd /etc/group); status=$?\n"
                         "[ -z \"$accounts\" ] || printf '%s\\n' \"$accounts\"\n");
        add_lookup(script, survey, ASK_USER, "passwd");
        add_lookup(script, survey, ASK_GROUP, "group");
        text_add(script, "echo \"@accounts $status\"\n");
}

/* What isn't there may not even come: the nearest thing above it has to be a directory, or lead to one. What is missing
 * above it comes with it. */
static const char obstacle[] =
        "obstacle() {\n"
        "up=${1%/*} top=\n"
        "until [ ! \"$up\" ] || [ -e \"$up\" ] || [ -L \"$up\" ]; do top=$up; up=${up%/*}; done\n"
        "if [ \"$up\" ] && ! [ -d \"$up\" ]; then printf 'n%s\\nb%s\\n' \"$1\" \"$up\"\n"
        "elif [ \"$top\" ]; then printf 'n%s\\nm%s\\n' \"$1\" \"$top\"; fi\n"
        "}\n";

/* The list of paths stands in the script once; for each program it is cut down to what that program is for.
 */
static void add_files(struct text *script, const struct survey *survey)
{
        text_add(script, obstacle);
        text_add(script, "set --");
        add_words(script, survey, ASK_FILE);
        add_words(script, survey, ASK_PRESENCE);
        text_add(script, "\nfor path; do shift; if [ -e \"$path\" ] || [ -L \"$path\" ]; then set -- \"$@\" "
                         "\"$path\"; else obstacle \"$path\"; fi; done\n"
                         "[ $# = 0 ] || stat -c 'n%n\ns%f %s %Y\nu%U\ng%G\nt%y' \"$@\"\n"
                         "echo \"@states $?\"\n");
        if (survey_asks(survey, ASK_PRESENCE)) {
                text_add(script, "set --");
                add_words(script, survey, ASK_FILE);
                text_add(script, "\n");
        }
        text_add(script, "for path; do shift; if [ -f \"$path\" ] && ! [ -L \"$path\" ]; then set -- \"$@\" "
                         "\"$path\"; fi; done\n"
                         "[ $# = 0 ] || sha256sum \"$@\"\n"
                         "echo \"@sums $?\"\n");
}

static void add_canary(struct text *script, const struct survey *survey)
{
        if (survey_asks(survey, ASK_CANARY))
                canary_add_probe(script);
        text_add(script, "echo '@canary 0'\n");
}

static void add_packages(struct text *script, const struct survey *survey)
{
        text_add(script, "packages() {\ncase $manager in\n");
        for (enum package_manager manager = PACKAGES_APT; manager < PACKAGE_MANAGERS; manager++) {
                struct text names = {0};

                for (array_each(const struct question, question, &survey->questions))
                        if (question->kind == ASK_PACKAGE &&
                                (question->manager == manager || question->manager == PACKAGES_UNKNOWN))
                                add_word(&names, question->subject);
                if (names.length)
                        text_format(script, "%s) %s%s;;\n", package_manager_name(manager),
                                manager_get(manager)->list, text_string(&names));
                text_done(&names);
        }
        text_add(script, "esac\necho \"@packages $?\"\n}\n");
}

static void add_listeners(struct text *script, const struct survey *survey)
{
        listeners_add_probe(script, survey);
        text_add(script, "echo '@listeners 0'\n");
}

static void add_firewall(struct text *script, const struct survey *survey)
{
        if (survey_asks(survey, ASK_FIREWALL))
                firewall_add_probe(script, survey);
        text_add(script, "echo '@firewall 0'\n");
}

void probe_script(const struct survey *survey, struct text *script)
{
        script_begin(script);
        text_add(script, script_is_open);
        manager_add_detection(script);
        add_packages(script, survey);
        text_add(script, "packages | {\n");
        add_facts(script, survey);
        add_interfaces(script, survey);
        add_services(script, survey);
        add_texts(script, survey);
        add_accounts(script, survey);
        add_files(script, survey);
        add_canary(script, survey);
        add_listeners(script, survey);
        add_firewall(script, survey);
        text_add(script, "cat; }\n");
}
