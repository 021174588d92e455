/* The package managers for real: dnf, zypper, pacman and apt, each in a copy of this machine that is theirs
 * alone, with a repository that the test makes. What runs is what runs on any machine: the probe, the step,
 * the probe again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "package_machine.h"

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
