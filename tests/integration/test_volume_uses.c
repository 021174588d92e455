/* What depends on volumes of ours: the script is run on images in a directory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/shell.h"
#include "means/volume_uses.h"

struct fixture {
        char *top;
        struct survey survey;
        struct answers answers;
};

/* Returns its exit status. */
static int run(const char *script, struct text *ret_out)
{
        CLEANUP(text_done) struct text line = {0};
        char part[512];
        FILE *pipe;

        text_add(&line, "exec sh -c ");
        shell_add_word(&line, script);
        pipe = popen(text_string(&line), "r");
        assert_non_null(pipe);
        while (fgets(part, sizeof(part), pipe))
                text_add(ret_out, part);
        return WEXITSTATUS(pclose(pipe));
}

static void add_volume(struct fixture *fixture, const char *name)
{
        struct volume_state *volume = array_add(&fixture->answers.volumes);

        volume->pool = string_copy("lab");
        volume->name = string_copy(name);
        volume->path = string_format("%s/pool/%s", fixture->top, name);
        survey_ask_volume(&fixture->survey, "lab", NULL, name);
}

static int set_up(void **state)
{
        static const char files[] =
                "made() { qemu-img create -q -f qcow2 \"$@\" 1M; }\n"
                "mkdir pool pool/directory else && cd pool && touch theirs base.part other.part \"it's; rm "
                "*\" &&\n"
                "made base && made -F qcow2 -b \"$PWD/base\" mid && made -F qcow2 -b mid top &&\n"
                "made -F qcow2 -b "
                "'json:{\"driver\":\"qcow2\",\"file\":{\"driver\":\"file\",\"filename\":\"'$PWD'/mid\"}}' "
                "../else/far &&\n"
                "made -u -F raw -b nbd://far:1/x ../else/raw && ln -s ../pool/base ../else/link\n";
        struct fixture *fixture = memory_new(1, sizeof(*fixture));
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(text_done) struct text out = {0};
        struct pool_state *pool;
        char template[] = "/tmp/volume-uses-XXXXXX";

        assert_non_null(mkdtemp(template));
        fixture->top = string_copy(template);
        text_format(&script, "cd %s && ", fixture->top);
        text_add(&script, files);
        assert_int_equal(run(text_string(&script), &out), 0);
        add_volume(fixture, "base");
        add_volume(fixture, "mid");
        add_volume(fixture, "never-made");
        pool = array_add(&fixture->answers.pools);
        pool->name = string_copy("lab");
        pool->type = string_copy("dir");
        pool->path = string_format("%s/pool", fixture->top);
        pool->active = true;
        *state = fixture;
        return 0;
}

static int tear_down(void **state)
{
        struct fixture *fixture = *state;
        CLEANUP(text_done) struct text out = {0};
        CLEANUP(string_free) char *script = string_format("rm -r %s", fixture->top);

        assert_int_equal(run(script, &out), 0);
        answers_done(&fixture->answers);
        survey_done(&fixture->survey);
        free(fixture->top);
        free(fixture);
        return 0;
}

static void ask(struct fixture *fixture)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(text_done) struct text out = {0};
        CLEANUP(error_done) struct error error = {0};

        volume_uses_script(&fixture->survey, &fixture->answers, &script);
        assert_int_equal(run(text_string(&script), &out), 0);
        if (volume_uses_read(text_string(&out), &fixture->survey, &fixture->answers, &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void assert_strings(const struct strings *strings, const char *wanted)
{
        CLEANUP(strings_done) struct strings sorted = {0};
        CLEANUP(string_free) char *list = NULL;

        strings_copy(&sorted, strings);
        strings_sort(&sorted);
        list = strings_join(&sorted, "|");
        assert_string_equal(list ? list : "", wanted);
}

static void files_of_a_pool_are_followed(void **state)
{
        struct fixture *fixture = *state;
        CLEANUP(string_free) char *part = string_format("%s/pool/base.part", fixture->top);

        ask(fixture);
        assert_strings(&fixture->answers.volumes.items[0].users, "volume top of pool lab");
        assert_strings(&fixture->answers.volumes.items[1].users, "volume top of pool lab");
        assert_int_equal(fixture->answers.volumes.items[2].users.count, 0);
        assert_strings(&fixture->answers.pools.items[0].others, "it's; rm *|other.part|theirs|top");
        assert_strings(&fixture->answers.parts, part);
}

static void add_guest(struct fixture *fixture, const char *name, bool ours, const char *path)
{
        struct guest_state *guest = array_add(&fixture->answers.guests);

        guest->defined.name = string_copy(name);
        guest->ours = ours;
        strings_take(&guest->uses.paths, string_format("%s/%s", fixture->top, path));
}

static void disks_of_guests_are_followed(void **state)
{
        struct fixture *fixture = *state;

        fixture->answers.pools.items[0].active = false;
        add_guest(fixture, "far", false, "else/far");
        add_guest(fixture, "link", false, "else/link");
        add_guest(fixture, "raw", false, "else/raw");
        add_guest(fixture, "ours", true, "pool/base");
        add_guest(fixture, "gone", false, "else/gone");
        strings_add(&fixture->answers.guests.items[4].uses.volumes, "lab/mid");
        strings_add(&fixture->answers.guests.items[4].uses.volumes, "unheard-of/mid");
        ask(fixture);
        assert_strings(&fixture->answers.volumes.items[0].users, "guest far|guest gone|guest link");
        assert_strings(&fixture->answers.volumes.items[1].users, "guest far|guest gone");
        assert_int_equal(fixture->answers.pools.items[0].others.count, 0);
}

/* Nothing may be deleted for it. */
static void what_cannot_be_read_is_an_error(void **state)
{
        struct fixture *fixture = *state;
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(text_done) struct text out = {0};

        text_format(&script, "printf 'QFI\\373\\0\\0\\0\\143' >%s/pool/broken\nexec 2>&1\n", fixture->top);
        volume_uses_script(&fixture->survey, &fixture->answers, &script);
        assert_int_equal(run(text_string(&script), &out), 1);
        assert_non_null(strstr(text_string(&out), "/pool/broken is based on, which may be ours"));
}

static void other_words_are_an_error(void **state)
{
        static const char *const outputs[] = {"used 3 guest x\n", "used -1 guest x\n", "part 9 \n",
                "other 1 x\n", "x 0 y\n", "used 0", "\n"};
        struct fixture *fixture = *state;

        for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
                CLEANUP(error_done) struct error error = {0};

                assert_int_equal(
                        volume_uses_read(outputs[i], &fixture->survey, &fixture->answers, &error), -1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(files_of_a_pool_are_followed, set_up, tear_down),
                cmocka_unit_test_setup_teardown(disks_of_guests_are_followed, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_cannot_be_read_is_an_error, set_up, tear_down),
                cmocka_unit_test_setup_teardown(other_words_are_an_error, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
