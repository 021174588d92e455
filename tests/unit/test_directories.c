/* Which directory is chosen in which surroundings, and who may see what is in it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "state/directories.h"

/* ---- the choice ---- */

struct row {
        const char *name;
        struct directories_environment environment;
        const char *data, *cache; /* NULL: an error */
};

static const struct row rows[] = {
        {"a user at home", {.home = "/home/ada"}, "/home/ada/.local/share/provision",
                "/home/ada/.cache/provision"},
        {"a home with a slash at its end", {.home = "/home/ada/"}, "/home/ada/.local/share/provision",
                "/home/ada/.cache/provision"},
        {"a home that is the root directory", {.home = "/"}, "/.local/share/provision", "/.cache/provision"},
        {"a user with XDG directories", {.home = "/home/ada", .xdg_data_home = "/d", .xdg_cache_home = "/c"},
                "/d/provision", "/c/provision"},
        {"relative XDG directories are ignored",
                {.home = "/home/ada", .xdg_data_home = "d", .xdg_cache_home = "./c"},
                "/home/ada/.local/share/provision", "/home/ada/.cache/provision"},
        {"empty XDG directories are ignored",
                {.home = "/home/ada", .xdg_data_home = "", .xdg_cache_home = ""},
                "/home/ada/.local/share/provision", "/home/ada/.cache/provision"},
        {"root", {.home = "/root", .is_root = true}, "/var/lib/provision", "/var/cache/provision"},
        {"root with a user's XDG directories (sudo -E)",
                {.home = "/home/ada",
                        .xdg_data_home = "/home/ada/d",
                        .xdg_cache_home = "/home/ada/c",
                        .is_root = true},
                "/var/lib/provision", "/var/cache/provision"},
        {"a service of systemd",
                {.state_directory = "/var/lib/lab", .cache_directory = "/var/cache/lab", .is_root = true},
                "/var/lib/lab", "/var/cache/lab"},
        {"a service with several directories uses the first",
                {.state_directory = "/var/lib/a:/var/lib/b",
                        .cache_directory = "/var/cache/a:/b",
                        .home = "/home/ada"},
                "/var/lib/a", "/var/cache/a"},
        {"a service with a state directory only", {.state_directory = "/s", .home = "/home/ada"}, "/s",
                "/home/ada/.cache/provision"},
        {"PROVISION_HOME before everything",
                {.provision_home = "/p",
                        .harmony_data_dir = "/h",
                        .state_directory = "/s",
                        .cache_directory = "/c",
                        .xdg_data_home = "/d",
                        .xdg_cache_home = "/x",
                        .home = "/home/ada",
                        .is_root = true},
                "/p/data", "/p/cache"},
        {"an empty PROVISION_HOME is none", {.provision_home = "", .home = "/home/ada"},
                "/home/ada/.local/share/provision", "/home/ada/.cache/provision"},
        {"a relative PROVISION_HOME is an error", {.provision_home = "p", .home = "/home/ada"}, NULL, NULL},
        {"HARMONY_DATA_DIR, for data only", {.harmony_data_dir = "/h", .home = "/home/ada"}, "/h",
                "/home/ada/.cache/provision"},
        {"HARMONY_DATA_DIR before a service's",
                {.harmony_data_dir = "/h", .state_directory = "/s", .cache_directory = "/c"}, "/h", "/c"},
        {"nowhere to go", {.home = NULL}, NULL, NULL},
        {"a relative home", {.home = "ada"}, NULL, NULL},
};

static void expect(const struct row *row, enum directory directory, const char *wanted)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *path = directory_choose(directory, &row->environment, &error);

        if (!string_equal(path, wanted) || error_is_set(&error) != !wanted)
                fail_msg("%s: %s (%s), wanted %s", row->name, path ? path : "nothing", error_text(&error),
                        wanted ? wanted : "an error");
}

static void the_surroundings_choose(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                expect(&rows[i], DIRECTORY_DATA, rows[i].data);
                expect(&rows[i], DIRECTORY_CACHE, rows[i].cache);
        }
}

/* ---- on a real file system, in a directory of its own ---- */

static char scratch[] = "/tmp/test_directories.XXXXXX";

/* A process that outlives this one, however it ends, and then removes what it left. */
static int begin(void **state)
{
        int ends[2];

        (void)state;
        if (!mkdtemp(scratch) || pipe2(ends, O_CLOEXEC) < 0)
                return -1;
        if (fork() == 0) {
                char nothing;

                setsid();
                close(ends[1]);
                while (read(ends[0], &nothing, 1) < 0 && errno == EINTR)
                        ;
                execlp("rm", "rm", "-rf", scratch, NULL);
                _exit(1);
        }
        close(ends[0]);
        return 0;
}

static int make_home(void **state)
{
        static int number;
        char *home = string_format("%s/%d", scratch, ++number);

        assert_int_equal(mkdir(home, 0700), 0);
        setenv("PROVISION_HOME", home, 1);
        *state = home;
        return 0;
}

static int forget_home(void **state)
{
        free(*state);
        return 0;
}

static unsigned mode_of(const char *path)
{
        struct stat status;

        assert_int_equal(lstat(path, &status), 0);
        return status.st_mode & 07777;
}

static void expect_path(int (*directory)(char **, struct error *), const char *home, const char *wanted)
{
        CLEANUP(string_free) char *path = NULL;
        CLEANUP(string_free) char *whole = string_format("%s/%s", home, wanted);
        CLEANUP(error_done) struct error error = {0};

        if (directory(&path, &error) < 0)
                fail_msg("%s: %s", wanted, error_text(&error));
        assert_string_equal(path, whole);
        assert_int_equal(mode_of(path), 0700);
}

static void missing_directories_are_made(void **state)
{
        mode_t before = umask(0);

        expect_path(data_dir, *state, "data");
        expect_path(cache_dir, *state, "cache");
        expect_path(secrets_dir, *state, "data/secrets");
        expect_path(secrets_dir, *state, "data/secrets");
        umask(before);
}

static void keys_have_a_directory_each(void **state)
{
        CLEANUP(string_free) char *path = NULL;
        CLEANUP(string_free) char *wanted = string_format("%s/data/secrets/keys/lab-1_A", (char *)*state);
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(keys_dir("lab-1_A", &path, &error), 0);
        assert_string_equal(path, wanted);
        assert_int_equal(mode_of(path), 0700);
}

static void hostile_namespaces_are_refused(void **state)
{
        static const char *const names[] = {"", ".", "..", "a/b", "/", "a.b", "-a", "a b", "a\n", "\xc3\xa4",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

        (void)state;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                char *path = NULL;
                CLEANUP(error_done) struct error error = {0};

                if (keys_dir(names[i], &path, &error) != -1 || error.kind != ERROR_USAGE)
                        fail_msg("\"%s\" was taken", names[i]);
                assert_null(path);
        }
}

struct mischief {
        const char *name;
        const char *command; /* run in the home after the directories were made */
        const char *complaint;
        bool needs_root;
};

static const struct mischief mischiefs[] = {
        {"open to the group", "chmod 0750 data/secrets", "is open to others (mode 0750)", false},
        {"readable by all", "chmod 0704 data/secrets", "is open to others (mode 0704)", false},
        {"a symbolic link", "mv data/secrets data/real && ln -s real data/secrets", "is a symbolic link",
                false},
        {"a link to nowhere", "rmdir data/secrets && ln -s nowhere data/secrets", "is a symbolic link",
                false},
        {"a file", "rmdir data/secrets && touch data/secrets", "is a symbolic link or a file", false},
        {"somebody else's", "chown 12345 data/secrets", "belongs to user 12345", true},
        {"around it anybody may write", "chmod 0777 data", "can be written by others (mode 0777)", false},
        {"around it is somebody else's", "chown 12345 data", "belongs to user 12345", true},
};

static void secrets_that_others_reach_are_refused(void **state)
{
        for (size_t i = 0; i < sizeof(mischiefs) / sizeof(mischiefs[0]); i++) {
                const struct mischief *mischief = &mischiefs[i];
                CLEANUP(string_free) char *path = NULL;
                CLEANUP(string_free)
                char *before = string_format("cd %s && rm -rf data && mkdir -m 0700 data data/secrets && %s",
                        (char *)*state, mischief->command);
                CLEANUP(error_done) struct error error = {0};

                if (mischief->needs_root && geteuid() != 0)
                        continue;
                assert_int_equal(system(before), 0);
                if (secrets_dir(&path, &error) != -1)
                        fail_msg("%s: taken", mischief->name);
                if (error.kind != ERROR_FAILED || !strstr(error_text(&error), mischief->complaint))
                        fail_msg("%s: %s", mischief->name, error_text(&error));
        }
}

static void a_file_in_the_way_is_named(void **state)
{
        CLEANUP(string_free) char *path = NULL;
        CLEANUP(string_free) char *file = string_format("%s/data", (char *)*state);
        CLEANUP(error_done) struct error error = {0};

        fclose(fopen(file, "w"));
        assert_int_equal(data_dir(&path, &error), -1);
        assert_non_null(strstr(error_text(&error), file));
        assert_non_null(strstr(error_text(&error), "not a directory"));
}

static void harmony_counts_only_when_it_exists(void **state)
{
        CLEANUP(string_free) char *there = NULL;
        CLEANUP(string_free) char *missing = NULL;
        CLEANUP(string_free) char *gone = string_format("%s/gone", (char *)*state);
        CLEANUP(error_done) struct error error = {0};

        unsetenv("PROVISION_HOME");
        setenv("STATE_DIRECTORY", *state, 1);
        setenv("HARMONY_DATA_DIR", gone, 1);
        assert_int_equal(data_dir(&missing, &error), 0);
        assert_string_equal(missing, *state);
        assert_int_equal(mkdir(gone, 0755), 0);
        assert_int_equal(data_dir(&there, &error), 0);
        assert_string_equal(there, gone);
        assert_int_equal(mode_of(gone), 0755);
        unsetenv("STATE_DIRECTORY");
        unsetenv("HARMONY_DATA_DIR");
}

#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, make_home, forget_home)

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_surroundings_choose),
                ON_DISK(missing_directories_are_made),
                ON_DISK(keys_have_a_directory_each),
                ON_DISK(hostile_namespaces_are_refused),
                ON_DISK(secrets_that_others_reach_are_refused),
                ON_DISK(a_file_in_the_way_is_named),
                ON_DISK(harmony_counts_only_when_it_exists),
        };

        return cmocka_run_group_tests(tests, begin, NULL);
}
