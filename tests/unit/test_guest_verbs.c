/* The verbs about guests as far as no machine is needed: which guest a word names, and how ssh is called for it. What ssh
 * itself makes of the words is asked of ssh. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/shell.h"
#include "cli/guest_ssh.h"

static struct host_config hosts[] = {
        {.name = (char[]) {"lab1"}, .connect = {.user = "root", .host = "10.77.1.2", .port = 2222}},
        {.name = (char[]) {"lab2"},
                .connect = {.host = "lab2.example"},
                .host_key_policy = HOST_KEY_ACCEPT_NEW},
        {.name = (char[]) {"here"}, .connect = {.is_local = 1}},
};
static char *on_lab1[] = {(char[]) {"lab1"}}, *on_both[] = {(char[]) {"lab1"}, (char[]) {"lab2"}},
            *on_here[] = {(char[]) {"here"}}, *on_lab2[] = {(char[]) {"lab2"}};
static struct guest_config guests[] = {
        {.name = (char[]) {"web"},
                .object.hosts = {on_lab1, 1, 1},
                .cloud_init = {.is_wanted = true, .user = (char[]) {"ci"}}},
        {.name = (char[]) {"database"}, .object.hosts = {on_both, 2, 2}},
        {.name = (char[]) {"local"},
                .object.hosts = {on_here, 1, 1},
                .ready = {.ssh_user = (char[]) {"admin"}}},
        {.name = (char[]) {"second"}, .object.hosts = {on_lab2, 1, 1}},
        {.name = (char[]) {"everywhere"}},
};
static const struct config config = {.hosts = {hosts, 3, 3}, .guests = {guests, 5, 5}};

/* ---- which guest ---- */

static const struct {
        const char *word, *host, *user, *refusal;
} words[] = {
        {"web", "lab1", NULL, NULL},
        {"lab1/web", "lab1", NULL, NULL},
        {"root@web", "lab1", "root", NULL},
        {"root@lab1/web", "lab1", "root", NULL},
        {"lab2/database", "lab2", NULL, NULL},
        {"database", NULL, NULL, "guest database is on lab1, lab2: say which, as in lab2/database"},
        {"everywhere", NULL, NULL,
                "guest everywhere is on lab1, lab2, here: say which, as in here/everywhere"},
        {"lab2/web", NULL, NULL, "guest web is not on a host lab2"},
        {"databse", NULL, NULL, "there is no guest \"databse\"; did you mean database?"},
        {"nothing-like-it", NULL, NULL, "there is no guest \"nothing-like-it\" (see provision guests)"},
        {"@web", NULL, NULL, "\"@web\" names no user in front of the @"},
        {"-oProxyCommand=x@web", NULL, NULL, "\"-oProxyCommand=x@web\" names no user in front of the @"},
};

static void a_word_names_a_guest(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                struct guest_choice choice = {0};
                CLEANUP(error_done) struct error error = {0};
                int result = guest_choice_find(&config, words[i].word, &choice, &error);

                assert_string_equal(error_text(&error), words[i].refusal ? words[i].refusal : "no error");
                assert_int_equal(result, words[i].refusal ? -1 : 0);
                assert_true(string_equal(choice.host ? choice.host->name : NULL, words[i].host));
                assert_true(string_equal(choice.user, words[i].user));
                string_free(&choice.user);
        }
}

static void without_guests_none_is_suggested(void **state)
{
        const struct config empty = {.hosts = {hosts, 1, 1}};
        struct guest_choice choice = {0};
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        assert_int_equal(guest_choice_find(&empty, "web", &choice, &error), -1);
        assert_string_equal(error_text(&error), "there is no guest \"web\": the configuration has none");
}

/* ---- how ssh is called ---- */

static void words_of(const char *word, const char *known_hosts, struct strings *ret_words)
{
        struct guest_choice choice = {0};
        struct error error = {0};
        CLEANUP(strings_done) struct strings command = {0};

        assert_int_equal(guest_choice_find(&config, word, &choice, &error), 0);
        strings_add(&command, "uname");
        guest_ssh_words(&choice, "192.168.150.20", known_hosts, &command, ret_words);
        string_free(&choice.user);
}

/* What ssh -G makes of them. */
static char *seen_by_ssh(const struct strings *called)
{
        CLEANUP(text_done) struct text line = {0};
        struct text out = {0};
        char buffer[4096];
        size_t count;
        FILE *pipe;

        text_add(&line, "ssh -F /dev/null -G ");
        for (size_t i = 1; i < called->count; i++) {
                shell_add_word(&line, called->items[i]);
                text_add(&line, " ");
        }
        pipe = popen(text_string(&line), "r");
        assert_non_null(pipe);
        while ((count = fread(buffer, 1, sizeof(buffer), pipe)) > 0)
                text_add_n(&out, buffer, count);
        assert_int_equal(pclose(pipe), 0);
        return text_take(&out);
}

static void has_line(const char *printed, const char *line)
{
        CLEANUP(string_free) char *whole = string_format("\n%s\n", line);

        if (!strstr(printed, whole))
                fail_msg("there is no \"%s\" in:%s", line, printed);
}

static void ssh_goes_through_the_machine_and_trusts_only_our_key(void **state)
{
        CLEANUP(strings_done) struct strings called = {0};
        CLEANUP(string_free) char *printed = NULL;

        (void)state;
        words_of("web", "/var/lib/o ne%h\"x/web@lab1.known_hosts", &called);
        printed = seen_by_ssh(&called);
        has_line(printed, "user ci");
        has_line(printed, "hostname 192.168.150.20");
        has_line(printed, "stricthostkeychecking true");
        has_line(printed, "hostkeyalias web@lab1");
        has_line(printed, "globalknownhostsfile /dev/null");
        has_line(printed,
                "proxycommand ssh -o 'StrictHostKeyChecking=yes' -p 2222 -l root -W '[%h]:%p' -- 10.77.1.2");
        assert_string_equal(called.items[called.count - 1], "uname");
        assert_string_equal(called.items[called.count - 2], "192.168.150.20");
        assert_string_equal(called.items[called.count - 3], "--");
}

static void what_host_conf_says_of_the_machine_counts_on_the_way(void **state)
{
        CLEANUP(strings_done) struct strings called = {0};
        CLEANUP(string_free) char *printed = NULL;

        (void)state;
        hosts[1].identity = (char[]) {"/keys/it's 100%"};
        hosts[1].known_hosts = (char[]) {"/keys/known"};
        words_of("root@second", NULL, &called);
        hosts[1].identity = hosts[1].known_hosts = NULL;
        printed = seen_by_ssh(&called);
        has_line(printed, "user root");
        has_line(printed, "identityfile /keys/it's 100%%");
        has_line(printed, "proxycommand ssh -o 'IdentityFile=\"/keys/it'\\''s 100%%%%\"' -o "
                          "'UserKnownHostsFile=\"/keys/known\"' -o "
                          "'StrictHostKeyChecking=accept-new' -W '[%h]:%p' -- lab2.example");
        assert_null(strstr(printed, "\nuserknownhostsfile /dev"));
}

static void on_this_machine_nothing_is_in_between(void **state)
{
        CLEANUP(strings_done) struct strings called = {0};
        CLEANUP(string_free) char *printed = NULL;

        (void)state;
        words_of("local", NULL, &called);
        printed = seen_by_ssh(&called);
        has_line(printed, "user admin");
        assert_null(strstr(printed, "\nproxycommand"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_word_names_a_guest),
                cmocka_unit_test(without_guests_none_is_suggested),
                cmocka_unit_test(ssh_goes_through_the_machine_and_trusts_only_our_key),
                cmocka_unit_test(what_host_conf_says_of_the_machine_counts_on_the_way),
                cmocka_unit_test(on_this_machine_nothing_is_in_between),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
