/* Files, kernel settings and groups for real, in a copy of this machine's root: what is written, what is left
 * alone, and what stays when it goes wrong half-way. The probe then says what is there, with every shell that
 * may be a machine's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "means/file.h"
#include "means/parts.h"
#include "means/probe.h"
#include "throw_away_root.h"

static struct links *links;
static struct link *machine_link;
static struct host_config host = {.name = (char[]) {"here"}, .connect.is_local = 1};

static int begin(void **state)
{
        struct error error = {0};

        (void)state;
        if (!throw_away_enter())
                return 0;
        assert_int_equal(links_start(&links, &error), 0);
        machine_link = link_open(links, &host, deadline_in_s(10));
        return 0;
}

static int end(void **state)
{
        (void)state;
        if (!throw_away_is_entered())
                return 0;
        link_close(machine_link);
        links_stop(links);
        throw_away_leave();
        return 0;
}

static void need_root(void)
{
        if (!throw_away_is_entered())
                skip();
}

static void shell(const char *script)
{
        if (system(script) != 0)
                fail_msg("the test's own script failed:\n%s", script);
}

static bool holds(const char *path, const char *content)
{
        CLEANUP(string_free) char *script = string_format("printf '%s' | cmp -s - '%s'", content, path);

        return system(script) == 0;
}

static int carry_out(int (*means)(const struct work *work, struct error *error), const struct step *step,
        struct error *error)
{
        const struct work work = {.link = machine_link, .step = step, .deadline = deadline_in_s(20)};

        return means(&work, error);
}

static void succeeds(int (*means)(const struct work *work, struct error *error), const struct step *step)
{
        CLEANUP(error_done) struct error error = {0};

        if (carry_out(means, step, &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void fails(int (*means)(const struct work *work, struct error *error), const struct step *step,
        const char *words)
{
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(carry_out(means, step, &error), -1);
        if (!strstr(error_text(&error), words))
                fail_msg("wanted \"%s\" in: %s", words, error_text(&error));
}

static struct file_config regular(const char *path, const char *content)
{
        static char root[] = "root", adm[] = "adm";

        return (struct file_config) {
                .path = (char *)path,
                .type = FILE_REGULAR,
                .content = (char *)content,
                .content_length = strlen(content),
                .mode = 0640,
                .owner = root,
                .group = adm,
        };
}

static struct stat status_of(const char *path)
{
        struct stat status = {0};

        if (lstat(path, &status) < 0)
                fail_msg("%s: %s", path, strerror(errno));
        return status;
}

/* ---- files ---- */

#define WEIRD "/tmp/o ne'$(touch pwned)`touch pwned`\"\\/-n *\xc3\xa9"

static void a_file_is_written_with_mode_and_owner_also_where_nothing_is_yet(void **state)
{
        struct file_config file = regular(WEIRD, "it's\n\"$(touch pwned)\"\\n");
        const struct step step = {.kind = STEP_FILE, .file = &file};
        struct stat status;

        (void)state;
        need_root();
        succeeds(file_change_to, &step);
        status = status_of(WEIRD);
        assert_int_equal(status.st_mode, S_IFREG | 0640);
        assert_int_equal(status.st_gid, 4);
        assert_int_equal(status.st_size, file.content_length);
        assert_int_not_equal(access("/pwned", F_OK), 0);
        assert_int_not_equal(access("pwned", F_OK), 0);
}

static void every_byte_and_a_million_of_them_arrive(void **state)
{
        struct file_config file = regular("/tmp/bytes", "");
        const struct step step = {.kind = STEP_FILE, .file = &file};
        CLEANUP(string_free) char *bytes = memory_new(1000000, 1);

        (void)state;
        need_root();
        succeeds(file_change_to, &step);
        assert_int_equal(status_of("/tmp/bytes").st_size, 0);
        for (size_t i = 0; i < 1000000; i++)
                bytes[i] = (char)(i * 7 >> 2);
        file.content = bytes;
        file.content_length = 1000000;
        succeeds(file_change_to, &step);
        assert_int_equal(status_of("/tmp/bytes").st_size, 1000000);
}

static void a_file_that_has_its_content_keeps_its_time(void **state)
{
        struct file_config file = regular("/tmp/a", "same\n");
        const struct step step = {.kind = STEP_FILE, .file = &file};

        (void)state;
        need_root();
        shell("echo same >/tmp/a; touch -d 2001-01-01 /tmp/a; chmod 600 /tmp/a");
        succeeds(file_change_to, &step);
        assert_int_equal(status_of("/tmp/a").st_mode & 07777, 0640);
        assert_true(status_of("/tmp/a").st_mtime < 1000000000);
}

static void a_symbolic_link_is_replaced_and_never_followed(void **state)
{
        struct file_config file = regular("/tmp/link", "new");
        const struct step step = {.kind = STEP_FILE, .file = &file};

        (void)state;
        need_root();
        shell("mkdir /tmp/elsewhere; echo old >/tmp/target; ln -s /tmp/target /tmp/link");
        succeeds(file_change_to, &step);
        assert_true(S_ISREG(status_of("/tmp/link").st_mode));
        assert_true(holds("/tmp/target", "old\\n"));
        shell("ln -sfn /tmp/elsewhere /tmp/link");
        succeeds(file_change_to, &step);
        assert_true(S_ISREG(status_of("/tmp/link").st_mode));
        assert_int_equal(system("[ -z \"$(ls -A /tmp/elsewhere)\" ]"), 0);
}

static void what_a_run_that_was_cut_off_left_is_removed(void **state)
{
        struct file_config file = regular("/tmp/a", "new");
        const struct step step = {.kind = STEP_FILE, .file = &file};

        (void)state;
        need_root();
        shell("echo secret >/tmp/target; ln -s /tmp/target /tmp/.a.provision");
        succeeds(file_change_to, &step);
        assert_true(holds("/tmp/a", "new"));
        assert_true(holds("/tmp/target", "secret\\n"));
        assert_int_not_equal(access("/tmp/.a.provision", F_OK), 0);
}

static void half_a_content_leaves_the_old_file(void **state)
{
        struct file_config file = regular("/tmp/a", "all of the new content");
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        struct command command = {.input = "all of the", .input_length = 10};
        struct error error = {0};

        (void)state;
        need_root();
        shell("echo old >/tmp/a");
        file_add_script(&script, &file);
        command.script = text_string(&script);
        assert_int_equal(link_run(machine_link, &command, deadline_in_s(10), &output, &error), 0);
        assert_int_not_equal(output.status, 0);
        assert_string_equal(text_string(&output.err), "only a part of /tmp/a's content arrived\n");
        assert_true(holds("/tmp/a", "old\\n"));
        assert_int_not_equal(access("/tmp/.a.provision", F_OK), 0);
}

static void a_full_disk_leaves_the_old_file_and_nothing_else(void **state)
{
        CLEANUP(string_free) char *big = memory_new(300001, 1);
        struct file_config file = regular("/full/a", "");
        const struct step step = {.kind = STEP_FILE, .file = &file};

        (void)state;
        need_root();
        shell("mkdir /full; mount -t tmpfs -o size=100k tmpfs /full; echo old >/full/a");
        memset(big, 'x', 300000);
        file.content = big;
        file.content_length = 300000;
        fails(file_change_to, &step, "a disk of the machine is full");
        assert_true(holds("/full/a", "old\\n"));
        assert_int_equal(system("[ \"$(ls -A /full)\" = a ]"), 0);
}

static void what_isnt_a_file_is_left_alone(void **state)
{
        struct file_config file = regular("/tmp/directory", "x");
        const struct step step = {.kind = STEP_FILE, .file = &file};

        (void)state;
        need_root();
        shell("mkdir /tmp/directory; ln -s /tmp/directory /tmp/link");
        fails(file_change_to, &step, "/tmp/directory is a directory: remove it first");
        file.path = (char[]) {"/tmp/link"};
        file.type = FILE_DIRECTORY;
        fails(file_change_to, &step, "/tmp/link is a symbolic link");
        file.path = (char[]) {"/tmp/a"};
        file.type = FILE_REGULAR;
        file.owner = (char[]) {"nobody-of-that-name"};
        fails(file_change_to, &step, "nobody-of-that-name");
        assert_int_not_equal(access("/tmp/a", F_OK), 0);
}

static void a_directory_is_made_and_put_right(void **state)
{
        struct file_config file = regular("/tmp/one/two", "");
        const struct step step = {.kind = STEP_FILE, .file = &file};

        (void)state;
        need_root();
        file.type = FILE_DIRECTORY;
        file.content = NULL;
        file.mode = 01770;
        succeeds(file_change_to, &step);
        assert_int_equal(status_of("/tmp/one/two").st_mode, S_IFDIR | 01770);
        assert_int_equal(status_of("/tmp/one").st_mode, S_IFDIR | 0755);
        shell("chmod 2777 /tmp/one/two");
        succeeds(file_change_to, &step);
        assert_int_equal(status_of("/tmp/one/two").st_mode, S_IFDIR | 01770);
}

static void a_file_is_removed_but_no_directory_with_something_in_it(void **state)
{
        struct file_config file = {.path = (char[]) {"/tmp/a"}, .type = FILE_ABSENT};
        const struct step step = {.kind = STEP_FILE, .file = &file};

        (void)state;
        need_root();
        shell("echo x >/tmp/a; mkdir -p /tmp/full/of /tmp/empty");
        succeeds(file_change_to, &step);
        succeeds(file_change_to, &step);
        assert_int_not_equal(access("/tmp/a", F_OK), 0);
        file.path = (char[]) {"/tmp/empty"};
        succeeds(file_change_to, &step);
        assert_int_not_equal(access("/tmp/empty", F_OK), 0);
        file.path = (char[]) {"/tmp/full"};
        fails(file_change_to, &step, "not empty");
}

/* ---- kernel settings and groups ---- */

static void a_setting_is_made_now_and_for_the_next_boot(void **state)
{
        struct sysctl_config sysctl = {
                .key = (char[]) {"net.ipv4.tcp_rmem"}, .value = (char[]) {"4096 131072 6291457"}};
        const struct step step = {.kind = STEP_SYSCTL, .sysctl = &sysctl};

        (void)state;
        need_root();
        succeeds(sysctl_set, &step);
        assert_int_equal(
                system("[ \"$(tr '\\t' ' ' </proc/sys/net/ipv4/tcp_rmem)\" = '4096 131072 6291457' ]"), 0);
        assert_int_equal(system("grep -qx 'net.ipv4.tcp_rmem = 4096 131072 6291457' "
                                "/etc/sysctl.d/zz-provision-net.ipv4.tcp_rmem.conf"),
                0);
}

static void a_setting_that_the_kernel_refuses_is_not_kept(void **state)
{
        struct sysctl_config sysctl = {
                .key = (char[]) {"net.ipv4.ip_forward"}, .value = (char[]) {"perhaps"}};
        const struct step step = {.kind = STEP_SYSCTL, .sysctl = &sysctl};

        (void)state;
        need_root();
        fails(sysctl_set, &step, "the kernel refuses the value perhaps");
        assert_int_not_equal(access("/etc/sysctl.d/zz-provision-net.ipv4.ip_forward.conf", F_OK), 0);
        sysctl.key = (char[]) {"net.bridge.no-such"};
        fails(sysctl_set, &step, "the running kernel has no such setting");
}

static void a_group_is_made_and_gets_a_member_however_often(void **state)
{
        const struct step create = {.kind = STEP_GROUP_CREATE, .group = {.name = "provision-test"}};
        const struct step add = {
                .kind = STEP_GROUP_MEMBER, .group = {.name = "provision-test", .member = "daemon"}};
        const struct step nobody = {
                .kind = STEP_GROUP_MEMBER, .group = {.name = "provision-test", .member = "no-one"}};

        (void)state;
        need_root();
        succeeds(group_create, &create);
        succeeds(group_create, &create);
        succeeds(group_add_member, &add);
        succeeds(group_add_member, &add);
        assert_int_equal(system("grep -q '^provision-test:.*:daemon$' /etc/group"), 0);
        fails(group_add_member, &nobody, "'no-one' does not exist");
}

/* ---- the probe, in every shell ---- */

static void probe(struct survey *survey, struct answers *answers)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error error = {0};
        struct command command = {.keep = PROBE_KEEP};

        probe_script(survey, &script);
        command.script = text_string(&script);
        if (link_run(machine_link, &command, deadline_in_s(20), &output, &error) < 0 ||
                probe_read(survey, &output, answers, &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void look_with(const char *sh)
{
        CLEANUP(string_free) char *change = string_format("ln -sfn $(command -v %s) /bin/sh", sh);
        CLEANUP(survey_done) struct survey survey = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        const struct file_state *file;

        print_message("%s\n", sh);
        shell(change);
        survey_ask(&survey, ASK_MACHINE, NULL);
        survey_ask_package(&survey, PACKAGES_APT, "dpkg");
        survey_ask(&survey, ASK_SYSCTL, "net.ipv4.ip_forward");
        survey_ask(&survey, ASK_SYSCTL, "kernel.no.such");
        survey_ask(&survey, ASK_GROUP, "adm");
        survey_ask(&survey, ASK_GROUP, "no-group");
        survey_ask(&survey, ASK_USER, "daemon");
        survey_ask(&survey, ASK_USER, "0"); /* a number isn't a name, whatever getent makes of it */
        survey_ask(&survey, ASK_FILE, WEIRD);
        survey_ask(&survey, ASK_PRESENCE, "/etc/passwd");
        survey_ask(&survey, ASK_PRESENCE, "/tmp/no-iso");
        survey_ask(&survey, ASK_FILE, "/tmp/none");
        survey_ask(&survey, ASK_FILE, "/tmp/dangling");
        survey_ask(&survey, ASK_FILE, "/tmp/dangling/a/b");
        survey_ask(&survey, ASK_FILE, "/tmp/link/a/b");
        survey_ask(&survey, ASK_FILE, WEIRD "/a");
        survey_ask(&survey, ASK_FILE, "/none");
        survey_ask(&survey, ASK_ROUTES, NULL);
        survey_ask(&survey, ASK_INTERFACES, NULL);
        survey_ask(&survey, ASK_NETWORKS, NULL);
        survey_ask(&survey, ASK_CANARY, NULL);
        probe(&survey, &answers);
        assert_string_equal(answers.machine.os_id, "debian");
        assert_true(answers.machine.is_root);
        assert_true(answers.machine.cpus > 0 && answers.machine.memory_mib > 0 &&
                    answers.machine.root_free_mib > 0);
        assert_true(answers_package(&answers, "dpkg")->installed);
        assert_string_equal(answers_sysctl(&answers, "net.ipv4.ip_forward")->value, "0");
        assert_string_equal(answers_sysctl(&answers, "net.ipv4.ip_forward")->persistent_value, "1");
        assert_false(answers_sysctl(&answers, "kernel.no.such")->exists);
        assert_true(answers_group(&answers, "adm")->exists);
        assert_false(answers_group(&answers, "no-group")->exists);
        assert_true(answers_user(&answers, "daemon")->exists);
        assert_false(answers_user(&answers, "0")->exists);
        assert_true(answers_file(&answers, "/etc/passwd")->exists);
        assert_null(answers_file(&answers, "/etc/passwd")->sha256); /* it may be large */
        assert_false(answers_file(&answers, "/tmp/no-iso")->exists);
        file = answers_file(&answers, WEIRD);
        assert_true(file->exists);
        assert_int_equal(file->type, FILE_REGULAR);
        assert_int_equal(file->mode, 04750);
        assert_string_equal(file->group, "adm");
        assert_int_equal(file->modified_us, 981173106123456);
        assert_string_equal(file->sha256, "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae");
        assert_false(answers_file(&answers, "/tmp/none")->exists);
        assert_string_equal(answers_file(&answers, "/tmp/dangling")->what, "symbolic link");
        assert_string_equal(answers_file(&answers, "/tmp/dangling/a/b")->obstacle, "/tmp/dangling");
        assert_string_equal(answers_file(&answers, WEIRD "/a")->obstacle, WEIRD);
        assert_null(answers_file(&answers, "/tmp/link/a/b")->obstacle);
        assert_null(answers_file(&answers, "/tmp/none")->obstacle);
        assert_null(answers_file(&answers, "/none")->obstacle);
        assert_null(answers_file(&answers, "/none")->missing);
        assert_null(answers_file(&answers, "/tmp/none")->missing);
        assert_null(answers_file(&answers, "/tmp/dangling/a/b")->missing);
        assert_string_equal(answers_file(&answers, "/tmp/link/a/b")->missing, "/tmp/link/a");
        assert_false(answers_interface(&answers, "lo")->is_bridge);
        assert_null(answers_interface(&answers, "*"));
        assert_int_equal(answers.services.count, 4);
        assert_true(answers_service(&answers, "a b$(touch pwned)")->is_served);
        assert_false(answers_service(&answers, "dead")->is_served);
        assert_false(answers_service(&answers, "another")->is_served);
        assert_false(answers_service(&answers, "hostile")->is_served);
        assert_int_not_equal(access("/pwned", F_OK), 0);
}

/* Four networks as libvirt keeps them, of which one has a dnsmasq: the others' is gone, its number is another process's,
 * or no number. */
static void start_networks(void)
{
        shell("mkdir -p /run/libvirt/network; cd /run/libvirt/network; cp /bin/sleep /tmp/dnsmasq\n"
              "/tmp/dnsmasq 60 & echo $! >'a b$(touch pwned).pid'; echo $! >/tmp/dnsmasq.pid\n"
              "true & gone=$!; wait $gone; echo $gone >dead.pid; echo $$ >another.pid; echo ../$! "
              ">hostile.pid\n"
              "for name in *.pid; do : >\"${name%.pid}.xml\"; done; : >pidless.pid");
}

static void the_probe_says_what_is_there_in_every_shell(void **state)
{
        struct file_config file = regular(WEIRD, "foo");
        const struct step step = {.kind = STEP_FILE, .file = &file};

        (void)state;
        need_root();
        file.mode = 04750;
        succeeds(file_change_to, &step);
        shell("cd /tmp/o*; touch -d '2001-02-03 04:05:06.123456789 UTC' ./*; ln -s nowhere /tmp/dangling; ln "
              "-s . /tmp/link\n"
              "echo 0 >/proc/sys/net/ipv4/ip_forward\n"
              "echo 'net.ipv4.ip_forward=1' >/etc/sysctl.d/zz-provision-net.ipv4.ip_forward.conf");
        start_networks();
        look_with("dash");
        look_with("bash");
        look_with("busybox");
        shell("kill $(cat /tmp/dnsmasq.pid)");
}

static void a_machine_without_stat_is_told_so(void **state)
{
        CLEANUP(survey_done) struct survey survey = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error error = {0};
        struct command command = {.keep = PROBE_KEEP};

        (void)state;
        need_root();
        shell("rm -f /usr/bin/stat /bin/stat");
        survey_ask(&survey, ASK_FILE, "/etc/passwd");
        probe_script(&survey, &script);
        command.script = text_string(&script);
        assert_int_equal(link_run(machine_link, &command, deadline_in_s(20), &output, &error), 0);
        assert_int_equal(probe_read(&survey, &output, &answers, &error), -1);
        assert_non_null(strstr(error_text(&error), "stat: not found"));
}

static int tests(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
        const struct CMUnitTest all[] = {
                TEST(a_file_is_written_with_mode_and_owner_also_where_nothing_is_yet),
                TEST(every_byte_and_a_million_of_them_arrive),
                TEST(a_file_that_has_its_content_keeps_its_time),
                TEST(a_symbolic_link_is_replaced_and_never_followed),
                TEST(what_a_run_that_was_cut_off_left_is_removed),
                TEST(half_a_content_leaves_the_old_file),
                TEST(a_full_disk_leaves_the_old_file_and_nothing_else),
                TEST(what_isnt_a_file_is_left_alone),
                TEST(a_directory_is_made_and_put_right),
                TEST(a_file_is_removed_but_no_directory_with_something_in_it),
                TEST(a_setting_is_made_now_and_for_the_next_boot),
                TEST(a_setting_that_the_kernel_refuses_is_not_kept),
                TEST(a_group_is_made_and_gets_a_member_however_often),
                TEST(the_probe_says_what_is_there_in_every_shell),
                TEST(a_machine_without_stat_is_told_so),
        };

        return cmocka_run_group_tests(all, NULL, NULL);
}

int main(void)
{
        return throw_away_run(tests);
}
