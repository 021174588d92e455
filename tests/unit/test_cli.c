/* The command line: what is taken for what, what help and the man page say of it, and what exit status comes out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "cli/help.h"
#include "cli/option.h"
#include "cli/outcome.h"
#include "cli/phases_dot.h"
#include "cli/probe_words.h"
#include "cli/verb.h"
#include "phases/states.h"

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define ARGUMENTS_MOST 8

/* The man page as it was when this was compiled, from the directory that the Makefile stands in. */
__asm__(".pushsection .rodata\n"
        "man_page: .incbin \"docs/provision.1\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char man_page[];

/* ---- what is taken for what ---- */

struct row {
        const char *name;
        const char *arguments[ARGUMENTS_MOST];
        const char *meaning; /* see describe() */
        const char *error;   /* or: what it says */
};

static const struct row rows[] = {
        {"one file", {"a.conf"}, "(a.conf) cluster x40", NULL},
        {"several files", {"a.conf", "b.conf"}, "(a.conf b.conf) cluster x40", NULL},
        {"a phase", {"--phase", "linux", "a.conf"}, "(a.conf) linux x40", NULL},
        {"a phase behind an equals sign", {"--phase=linux", "a.conf"}, "(a.conf) linux x40", NULL},
        {"options behind the words", {"plan", "a.conf", "--check", "--phase", "kvm"},
                "plan(a.conf) kvm x40 check", NULL},
        {"an option before the verb", {"-v", "plan", "a.conf"}, "plan(a.conf) cluster x40 verbose", NULL},
        {"--plan is plan", {"--plan", "a.conf"}, "plan(a.conf) cluster x40", NULL},
        {"--plan --check is plan --check", {"--check", "--plan", "a.conf"}, "plan(a.conf) cluster x40 check",
                NULL},
        {"plan --plan is plan", {"plan", "--plan", "a.conf"}, "plan(a.conf) cluster x40", NULL},
        {"a file named as a verb", {"./plan"}, "(./plan) cluster x40", NULL},
        {"a verb behind --", {"--", "plan"}, "(plan) cluster x40", NULL},
        {"an option behind --", {"plan", "--", "--json"}, "plan(--json) cluster x40", NULL},
        {"a run to report", {"report", "12", "--html", "a.html", "--junit=b.xml"}, "report(12) cluster x40",
                NULL},
        {"two runs to report", {"report", "1", "2"}, NULL, "report has no use for \"2\""},
        {"a page of another verb", {"history", "--html=a.html"}, NULL, "history doesn't take --html"},
        {"a second verb is a file", {"plan", "check"}, "plan(check) cluster x40", NULL},
        {"time-outs and how many at once",
                {"--timeout", "kvm=15min", "--timeout=linux=90s", "--parallel=3", "a.conf"},
                "(a.conf) cluster x3 linux=90 kvm=900", NULL},
        {"the last time-out of a phase counts", {"--timeout=kvm=1min", "--timeout=kvm=2min", "a.conf"},
                "(a.conf) cluster x40 kvm=120", NULL},
        {"settings keep their order", {"--set", "host.a.connect=x=y", "--set=host.b.connect=", "a.conf"},
                "(a.conf) cluster x40 {host.a.connect=x=y} {host.b.connect=}", NULL},
        {"a value that looks like an option", {"--set", "--json=1", "a.conf"},
                "(a.conf) cluster x40 {--json=1}", NULL},
        {"json and verbose", {"--json", "--verbose", "a.conf"}, "(a.conf) cluster x40 json verbose", NULL},
        {"phases needs no file", {"phases"}, "phases() cluster x40", NULL},
        {"help needs no words", {"help"}, "help() cluster x40", NULL},
        {"help for a verb", {"help", "plan"}, "help(plan) cluster x40", NULL},
        {"--help needs nothing", {"--help"}, "() cluster x40 help", NULL},
        {"a verb's --help", {"plan", "-h"}, "plan() cluster x40 help", NULL},
        {"--version needs nothing", {"--version"}, "() cluster x40 version", NULL},
        {"a dash alone is a word", {"plan", "-"}, "plan(-) cluster x40", NULL},

        {"nothing", {NULL}, NULL, "which machines? provision CONF, or provision --help for all there is"},
        {"a verb without its file", {"plan"}, NULL, "plan needs CONF... (a file named plan is ./plan)"},
        {"a misspelt verb", {"paln", "a.conf"}, NULL,
                "there is neither a verb nor a file \"paln\"; did you mean plan?"},
        {"a verb there never was", {"frobnicate", "a.conf"}, NULL,
                "there is neither a verb nor a file \"frobnicate\""},
        {"a misspelt option", {"--phse", "kvm"}, NULL, "there is no option --phse; did you mean --phase?"},
        {"an abbreviated option", {"--verb", "a.conf"}, NULL, "there is no option --verb"},
        {"an option there never was", {"--frobnicate=1"}, NULL, "there is no option --frobnicate"},
        {"a letter there isn't", {"-vx"}, NULL, "there is no option -x (see provision --help)"},
        {"a value where none goes", {"--json=yes"}, NULL, "--json takes no value"},
        {"no value where one goes", {"a.conf", "--phase"}, NULL, "--phase needs a value: PHASE"},
        {"a misspelt phase", {"--phase=kvn"}, NULL, "there is no phase \"kvn\"; did you mean kvm?"},
        {"a phase there never was", {"--phase", "platform"}, NULL,
                "there is no phase \"platform\"; the phases are linux, kvm, cluster"},
        {"an empty phase", {"--phase="}, NULL, "there is no phase \"\"; the phases are linux, kvm, cluster"},
        {"a time-out of no phase", {"--timeout", "15min"}, NULL,
                "--timeout 15min doesn't say for which phase; kvm=15min would do"},
        {"a time-out of a misspelt phase", {"--timeout", "kwm=15min"}, NULL,
                "--timeout kwm=15min: there is no phase \"kwm\"; did you mean kvm?"},
        {"no machine at a time", {"--parallel", "0"}, NULL,
                "--parallel 0: a number from 1 to 1000 would be right"},
        {"less than no machine", {"--parallel", "-1"}, NULL,
                "--parallel -1: a number from 1 to 1000 would be right"},
        {"too many machines", {"--parallel=99999999999999999999"}, NULL,
                "--parallel 99999999999999999999: a number from 1 to 1000 would be right"},
        {"not a number of machines", {"--parallel=4x"}, NULL,
                "--parallel 4x: a number from 1 to 1000 would be right"},
        {"a setting of nothing", {"--set", "=x"}, NULL,
                "--set =x is not KEY=VALUE; host.lab1.connect=root@10.77.1.2 would be"},
        {"a setting without a value", {"--set", "host.lab1.connect"}, NULL,
                "--set host.lab1.connect is not KEY=VALUE; host.lab1.connect=root@10.77.1.2 would be"},
        {"--check without plan", {"--check", "a.conf"}, NULL,
                "--check goes with plan: provision plan --check CONF"},
        {"an option of another verb", {"check", "--json", "a.conf"}, NULL, "check doesn't take --json"},
        {"--plan with another verb", {"probe", "--plan", "a.conf"}, NULL, "probe doesn't take --plan"},
        {"a word too many", {"phases", "kvm"}, NULL, "phases has no use for \"kvm\""},
};

/* verb(words) phase xN and what else was given, in words that a row can hold. */
static char *describe(const struct command_line *command_line)
{
        CLEANUP(string_free) char *words = strings_join(&command_line->words, " ");
        struct text text = {0};

        text_format(&text, "%s(%s) %s x%u", command_line->verb->name, words, phase_name(command_line->phase),
                command_line->parallel);
        for (int i = 0; i < PHASE_COUNT; i++)
                if (command_line->timeout_s[i])
                        text_format(
                                &text, " %s=%d", phase_name((enum phase_name)i), command_line->timeout_s[i]);
        for (array_each(char *, setting, &command_line->overrides.settings))
                text_format(&text, " {%s}", *setting);
        for (size_t i = 0; i < option_count; i++)
                if (!options[i].argument && options[i].bit != OPTION_PLAN &&
                        (command_line->given & options[i].bit))
                        text_format(&text, " %s", options[i].name);
        return text_take(&text);
}

static void command_lines_are_understood(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                CLEANUP(command_line_done) struct command_line command_line = {0};
                CLEANUP(error_done) struct error error = {0};
                CLEANUP(string_free) char *meaning = NULL;
                char *arguments[ARGUMENTS_MOST + 1] = {(char *)"provision"};
                int count = 1;

                for (; rows[i].arguments[count - 1]; count++)
                        arguments[count] = (char *)rows[i].arguments[count - 1];
                if (command_line_parse(count, arguments, &command_line, &error) == 0)
                        meaning = describe(&command_line);
                if (!string_equal(meaning, rows[i].meaning) || !string_equal(error.text, rows[i].error))
                        fail_msg("%s: %s (%s)", rows[i].name, meaning ? meaning : "an error",
                                error_text(&error));
                if (error_is_set(&error))
                        assert_int_equal(error_exit_status(error.kind), 2);
        }
}

static void the_words_that_are_kept_hold_no_settings(void **state)
{
        char *arguments[] = {(char *)"/usr/bin/provision", (char *)"--set", (char *)"host.a.connect=secret1",
                (char *)"--set=host.a.b=secret2", (char *)"--timeout", (char *)"kvm=5min",
                (char *)"a b.conf"};
        CLEANUP(command_line_done) struct command_line command_line = {0};
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        assert_int_equal(command_line_parse(COUNT(arguments), arguments, &command_line, &error), 0);
        assert_string_equal(command_line.text,
                "provision --set 'host.a.connect=...' '--set=host.a.b=...' --timeout 'kvm=5min' 'a b.conf'");
}

static void a_time_that_is_none_says_what_would_be_right(void **state)
{
        char *arguments[] = {(char *)"provision", (char *)"--timeout", (char *)"kvm=soon", (char *)"a.conf"};
        CLEANUP(command_line_done) struct command_line command_line = {0};
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        assert_int_equal(command_line_parse(4, arguments, &command_line, &error), -1);
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_memory_equal(error.text, "--timeout kvm=soon: ", strlen("--timeout kvm=soon: "));
}

/* ---- what help and the man page say ---- */

static void assert_fits(const char *what, const char *text)
{
        for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
                if (strcspn(line, "\n") > 79)
                        fail_msg("%s: %.*s", what, (int)strcspn(line, "\n"), line);
}

static void help_fits_and_is_complete(void **state)
{
        CLEANUP(text_done) struct text all = {0};

        (void)state;
        help_add(&all, NULL);
        assert_fits("everything", text_string(&all));
        for (size_t i = 0; i < verb_count; i++) {
                CLEANUP(text_done) struct text text = {0};

                help_add(&text, verbs[i]);
                assert_fits(verbs[i]->name, text_string(&text));
                assert_non_null(strstr(text_string(&all), verbs[i]->summary));
        }
        for (size_t i = 0; i < option_count; i++) {
                CLEANUP(string_free) char *dashed = string_format("--%s", options[i].name);
                CLEANUP(string_free)
                char *first_line = string_copy_n(options[i].help, strcspn(options[i].help, "\n"));

                assert_non_null(strstr(text_string(&all), dashed));
                assert_non_null(strstr(text_string(&all), first_line));
        }
}

static void the_man_page_has_every_verb_and_option(void **state)
{
        (void)state;
        for (size_t i = 0; i < verb_count; i++) {
                CLEANUP(string_free) char *synopsis = string_format("\n.Nm\n.Cm %s\n", verbs[i]->name);
                CLEANUP(string_free) char *item = string_format("\n.It Cm %s", verbs[i]->name);

                if (verbs[i]->name[0] && (!strstr(man_page, synopsis) || !strstr(man_page, item)))
                        fail_msg("the verb %s is missing", verbs[i]->name);
        }
        for (size_t i = 0; i < option_count; i++) {
                const char letter[] = {options[i].letter, '\0'};
                CLEANUP(string_free)
                char *item = options[i].letter
                                     ? string_format("\n.It Fl %s , Fl Fl %s", letter, options[i].name)
                                     : string_format("\n.It Fl Fl %s", options[i].name);

                if (!strstr(man_page, item))
                        fail_msg("the option --%s is missing", options[i].name);
        }
        assert_null(strstr(man_page, "Fl Fl Ar")); /* which shows as --COMMAND: a -- by itself is Fl \\&- */
}

static void the_man_page_has_every_event(void **state)
{
        (void)state;
        for (int i = 0; i < EVENT_KINDS; i++)
                if (!strstr(man_page, event_kind_name((enum event_kind)i)))
                        fail_msg("the event %s is missing", event_kind_name((enum event_kind)i));
}

/* Each Score, each level and each activity has its node, and what is between quotes stays there. */
static void the_tables_are_drawn(void **state)
{
        CLEANUP(text_done) struct text text = {0};
        size_t quotes = 0;

        (void)state;
        phases_add_dot(&text);
        for (int name = 0; name < PHASE_COUNT; name++) {
                const struct phase *phase = phase_get((enum phase_name)name);

                for (size_t i = 0; i < phase->entry_count; i++) {
                        CLEANUP(string_free)
                        char *node = string_format(
                                " %s_%s [label=", phase_name(phase->name), phase->entries[i].score->name);

                        CLEANUP(string_free)
                        char *need = string_format(
                                " -> %s_%s [label=", phase_name(phase->name), phase->entries[i].score->name);

                        assert_non_null(strstr(text_string(&text), node));
                        assert_true(!phase->entries[i].needs == !strstr(text_string(&text), need));
                }
        }
        for (int i = 0; i < LEVELS; i++)
                assert_non_null(strstr(text_string(&text), machine_level_name((enum machine_level)i)));
        for (int i = 0; i < HAPPENINGS; i++)
                assert_non_null(
                        strstr(text_string(&text), machine_happening_name((enum machine_happening)i)));
        assert_non_null(
                strstr(text_string(&text), "promoting -> failed [label=\"it fails\nit isn't reached\"]"));
        for (const char *c = text_string(&text); *c; c++)
                quotes += *c == '"';
        assert_int_equal(quotes % 2, 0);
}

/* ---- what exit status comes out ---- */

static const struct {
        const char *name;
        enum error_kind kinds[4];
        size_t steps_planned;
        bool changes_count;
        int status;
} outcomes[] = {
        {"all is well", {ERROR_NONE, ERROR_NONE}, 0, false, 0},
        {"a plan with steps", {ERROR_NONE}, 3, false, 0},
        {"a plan with steps that count", {ERROR_NONE}, 3, true, 7},
        {"an empty plan where steps count", {ERROR_NONE}, 0, true, 0},
        {"refused is not reached", {ERROR_REFUSED}, 0, false, 4},
        {"not reached is worse than steps", {ERROR_NONE, ERROR_UNREACHABLE}, 3, true, 4},
        {"a wrong configuration of ssh", {ERROR_CONFIG}, 0, true, 3},
        {"it is worse than not reached", {ERROR_UNREACHABLE, ERROR_CONFIG}, 0, false, 3},
        {"blocked is worse than that", {ERROR_CONFIG, ERROR_BLOCKED}, 0, false, 5},
        {"blocked is worse than not reached", {ERROR_UNREACHABLE, ERROR_BLOCKED}, 0, false, 5},
        {"out of time is worse than blocked", {ERROR_BLOCKED, ERROR_DEADLINE}, 0, false, 6},
        {"a failed step is worse than out of time", {ERROR_DEADLINE, ERROR_FAILED}, 0, false, 1},
        {"interrupted is worst", {ERROR_FAILED, ERROR_INTERRUPTED, ERROR_UNREACHABLE}, 0, false, 8},
};

static void the_most_serious_decides(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT(outcomes); i++) {
                CLEANUP(engine_result_done) struct engine_result result = {0};
                int status;

                for (size_t j = 0; j < COUNT(outcomes[i].kinds); j++) {
                        struct host_result *host = array_add(&result.hosts);

                        host->kind = outcomes[i].kinds[j];
                        host->steps_planned = j == 0 ? outcomes[i].steps_planned : 0;
                }
                status = outcome_exit_status(&result, outcomes[i].changes_count);
                if (status != outcomes[i].status)
                        fail_msg("%s: %d", outcomes[i].name, status);
        }
}

/* ---- what a probe shows ---- */

static const struct host_config lab1 = {.name = (char *)"lab1"};

static void fill(struct answers *answers)
{
        answers->machine = (struct machine_facts) {
                .hostname = string_copy("lab1"),
                .os_id = string_copy("debian"),
                .os_version = string_copy("12"),
                .os_name = string_copy("Debian \033[2J\"12\""),
                .kernel = string_copy("6.1.0"),
                .arch = string_copy("x86_64"),
                .machine_id = string_copy("0123456789abcdef0123456789abcdef"),
                .manager = PACKAGES_APT,
                .is_root = true,
                .has_systemd = true,
                .reboot_required = true,
                .cpus = 1,
                .memory_mib = 3936,
                .root_free_mib = 20000,
        };
        answers->libvirt = REACH_ANSWERED;
        answers->libvirt_version = string_copy("9.0.0");
        *array_add(&answers->networks) = (struct network_state) {
                .network = {.name = string_copy("lab"), .mode = NETWORK_NAT}, .active = true, .ours = true};
        *array_add(&answers->pools) = (struct pool_state) {.name = string_copy("default")};
        answers->canary = (struct canary_state) {
                .proven = true, .accelerator = CANARY_TCG, .why = string_copy("there is no /dev/kvm")};
}

static void a_machine_is_shown_in_words(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(strings_done) struct strings blocks = {0};
        CLEANUP(text_done) struct text text = {0};
        const struct engine_probe probe = {&lab1, &answers, CAN_RUN_COMMANDS | CAN_RUN_GUESTS, &blocks};

        (void)state;
        fill(&answers);
        strings_add(&blocks, "pool lab isn't ours");
        probe_add_words(&text, &probe);
        assert_string_equal(text_string(&text),
                "lab1: Debian \\x1b[2J\"12\", x86_64, kernel 6.1.0\n"
                "    machine     1 processor, 3936 MiB of memory, 20000 MiB free in /var/lib\n"
                "    system      systemd, packages by apt, wants a reboot\n"
                "    libvirt     answers, version 9.0.0\n"
                "    networks    lab (active, ours)\n"
                "    pools       default (inactive)\n"
                "    guests      run by TCG: there is no /dev/kvm\n"
                "    can         run commands, run guests: one was booted\n"
                "    in the way  pool lab isn't ours\n");
}

static void a_machine_without_libvirt_is_shown_too(void **state)
{
        CLEANUP(strings_done) struct strings blocks = {0};
        CLEANUP(text_done) struct text text = {0};
        const struct answers answers = {.libvirt = REACH_NOT_YET};
        const struct engine_probe probe = {&lab1, &answers, 0, &blocks};

        (void)state;
        probe_add_words(&text, &probe);
        assert_string_equal(text_string(&text),
                "lab1: an unknown system, ?, kernel ?\n"
                "    machine     0 processors, 0 MiB of memory, 0 MiB free in /var/lib\n"
                "    system      no systemd, no package manager that we know\n"
                "    libvirt     not there yet\n"
                "    guests      not proven yet\n"
                "    can         nothing\n");
}

static void a_machine_is_shown_to_programs(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(strings_done) struct strings blocks = {0};
        CLEANUP(text_done) struct text text = {0};
        const struct engine_probe probe = {&lab1, &answers, CAN_RUN_COMMANDS, &blocks};

        (void)state;
        fill(&answers);
        strings_add(&blocks, "pool lab isn't ours");
        probe_add_json(&text, &probe);
        assert_string_equal(text_string(&text),
                "{\"host\":\"lab1\",\"machine\":{\"hostname\":\"lab1\",\"os_id\":\"debian\",\"os_version\":"
                "\"12\","
                "\"os_name\":\"Debian \\u001B[2J\\\"12\\\"\",\"kernel\":\"6.1.0\",\"arch\":\"x86_64\","
                "\"machine_id\":\"0123456789abcdef0123456789abcdef\","
                "\"package_manager\":\"apt\",\"package_db_interrupted\":false,\"reboot_required\":true,"
                "\"is_root\":true,\"has_systemd\":true,\"has_kvm_device\":false,\"cpus\":1,\"memory_mib\":"
                "3936,"
                "\"free_mib\":20000},\"libvirt\":{\"answers\":true,\"version\":\"9.0.0\","
                "\"networks\":[{\"name\":\"lab\",\"mode\":\"nat\",\"active\":true,\"autostart\":false,"
                "\"ours\":true}],"
                "\"pools\":[{\"name\":\"default\",\"active\":false,\"autostart\":false,\"ours\":false}]},"
                "\"guests\":{\"proven\":true,\"accelerator\":\"tcg\",\"why\":\"there is no /dev/kvm\"},"
                "\"can\":[\"run commands\"],\"blocks\":[\"pool lab isn't ours\"]}\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(command_lines_are_understood),
                cmocka_unit_test(the_words_that_are_kept_hold_no_settings),
                cmocka_unit_test(a_time_that_is_none_says_what_would_be_right),
                cmocka_unit_test(help_fits_and_is_complete),
                cmocka_unit_test(the_man_page_has_every_verb_and_option),
                cmocka_unit_test(the_man_page_has_every_event),
                cmocka_unit_test(the_tables_are_drawn),
                cmocka_unit_test(the_most_serious_decides),
                cmocka_unit_test(a_machine_is_shown_in_words),
                cmocka_unit_test(a_machine_without_libvirt_is_shown_too),
                cmocka_unit_test(a_machine_is_shown_to_programs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
