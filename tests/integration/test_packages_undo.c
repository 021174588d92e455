/* What came with us is known by name, and goes again, with every package manager; what others brought or need stays. */
#include "means/manager.h"
#include "package_machine.h"

/* ---- what somebody else does ---- */

static const char *const theirs[PACKAGE_MANAGERS] = {
        [PACKAGES_APT] =
                "install_it() { apt-get -qq update; apt-get -qq -y -o Dpkg::Use-Pty=0 install $1; }\n"
                "remove_it() { apt-get -qq -y -o Dpkg::Use-Pty=0 remove $1; }\n",
        [PACKAGES_DNF] =
                "install_it() { dnf -q -y --refresh install $1; }\nremove_it() { dnf -q -y remove $1; }\n",
        [PACKAGES_ZYPPER] = "install_it() { zypper -q -n refresh -f; zypper -q -n install $1; }\n"
                            "remove_it() { zypper -q -n remove $1; }\n",
        [PACKAGES_PACMAN] = "install_it() { pacman -Sy --noconfirm >/dev/null; pacman -S --noconfirm $1; }\n"
                            "remove_it() { pacman -R --noconfirm $1; }\n",
};

static void somebody(const char *does)
{
        shell("%s{ %s; } >/dev/null 2>&1", theirs[machine.here->manager], does);
}

/* ---- what came with us ---- */

static void look_at_added(void)
{
        look("one");
        survey_ask(&machine.survey, ASK_ADDED_PACKAGES, NULL);
        look_again();
}

static void has_added(const char *names)
{
        CLEANUP(string_free) char *added = NULL;

        look_at_added();
        added = strings_join(&machine.answers.added_packages, " ");
        assert_string_equal(added, names);
}

static int take_away(struct error *error)
{
        CLEANUP(strings_done) struct strings names = {0};

        look_at_added();
        strings_copy(&names, &machine.answers.added_packages);
        return carry_out_all(STEP_PACKAGES_REMOVE, &names, 60, error);
}

static void is_taken_away(void)
{
        CLEANUP(error_done) struct error error = {0};

        if (take_away(&error) < 0) {
                for (array_each(char *, line, &machine.progress))
                        print_message("| %s\n", *line);
                fail_msg("%s: %s", package_manager_name(machine.here->manager), error_text(&error));
        }
        has_added("");
        assert_int_not_equal(access(PACKAGES_ADDED, F_OK), 0);
        assert_int_not_equal(access(PACKAGES_BEFORE, F_OK), 0);
}

static void is_installed(const char *name, bool wanted)
{
        assert_int_equal(strcmp(version_of(name), "none") != 0, wanted);
}

/* ---- with every manager; zypper stumbles over a database that becomes empty, so somebody else's package is there ---- */

static void what_came_goes_again(void)
{
        shell("mkpackage one\nmkpackage two needed\nmkpackage needed\nmkpackage mine\npublish");
        somebody("install_it mine");
        install("one", "two");
        has_added("needed one two");
        is_taken_away();
        is_installed("one", false);
        is_installed("needed", false);
        is_installed("mine", true);
}

static void what_came_in_two_transactions_goes_in_one(void)
{
        shell("mkpackage mine\nmkpackage one\nmkpackage two\nmkpackage three\npublish");
        somebody("install_it mine");
        install("one", NULL);
        somebody("install_it three");
        install("two", NULL);
        has_added("one two");
        is_taken_away();
        is_installed("two", false);
        is_installed("three", true);
}

static void what_was_there_already_is_not_ours(void)
{
        shell("mkpackage one\npublish");
        somebody("install_it one");
        install("one", NULL);
        has_added("");
        is_taken_away();
        is_installed("one", true);
}

static void what_somebody_has_removed_since_is_left_out(void)
{
        shell("mkpackage mine\nmkpackage one\nmkpackage two\npublish");
        somebody("install_it mine");
        install("one", "two");
        somebody("remove_it one");
        has_added("two");
        is_taken_away();
        is_installed("two", false);
}

static void others_need(const char *names, const char *others)
{
        CLEANUP(string_free) char *needed = NULL, *needing = NULL;

        look_at_added();
        needed = strings_join(&machine.answers.needed_packages, " ");
        needing = strings_join(&machine.answers.needing_packages, " ");
        assert_string_equal(needed, names);
        assert_string_equal(needing, others);
}

/* deep is one that only the one that they need needs. */
static void what_others_need_stays_with_what_that_needs_and_the_rest_goes(void)
{
        CLEANUP(error_done) struct error error = {0};

        shell("mkpackage mine\nmkpackage one middle\nmkpackage middle deep\nmkpackage deep\nmkpackage two "
              "one\n"
              "mkpackage needy one\nmkpackage needier deep\npublish");
        somebody("install_it mine");
        install("two", NULL);
        others_need("", "");
        somebody("install_it needy");
        somebody("install_it needier");
        others_need("deep middle one", "needier needy");
        assert_int_equal(take_away(&error), 0);
        is_installed("needy", true);
        is_installed("one", true);
        is_installed("deep", true);
        is_installed("two", false);
        has_added("deep middle one");
        somebody("remove_it needy");
        others_need("deep", "needier");
        assert_int_equal(take_away(&error), 0);
        is_installed("one", false);
        has_added("deep");
        somebody("remove_it needier");
        is_taken_away();
        is_installed("deep", false);
}

/* It was asked for, before anything is done, in another way than it is done. */
static void what_others_need_by_another_name_stays(void)
{
        CLEANUP(error_done) struct error error = {0};

        shell("mkpackage mine\nmkpackage one\nmkpackage two\nmkpackage needy '%s'\npublish",
                machine.here->manager == PACKAGES_DNF ? "(old-one or nonesuch)" : "old-one");
        somebody("install_it mine");
        install("one", "two");
        somebody("install_it needy");
        others_need("one", "needy");
        assert_int_equal(take_away(&error), 0);
        is_installed("one", true);
        is_installed("two", false);
}

/* The transaction was killed before it could note what came with it. */
static void what_was_cut_off_is_known_by_what_was_there_before(void)
{
        shell("mkpackage mine\nmkpackage one\nmkpackage two\npublish");
        somebody("install_it mine");
        install("one", NULL);
        shell("cd /var/lib/provision; { %s; } | sort | { grep -vx one || :; } >" PACKAGES_BEFORE
              "; rm " PACKAGES_ADDED,
                manager_get(machine.here->manager)->all);
        has_added("one");
        install("two", NULL);
        has_added("one two");
        is_taken_away();
        is_installed("one", false);
}

/* Inodes, or a page too few for apt's list, which is long. */
static void what_can_not_be_noted_is_not_installed(void)
{
        static const char *const rooms[] = {"size=64k,nr_inodes=1", "size=64k,nr_inodes=2", "size=4k"};

        shell("mkpackage one\npublish\nmkdir -p /var/lib/provision");
        for (size_t i = 0; i < (machine.here->manager == PACKAGES_APT ? 3 : 2); i++) {
                CLEANUP(error_done) struct error error = {0};

                shell("mount -t tmpfs -o %s tmpfs /var/lib/provision", rooms[i]);
                assert_int_equal(carry_out(STEP_PACKAGES_INSTALL, "one", NULL, 60, &error), -1);
                print_message("%s: %s\n", package_manager_name(machine.here->manager), error_text(&error));
                assert_non_null(strstr(error_text(&error), "a disk of the machine is full: "));
                is_installed("one", false);
                shell("! ls /var/lib/provision | grep new; umount /var/lib/provision");
        }
        install("one", NULL);
        has_added("one");
}

/* ---- what packages leave behind ---- */

static void directories_that_a_package_brought_go_when_nothing_is_in_them(void)
{
        shell("mkpackage one '' '' '' /etc/one.d/deep/conf\nmkpackage two '' '' '' /etc/two.d/conf\npublish");
        install("one", "two");
        shell("mkdir -p /etc/one.d/deep/made/by/itself; echo theirs >/etc/two.d/theirs");
        is_taken_away();
        assert_int_not_equal(access("/etc/one.d", F_OK), 0);
        assert_int_equal(access("/etc/two.d/theirs", F_OK), 0);
        assert_int_not_equal(access("/etc/two.d/conf", F_OK), 0);
        assert_int_equal(access("/etc", F_OK), 0);
}

static void tables_go_when_nothing_is_in_them(void)
{
        shell("mkpackage libvirt-daemon-system\npublish");
        install("libvirt-daemon-system", NULL);
        shell("nft -f - <<'END'\n"
              "table ip nat {\nchain POSTROUTING {\ntype nat hook postrouting priority srcnat; policy "
              "accept;\n}\n}\n"
              "table ip mangle {\nchain FORWARD {\ntype filter hook forward priority mangle; policy "
              "drop;\n}\n}\n"
              "table ip6 filter {\nchain INPUT {\ntype filter hook input priority 0; policy accept;\n"
              "tcp dport 22 accept\n}\n}\n"
              "table inet theirs {\n}\n"
              "END\n");
        is_taken_away();
        shell("nft list tables >/tmp/left\n"
              "! grep 'ip nat' /tmp/left && grep -q 'table ip mangle' /tmp/left && grep -q 'table ip6 "
              "filter' /tmp/left\n"
              "grep -q 'table inet theirs' /tmp/left");
}

static int tests(void)
{
        const struct CMUnitTest all[] = {
                WITH_ALL(what_came_goes_again),
                WITH_ALL(what_came_in_two_transactions_goes_in_one),
                WITH_ALL(what_was_there_already_is_not_ours),
                WITH_ALL(what_somebody_has_removed_since_is_left_out),
                WITH_ALL(what_others_need_stays_with_what_that_needs_and_the_rest_goes),
                WITH(dnf, PACKAGES_DNF, what_others_need_by_another_name_stays),
                WITH(zypper, PACKAGES_ZYPPER, what_others_need_by_another_name_stays),
                WITH_ALL(what_was_cut_off_is_known_by_what_was_there_before),
                WITH_ALL(what_can_not_be_noted_is_not_installed),
                WITH(apt, PACKAGES_APT, directories_that_a_package_brought_go_when_nothing_is_in_them),
                WITH(apt, PACKAGES_APT, tables_go_when_nothing_is_in_them),
        };

        return cmocka_run_group_tests(all, NULL, NULL);
}

int main(void)
{
        return throw_away_run(tests);
}
