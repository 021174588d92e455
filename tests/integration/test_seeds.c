/* What a guest is given at its birth, written for real in a copy of this machine's root: what comes out of the image by
 * another program, which key is in it, and who may read what. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "means/guest_key.h"
#include "means/parts.h"
#include "plan/seed.h"
#include "throw_away_root.h"

#define SEED "/var/lib/libvirt/provision/web-seed.iso"
#define KEYS "/home/seeds/data/secrets/keys/guests"

static struct links *links;
static struct link *machine_link;
static struct host_config host = {.name = (char[]) {"lab1"}, .connect.is_local = 1};
static struct guest_config guest = {
        .name = (char[]) {"web"},
        .cloud_init = {.is_wanted = true, .user_data = (char[]) {"#!/bin/sh\necho \"it's $1\"\n"}},
        .ignition = (char[]) {"{\"ignition\": {\"version\": \"3.4.0\"}}"},
};

static int begin(void **state)
{
        struct error error = {0};

        (void)state;
        if (!throw_away_enter())
                return 0;
        setenv("PROVISION_HOME", "/home/seeds", 1);
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
                fail_msg("this failed:\n%s", script);
}

static int try(int (*means)(const struct work *work, struct error *error), struct error *error)
{
        const struct step step = {.seed = {.host = &host, .guest = &guest}},
                          forget = {.key = {.host = &host, .guest = guest.name}};
        const struct work work = {.link = machine_link,
                .step = means == seed_forget_key ? &forget : &step,
                .deadline = deadline_in_s(20)};

        return means(&work, error);
}

static void succeeds(int (*means)(const struct work *work, struct error *error))
{
        CLEANUP(error_done) struct error error = {0};

        if (try(means, &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void a_seed_is_written_and_only_its_own_may_read_it(void **state)
{
        (void)state;
        need_root();
        succeeds(seed_write);
        shell("test \"$(stat -c '%a %U:%G' " SEED ")\" = '600 root:root'");
        shell("test \"$(stat -c %a /var/lib/libvirt/provision)\" = 711");
        shell("test \"$(stat -c %a " KEYS "/web@lab1)\" = 600");
        shell("test \"$(bsdtar -xOf " SEED " user-data)\" = '#!/bin/sh\necho \"it'\\''s $1\"'");
        shell("bsdtar -xOf " SEED " meta-data | grep -qx 'instance-id: \"provision-web\"'");
        shell("! bsdtar -tf " SEED " | grep network-config");
}

static void its_host_key_is_the_one_that_is_kept_here(void **state)
{
        CLEANUP(guest_key_done) struct guest_key key = {0};
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *same = NULL;

        (void)state;
        need_root();
        succeeds(seed_write);
        shell("cd /tmp && bsdtar -xOf " SEED
              " vendor-data >vendor-data && umask 077 && python3 -c 'import yaml; "
              "keys = yaml.safe_load(open(\"vendor-data\"))[\"ssh_keys\"]; "
              "open(\"key\", \"w\").write(keys[\"ed25519_private\"]); print(keys[\"ed25519_public\"])' "
              ">public");
        shell("cmp /tmp/key " KEYS "/web@lab1");
        shell("ssh-keygen -y -f /tmp/key | cut -d' ' -f1-2 | cmp - /tmp/public");
        shell("cmp /tmp/public /var/lib/libvirt/provision/web-host_key.pub");
        assert_int_equal(guest_key_read(&host, &guest, &key, &error), 0);
        same = string_format("test '%s' = \"$(cat /tmp/public)\"", key.public_half);
        shell(same);
        shell("test \"$(ls -A " KEYS ")\" = web@lab1");
}

static void a_seed_that_is_written_again_keeps_its_key(void **state)
{
        (void)state;
        need_root();
        succeeds(seed_write);
        shell("cp " SEED " /tmp/first");
        succeeds(seed_write);
        shell("cmp " SEED " /tmp/first");
}

static void a_key_that_is_no_key_is_told(void **state)
{
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        need_root();
        shell("umask 077; mkdir -p " KEYS "; echo nonsense >" KEYS "/web@lab1");
        assert_int_equal(try(seed_write, &error), -1);
        assert_string_equal(error_text(&error), KEYS "/web@lab1: is not a private key");
        shell("! test -e " SEED);
}

static void without_ssh_keygen_it_is_told_so(void **state)
{
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        need_root();
        shell("printf '#!/bin/sh\\necho no entropy today >&2; exit 3\\n' >/usr/bin/ssh-keygen");
        assert_int_equal(try(seed_write, &error), -1);
        assert_string_equal(error_text(&error), "ssh-keygen: no entropy today");
        shell("test -z \"$(ls -A " KEYS ")\"");
}

static void a_configuration_for_ignition_is_written(void **state)
{
        (void)state;
        need_root();
        succeeds(ignition_write);
        shell("test \"$(stat -c '%a %U:%G' /var/lib/libvirt/provision/web.ign)\" = '600 root:root'");
        shell("test \"$(cat /var/lib/libvirt/provision/web.ign)\" = '{\"ignition\": {\"version\": "
              "\"3.4.0\"}}'");
}

static void its_key_is_forgotten_and_with_it_what_ssh_checked_it_by(void **state)
{
        CLEANUP(guest_key_done) struct guest_key key = {0};
        CLEANUP(string_free) char *known_hosts = NULL;
        CLEANUP(error_done) struct error error = {0};
        struct guest_config other = guest;

        (void)state;
        need_root();
        assert_int_equal(guest_key_read(&host, &guest, &key, &error), 0);
        assert_int_equal(guest_known_hosts(&host, &guest, key.public_half, &known_hosts, &error), 0);
        other.name = (char[]) {
                "web.known_hosts"}; /* its key has the name that the file beside web's begins with */
        guest_key_done(&key);
        assert_int_equal(guest_key_read(&host, &other, &key, &error), 0);
        shell("test \"$(cd " KEYS "; echo *)\" = 'web.known_hosts@lab1 web@lab1 web@lab1.known_hosts'");
        succeeds(seed_forget_key);
        shell("test \"$(ls -A " KEYS ")\" = web.known_hosts@lab1");
        succeeds(seed_forget_key);
}

static void what_was_never_here_is_forgotten_all_the_same(void **state)
{
        (void)state;
        need_root();
        succeeds(seed_forget_key);
        shell("test -z \"$(ls -A " KEYS ")\"");
}

static int tests(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
        const struct CMUnitTest all[] = {
                TEST(a_seed_is_written_and_only_its_own_may_read_it),
                TEST(its_host_key_is_the_one_that_is_kept_here),
                TEST(a_seed_that_is_written_again_keeps_its_key),
                TEST(a_key_that_is_no_key_is_told),
                TEST(without_ssh_keygen_it_is_told_so),
                TEST(a_configuration_for_ignition_is_written),
                TEST(its_key_is_forgotten_and_with_it_what_ssh_checked_it_by),
                TEST(what_was_never_here_is_forgotten_all_the_same),
        };

        return cmocka_run_group_tests(all, NULL, NULL);
}

int main(void)
{
        return throw_away_run(tests);
}
