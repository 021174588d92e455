/* The package managers for real: dnf, zypper, pacman and apt, each in a copy of this machine that is theirs
 * alone, with a repository that the test makes. What runs is what runs on any machine: the probe, the step,
 * the probe again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "means/parts.h"
#include "means/probe.h"
#include "throw_away_root.h"

/* ---- repositories: mkpackage NAME [DEPENDS-ON [CONFLICTS-WITH [RUN-AFTER]]], then publish -----------------
 */

static const char rpm_repository[] =
        "mkpackage() {\n"
        "{ printf 'Name: %s\\nVersion: 1\\nRelease: 2\\nSummary: x\\nLicense: x\\nBuildArch: noarch\\n' $1\n"
        "[ -z \"$2\" ] || echo \"Requires: $2\"; [ -z \"$3\" ] || echo \"Conflicts: $3\"\n"
        "echo \"Provides: old-$1\"\n"
        "printf '%%description\\nx\\n%%files\\n'\n"
        "[ -z \"$4\" ] || printf '%%post\\n%s\\n' \"$4\"; } >/tmp/$1.spec\n"
        "rpmbuild -bb --quiet --define '_topdir /tmp/rpmbuild' --define '_rpmdir /repo' /tmp/$1.spec\n"
        "}\n"
        "publish() { createrepo_c -q /repo; }\n"
        /* Debian's rpm has its database in the home directory, so as not to be mistaken for the machine's
           own. */
        "mkdir -p /etc/rpm; echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros\n";

static const char pacman_repository[] =
        "mkpackage() {\n"
        "mkdir -p /tmp/p; cd /tmp/p\n"
        "printf 'pkgname = %s\\npkgbase = %s\\npkgver = 1-2\\npkgdesc = x\\narch = any\\nsize = "
        "0\\nbuilddate = 1\\n"
        "packager = x\\nurl = x\\n' $1 $1 >.PKGINFO\n"
        "[ -z \"$2\" ] || echo \"depend = $2\" >>.PKGINFO; [ -z \"$3\" ] || echo \"conflict = $3\" "
        ">>.PKGINFO\n"
        "tar --zstd -cf /repo/$1-1-2-any.pkg.tar.zst .PKGINFO\n"
        "}\n"
        "publish() { cd /repo; repo-add -q t.db.tar.gz *.zst 2>/dev/null; }\n";

static const char apt_repository[] =
        "mkpackage() {\n"
        "mkdir -p /tmp/d/DEBIAN; cd /tmp\n"
        "{ printf 'Package: %s\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@x>\\nDescription: x\\n' "
        "$1\n"
        "[ -z \"$2\" ] || echo \"Depends: $2\"; [ -z \"$3\" ] || echo \"Conflicts: $3\"; } "
        ">d/DEBIAN/control\n"
        "[ -z \"$4\" ] || { printf '#!/bin/sh\\n[ \"$1\" != configure ] || { %s; }\\n' \"$4\" "
        ">d/DEBIAN/postinst\n"
        "chmod 755 d/DEBIAN/postinst; }\n"
        "[ -z \"$5\" ] || { mkdir -p d$(dirname $5); echo x >d$5; echo $5 >d/DEBIAN/conffiles; }\n"
        "[ -z \"$6\" ] || { mkdir -p d$(dirname $6); head -c 3000000 /dev/urandom >d$6; }\n"
        "dpkg-deb -b d /repo/$1.deb >/dev/null; rm -r d\n"
        "}\n"
        "publish() { cd /repo; dpkg-scanpackages -m . 2>/dev/null >Packages; }\n";

static const struct manager_here {
        enum package_manager manager;
        const char *release;    /* os-release of the machine that it is to be */
        const char *repository; /* shell functions */
        const char *configure;  /* shell text: only our repository, nothing of the network's */
} managers_here[] = {
        {PACKAGES_DNF, "ID=fedora\nVERSION_ID=40", rpm_repository,
                "rm -rf /etc/yum.repos.d /var/cache/dnf; mkdir -p /etc/yum.repos.d\n"
                "printf '[t]\\nname=t\\nbaseurl=file:///repo\\ngpgcheck=0\\n' >/etc/yum.repos.d/t.repo\n"},
        {PACKAGES_ZYPPER, "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"", rpm_repository,
                "rm -rf /etc/zypp/repos.d /var/cache/zypp; mkdir -p /etc/zypp/repos.d\n"
                "printf '[t]\\nname=t\\nbaseurl=file:///repo\\ngpgcheck=0\\nautorefresh=0\\nenabled=1\\n' "
                ">/etc/zypp/repos.d/t.repo\n"},
        {PACKAGES_PACMAN, "ID=arch", pacman_repository,
                "printf '[options]\\nArchitecture = auto\\nSigLevel = Never\\n[t]\\nServer = "
                "file:///repo\\n' "
                ">/etc/pacman.conf\n"},
        {PACKAGES_APT, "ID=debian", apt_repository,
                "rm -rf /etc/apt/sources.list* /var/lib/apt/lists/*\n"
                "echo 'deb [trusted=yes] file:/repo ./' >/etc/apt/sources.list\n"},
};

/* ---- one machine a test ---- */

struct machine {
        const struct manager_here *here;
        struct links *links;
        struct link *link;
        struct host_config host;
        struct answers answers;
        struct survey survey;
        struct strings progress;
};

static struct machine machine;

static void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void shell(const char *format, ...)
{
        CLEANUP(string_free) char *text = NULL, *script = NULL;
        va_list arguments;

        va_start(arguments, format);
        text = string_vformat(format, arguments);
        va_end(arguments);
        script = string_format("set -e; export HOME=/root; cd /\n%s%s", machine.here->repository, text);
        if (system(script) != 0)
                fail_msg("the test's own script failed:\n%s", text);
}

static void add_progress(void *context, const char *line)
{
        strings_add(context, line);
}

static void release_is(const char *release)
{
        FILE *file;

        unlink("/etc/os-release");
        file = fopen("/etc/os-release", "w");
        assert_non_null(file);
        fprintf(file, "%s\n", release);
        fclose(file);
}

static bool machine_begin(const struct manager_here *here)
{
        static char name[] = "here";
        struct error error = {0};

        machine = (struct machine) {.here = here, .host = {.name = name, .connect.is_local = 1}};
        if (!throw_away_enter())
                return false;
        release_is(here->release);
        shell("mkdir -p /repo; chmod 755 / /repo\n%s", here->configure);
        assert_int_equal(links_start(&machine.links, &error), 0);
        machine.link = link_open(machine.links, &machine.host, deadline_in_s(10));
        return true;
}

static void machine_end(void)
{
        link_close(machine.link);
        links_stop(machine.links);
        answers_done(&machine.answers);
        survey_done(&machine.survey);
        strings_done(&machine.progress);
        throw_away_leave();
}

static void look(const char *name)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error error = {0};
        struct command command = {.keep = PROBE_KEEP};

        answers_done(&machine.answers);
        machine.answers = (struct answers) {0};
        survey_done(&machine.survey);
        machine.survey = (struct survey) {0};
        survey_ask(&machine.survey, ASK_MACHINE, NULL);
        survey_ask_package(&machine.survey, PACKAGES_UNKNOWN, name);
        probe_script(&machine.survey, &script);
        command.script = text_string(&script);
        if (link_run(machine.link, &command, deadline_in_s(30), &output, &error) < 0 ||
                probe_read(&machine.survey, &output, &machine.answers, &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_string_equal(package_manager_name(machine.answers.machine.manager),
                package_manager_name(machine.here->manager));
}

static const char *version_of(const char *name)
{
        const struct package_state *package;

        look(name);
        package = answers_package(&machine.answers, name);
        assert_non_null(package);
        return package->installed ? package->version : "none";
}

static int carry_out(
        enum step_kind kind, const char *name, const char *other, int seconds, struct error *error)
{
        const struct means_progress progress = {.line = add_progress, .context = &machine.progress};
        static char sentence[] = "install what is missing";
        struct step step = {.kind = kind, .sentence = sentence, .packages.manager = machine.here->manager};
        const struct work work = {
                .link = machine.link,
                .step = &step,
                .deadline = deadline_in_s(seconds),
                .progress = &progress,
        };
        int result;

        if (name)
                strings_add(&step.packages.names, name);
        if (other)
                strings_add(&step.packages.names, other);
        result =
                kind == STEP_PACKAGES_REPAIR ? packages_repair(&work, error) : packages_install(&work, error);
        strings_done(&step.packages.names);
        return result;
}

static void install(const char *name, const char *other)
{
        CLEANUP(error_done) struct error error = {0};

        if (carry_out(STEP_PACKAGES_INSTALL, name, other, 60, &error) < 0)
                fail_msg("%s: %s", package_manager_name(machine.here->manager), error_text(&error));
}

/* The step fails, and says so with these words. */
static void fails(const char *name, int seconds, const char *words, const char *more)
{
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(carry_out(STEP_PACKAGES_INSTALL, name, NULL, seconds, &error), -1);
        print_message("%s: %s\n", package_manager_name(machine.here->manager), error_text(&error));
        if (!strstr(error_text(&error), words) || (more && !strstr(error_text(&error), more)))
                fail_msg("wanted \"%s\" and \"%s\" in: %s", words, more ? more : "", error_text(&error));
}

/* ---- with every manager ---- */

static void what_is_missing_is_installed_in_one_transaction(void)
{
        shell("mkpackage one\nmkpackage two needed\nmkpackage needed\npublish");
        assert_string_equal(version_of("one"), "none");
        install("one", "two");
        assert_string_equal(version_of("one"), machine.here->manager == PACKAGES_APT ? "1" : "1-2");
        assert_string_not_equal(version_of("two"), "none");
        assert_string_not_equal(version_of("needed"), "none");
        assert_true(machine.progress.count > 3);
        assert_false(machine.answers.machine.package_db_interrupted);
        install("one", "two"); /* and again does no harm */
}

static void what_no_repository_has_is_named(void)
{
        shell("mkpackage one\npublish");
        fails("nonesuch", 60, "no repository of the machine has it", "nonesuch");
}

static void what_stands_in_the_way_is_named(void)
{
        shell("mkpackage one\nmkpackage needy nonesuch\nmkpackage foe '' one\npublish");
        fails("needy", 60, "nonesuch", NULL);
        install("one", NULL);
        fails("foe", 60, "one", NULL);
        assert_string_not_equal(version_of("one"), "none");
}

static void what_came_after_the_lists_were_fetched_is_found(void)
{
        shell("mkpackage one\npublish");
        install("one", NULL);
        if (machine.here->manager == PACKAGES_PACMAN) {
                shell("mkpackage late\npublish");
                fails("late", 60, "pacman -Syu", "late");
                return;
        }
        shell("sleep 1; mkpackage late\npublish");
        install("late", NULL);
        assert_string_not_equal(version_of("late"), "none");
}

/* ---- locks ---- */

/* Another process that holds a lock as the manager would, for that long: dpkg and apt lock a file, the others
 * make one that says who they are. */
static pid_t hold(const char *path, bool is_locked, int seconds)
{
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        int ready[2];
        char byte;
        pid_t child;

        assert_int_equal(pipe(ready), 0);
        child = fork();
        if (child == 0) {
                int fd = open(path, O_RDWR | O_CREAT, 0644);

                if (fd < 0 || (is_locked && fcntl(fd, F_SETLK, &lock) < 0))
                        _exit(1);
                if (!is_locked)
                        dprintf(fd, "%d\n", (int)getpid());
                if (write(ready[1], "r", 1) == 1)
                        sleep((unsigned)seconds);
                if (!is_locked)
                        unlink(path);
                _exit(0);
        }
        close(ready[1]);
        assert_int_equal(read(ready[0], &byte, 1), 1);
        close(ready[0]);
        return child;
}

static pid_t hold_lock(int seconds)
{
        static const char *const paths[PACKAGE_MANAGERS] = {
                [PACKAGES_APT] = "/var/lib/dpkg/lock-frontend",
                [PACKAGES_DNF] = "/var/cache/dnf/metadata_lock.pid",
                [PACKAGES_ZYPPER] = "/run/zypp.pid",
                [PACKAGES_PACMAN] = "/var/lib/pacman/db.lck",
        };

        return hold(paths[machine.here->manager], machine.here->manager == PACKAGES_APT, seconds);
}

static void let_go(pid_t holder)
{
        kill(holder, SIGKILL);
        waitpid(holder, NULL, 0);
}

static void a_lock_that_is_held_is_waited_for(void)
{
        pid_t holder;

        shell("mkpackage one\nmkpackage two\npublish");
        install("one", NULL); /* so that caches and directories are there */
        holder = hold_lock(2);
        install("two", NULL);
        assert_string_not_equal(version_of("two"), "none");
        waitpid(holder, NULL, 0);
}

static void a_lock_that_stays_held_is_an_error_that_says_who_holds_it(void)
{
        char pid[16];
        pid_t holder;

        shell("mkpackage one\nmkpackage two\npublish");
        install("one", NULL);
        holder = hold_lock(60);
        snprintf(pid, sizeof(pid), "%d", (int)holder);
        if (machine.here->manager == PACKAGES_DNF) /* waits by itself, and for ever */
                fails("two", 3, "Waiting for process with pid", pid);
        else if (machine.here->manager == PACKAGES_PACMAN) /* doesn't know who */
                fails("two", 7, "another package manager is at work", NULL);
        else
                fails("two", 7, "another package manager is at work", pid);
        let_go(holder);
}

/* ---- what only one of them can do ---- */

static void an_interrupted_dpkg_is_finished(void)
{
        CLEANUP(error_done) struct error error = {0};

        shell("mkpackage half '' '' 'sleep ${SLOW:-0}'\nmkpackage one\npublish\n"
              "apt-get -qq update\n"
              "SLOW=60 setsid sh -c 'echo $$ >/tmp/group; exec apt-get -qq -y -o Dpkg::Use-Pty=0 install "
              "half' "
              ">/dev/null 2>&1 &\n"
              "until pgrep -x half.postinst >/dev/null; do sleep 0.1; done\n"
              "kill -KILL -$(cat /tmp/group); sleep 0.2\n");
        look("half");
        assert_true(machine.answers.machine.package_db_interrupted);
        assert_false(machine.answers.packages.items[0].installed);
        if (carry_out(STEP_PACKAGES_REPAIR, NULL, NULL, 60, &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_string_equal(version_of("half"), "1");
        assert_false(machine.answers.machine.package_db_interrupted);
        install("one", NULL);
}

static void a_package_that_was_removed_and_not_purged_is_not_installed(void)
{
        shell("mkpackage one '' '' '' /etc/one.conf\npublish");
        install("one", NULL);
        assert_string_equal(version_of("one"), "1");
        shell("dpkg --remove one >/dev/null");
        assert_string_equal(version_of("one"), "none");
        install("one", NULL);
        assert_string_equal(version_of("one"), "1");
}

static void nothing_is_removed_without_being_told_to(void)
{
        shell("mkpackage one\nmkpackage foe '' one\npublish");
        install("one", NULL);
        fails("foe", 60, "yours to decide", NULL);
        assert_string_equal(version_of("one"), "1");
}

static void what_a_package_said_when_it_failed_is_told(void)
{
        shell("mkpackage bad '' '' 'echo it went wrong >&2; exit 3'\npublish");
        fails("bad", 60, "post-installation script subprocess returned error exit status 3", NULL);
        look("bad");
        assert_true(machine.answers.machine.package_db_interrupted);
}

static void a_full_disk_is_told(void)
{
        shell("mkpackage big '' '' '' '' /full/file\npublish\nmkdir /full; mount -t tmpfs -o size=100k tmpfs "
              "/full");
        fails("big", 60, "a disk of the machine is full", NULL);
}

/* The lock can't be taken, and yet nobody holds it. */
static void a_disk_that_cannot_be_written_to_is_told(void)
{
        shell("mkpackage one\npublish\napt-get -qq update\n"
              "mount --bind /var/lib/dpkg /var/lib/dpkg; mount -o remount,bind,ro /var/lib/dpkg");
        fails("one", 7, "a disk of the machine can't be written to", "/var/lib/dpkg");
}

static void a_lock_on_the_lists_is_waited_for_too(void)
{
        pid_t holder;

        shell("mkpackage one\npublish");
        holder = hold("/var/lib/apt/lists/lock", true, 2);
        install("one", NULL);
        assert_string_equal(version_of("one"), "1");
        let_go(holder);
}

/* Each of the locks that a transaction takes, held for longer than the step may last. */
static void locks_stay_held(const char *const *paths)
{
        shell("mkpackage one\nmkpackage two\npublish");
        install("one", NULL);
        for (; *paths; paths++) {
                CLEANUP(error_done) struct error error = {0};
                pid_t holder = hold(*paths, true, 60);

                assert_int_equal(carry_out(STEP_PACKAGES_INSTALL, "two", NULL, 7, &error), -1);
                let_go(holder);
                print_message("%s: %s\n", *paths, error_text(&error));
                assert_int_equal(error.kind, ERROR_DEADLINE);
        }
}

static void any_lock_of_apt_that_stays_held_is_out_of_time(void)
{
        static const char *const paths[] = {
                "/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/cache/apt/archives/lock", NULL};

        locks_stay_held(paths);
}

static void any_lock_of_rpm_that_stays_held_is_out_of_time(void)
{
        static const char *const paths[] = {"/var/lib/rpm/.rpm.lock", NULL};

        locks_stay_held(paths);
}

/* dnf 5 isn't here: its words are said in its place. */
static void a_lock_that_dnf5_does_not_get_is_waited_for(void)
{
        CLEANUP(error_done) struct error error = {0};

        shell("mv /usr/bin/dnf /usr/bin/dnf.away\n"
              "{ echo '#!/bin/sh'; echo 'echo \"Transaction failed: Failed to obtain rpm transaction lock. "
              "Another transaction is in progress.\" >&2; exit 1'; } >/usr/bin/dnf; chmod 755 /usr/bin/dnf");
        assert_int_equal(carry_out(STEP_PACKAGES_INSTALL, "one", NULL, 7, &error), -1);
        assert_int_equal(error.kind, ERROR_DEADLINE);
        assert_true(machine.progress.count > 0);
}

static void a_lock_that_a_killed_pacman_left_is_removed(void)
{
        CLEANUP(error_done) struct error error = {0};

        shell("mkpackage one\npublish\nmkdir -p /var/lib/pacman; : >/var/lib/pacman/db.lck");
        look("one");
        assert_true(machine.answers.machine.package_db_interrupted);
        if (carry_out(STEP_PACKAGES_REPAIR, NULL, NULL, 60, &error) < 0)
                fail_msg("%s", error_text(&error));
        look("one");
        assert_false(machine.answers.machine.package_db_interrupted);
        install("one", NULL);
}

static void a_lock_that_pacman_holds_is_left_alone(void)
{
        pid_t holder = hold_lock(60);

        look("one");
        assert_false(machine.answers.machine.package_db_interrupted);
        let_go(holder);
}

static void an_old_name_that_a_package_provides_counts(void)
{
        shell("mkpackage one\npublish");
        install("old-one", NULL);
        assert_string_equal(version_of("old-one"), "1-2");
        assert_string_equal(version_of("one"), "1-2");
}

/* A machine with all four, which this is. */
static void the_distribution_decides_between_several(void)
{
        static const struct {
                const char *release;
                enum package_manager manager;
        } rows[] = {
                {"ID=ubuntu\nID_LIKE=debian", PACKAGES_APT},
                {"ID=rocky\nID_LIKE=\"rhel centos fedora\"", PACKAGES_DNF},
                {"ID='opensuse-tumbleweed'\nID_LIKE='opensuse suse'", PACKAGES_ZYPPER},
                {"ID=manjaro\nID_LIKE=arch", PACKAGES_PACMAN},
                {"ID=unheard-of", PACKAGES_APT},
        };
        struct manager_here here = *machine.here;

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                here.manager = rows[i].manager;
                machine.here = &here;
                release_is(rows[i].release);
                look("one");
        }
        here.manager = PACKAGES_DNF;
        shell("rm /usr/bin/apt-get");
        look("one");
}

/* ---- all of them ---- */

struct situation {
        enum package_manager manager;
        void (*test)(void);
};

static void run(void **state)
{
        const struct situation *situation = *state;
        const struct manager_here *here = managers_here;

        while (here->manager != situation->manager)
                here++;
        if (!machine_begin(here))
                skip();
        situation->test();
        machine_end();
}

/* What a failed test left. */
static int clean_up(void **state)
{
        (void)state;
        if (throw_away_is_entered())
                throw_away_leave();
        return 0;
}

#define WITH(name_of_manager, id, function)                                              \
        {                                                                                \
#name_of_manager "_" #function, run, NULL, clean_up, &(struct situation) \
                {                                                                        \
                        id, function                                                     \
                }                                                                        \
        }
#define WITH_ALL(function)                                                          \
        WITH(dnf, PACKAGES_DNF, function), WITH(zypper, PACKAGES_ZYPPER, function), \
                WITH(pacman, PACKAGES_PACMAN, function), WITH(apt, PACKAGES_APT, function)

static int tests(void)
{
        const struct CMUnitTest all[] = {
                WITH_ALL(what_is_missing_is_installed_in_one_transaction),
                WITH_ALL(what_no_repository_has_is_named),
                WITH_ALL(what_stands_in_the_way_is_named),
                WITH_ALL(what_came_after_the_lists_were_fetched_is_found),
                WITH_ALL(a_lock_that_is_held_is_waited_for),
                WITH_ALL(a_lock_that_stays_held_is_an_error_that_says_who_holds_it),
                WITH(apt, PACKAGES_APT, an_interrupted_dpkg_is_finished),
                WITH(apt, PACKAGES_APT, a_package_that_was_removed_and_not_purged_is_not_installed),
                WITH(apt, PACKAGES_APT, nothing_is_removed_without_being_told_to),
                WITH(apt, PACKAGES_APT, what_a_package_said_when_it_failed_is_told),
                WITH(apt, PACKAGES_APT, a_full_disk_is_told),
                WITH(apt, PACKAGES_APT, a_disk_that_cannot_be_written_to_is_told),
                WITH(apt, PACKAGES_APT, a_lock_on_the_lists_is_waited_for_too),
                WITH(apt, PACKAGES_APT, any_lock_of_apt_that_stays_held_is_out_of_time),
                WITH(dnf, PACKAGES_DNF, any_lock_of_rpm_that_stays_held_is_out_of_time),
                WITH(dnf, PACKAGES_DNF, a_lock_that_dnf5_does_not_get_is_waited_for),
                WITH(zypper, PACKAGES_ZYPPER, any_lock_of_rpm_that_stays_held_is_out_of_time),
                WITH(pacman, PACKAGES_PACMAN, a_lock_that_a_killed_pacman_left_is_removed),
                WITH(pacman, PACKAGES_PACMAN, a_lock_that_pacman_holds_is_left_alone),
                WITH(dnf, PACKAGES_DNF, an_old_name_that_a_package_provides_counts),
                WITH(dnf, PACKAGES_DNF, the_distribution_decides_between_several),
        };

        return cmocka_run_group_tests(all, NULL, NULL);
}

int main(void)
{
        return throw_away_run(tests);
}
