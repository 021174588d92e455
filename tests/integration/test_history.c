/* Recorded runs as the program shows them: in words, to programs, to CI, and as a page in a real browser. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "recorded_runs.h"
#include "../unit/store_home.h"

/* ---- running the program ---- */

/* What "provision WORDS" prints on both descriptors; its exit status must be the wanted one. Owned by the caller. */
static char *provision(const char *words, int wanted)
{
        const char *program = getenv("PROVISION");
        CLEANUP(string_free)
        char *command = string_format("exec 2>&1; %s %s", program ? program : "build/provision", words);
        FILE *pipe = popen(command, "r");
        struct text said = {0};
        char buffer[4096];
        size_t count;
        int status;

        assert_non_null(pipe);
        while ((count = fread(buffer, 1, sizeof(buffer), pipe)) > 0)
                text_add_n(&said, buffer, count);
        status = pclose(pipe);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != wanted)
                fail_msg("provision %s: status %d, wanted %d: %s", words, WEXITSTATUS(status), wanted,
                        text_string(&said));
        return text_take(&said);
}

static void assert_has(const char *said, const char *words)
{
        if (!strstr(said, words))
                fail_msg("\"%s\" is missing in:\n%s", words, said);
}

#define ASSERT_SAYS(words, status, ...) \
        assert_says((words), (status), (const char *const[]) {__VA_ARGS__, NULL})

static void assert_says(const char *words, int status, const char *const *wanted)
{
        CLEANUP(string_free) char *said = provision(words, status);

        for (; *wanted; wanted++)
                assert_has(said, *wanted);
        assert_null(strchr(said, '\033'));
}

static int two_nights(void **state)
{
        if (store_home_make(state) < 0)
                return -1;
        record_first_night();
        record_second_night();
        return 0;
}

static char *in_home(const char *name)
{
        return string_format("%s/%s", store_home, name);
}

static void write_configuration(const char *path)
{
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        for (size_t i = 0; night_names[i]; i++)
                fprintf(file, "host \"%s\" {\n        connect = \"root@10.77.1.%zu\"\n}\n", night_names[i],
                        i + 2);
        fprintf(file, "host \"new\" {\n        connect = \"root@10.77.1.99\"\n}\n");
        fclose(file);
}

/* ---- in words ---- */

static void runs_are_listed_newest_first(void **state)
{
        CLEANUP(string_free) char *said = provision("history", 0);
        const char *first = strstr(said, "    1  "), *second = strstr(said, "    2  ");

        (void)state;
        assert_true(first && second && second < first);
        assert_has(said, "5 machines, 1 changed, 3 failed");
        assert_has(said, "provision --phase kvm nightly.conf");
}

static void a_run_is_told_and_compared(void **state)
{
        (void)state;
        ASSERT_SAYS("report", 0, "run 2: failed", "lab1: done, 2 steps (49 s, guests run by KVM)",
                "lab2: nothing to do", "kvm: failed", "            | dpkg: error processing archive",
                "\\x1b[2J", "lab4: not reached (30 s)", "in the way: network lab isn't ours: mtu is 1500",
                "compared with run 1", "new failure: lab4: no answer", "mended: lab2: was failed",
                "had changed: lab1: 2 steps to bring it back", "48 s, was 21 s");
        ASSERT_SAYS("report 1", 0, "run 1: failed", "lab2: failed");
        ASSERT_SAYS("report 3", 2, "there is no run 3");
        ASSERT_SAYS("report last", 2, "the number of a run would be right");
}

static void machines_are_told_as_they_were_left(void **state)
{
        CLEANUP(string_free) char *path = in_home("lab.conf");
        CLEANUP(string_free) char *status = string_format("status %s", path);
        CLEANUP(string_free)
        char *moved = string_format("status --set host.lab1.connect=root@10.77.1.50 %s", path);

        (void)state;
        write_configuration(path);
        ASSERT_SAYS(status, 0, "lab1: kvm (run 2, ", " ago: done, 2 steps)", "lab2: kvm (run 2, ",
                "lab3: linux, failed: install packages qemu-system-x86", "lab4: kvm, failed: no answer",
                "net: linux, blocked: network lab isn't ours: mtu is 1500, wanted 9000 (run 2, ",
                "new: unknown, no run was recorded that looked at it\n");
        ASSERT_SAYS(moved, 0, "lab1: unknown, no run was recorded that looked at it\n");
}

static void a_run_goes_on_until_it_is_killed(void **state)
{
        CLEANUP(string_free) char *path = in_home("lab.conf");
        CLEANUP(string_free) char *status = string_format("status %s", path);
        int ready[2], ended;
        char byte;
        pid_t child;

        (void)state;
        write_configuration(path);
        assert_int_equal(pipe(ready), 0);
        child = fork();
        if (child == 0) {
                struct night night;

                record_unfinished_night(&night);
                if (write(ready[1], "x", 1) == 1)
                        pause();
                _exit(1);
        }
        assert_int_equal(read(ready[0], &byte, 1), 1);
        ASSERT_SAYS("history", 0, "    3  ", "running");
        ASSERT_SAYS(status, 0, "lab1: linux, promoting: install packages a (run 3 goes on, for ");
        ASSERT_SAYS("report", 0, "run 3: running", "install packages a");
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &ended, 0), child);
        ASSERT_SAYS("history", 0, "    3  ", "cut off");
        ASSERT_SAYS(status, 0, "lab1: linux, cut off: install packages a (run 3, ");
        ASSERT_SAYS("report", 0, "run 3: cut off", "new failure: lab1: cut off");
        close(ready[0]);
        close(ready[1]);
}

static void nothing_is_recorded_yet(void **state)
{
        CLEANUP(string_free) char *none = provision("history --json", 0);

        (void)state;
        assert_string_equal(none, "");
        ASSERT_SAYS("history", 0, "no run is recorded yet");
        ASSERT_SAYS("report", 2, "no run is recorded yet");
}

/* ---- to programs ---- */

static void programs_get_one_object_a_run(void **state)
{
        CLEANUP(string_free) char *line = provision("report --json", 0);
        json_t *run = json_loads(line, 0, NULL);
        json_t *machines = json_object_get(run, "machines"), *step;

        (void)state;
        assert_int_equal(json_integer_value(json_object_get(run, "run")), 2);
        assert_string_equal(json_string_value(json_object_get(run, "outcome")), "failed");
        assert_int_equal(json_array_size(machines), 5);
        step = json_array_get(json_object_get(json_array_get(machines, 0), "steps"), 0);
        assert_string_equal(json_string_value(json_object_get(step, "outcome")), "done");
        assert_int_equal(json_integer_value(json_object_get(step, "took_ms")), 48000);
        assert_int_equal(json_integer_value(json_object_get(run, "before")), 1);
        assert_int_equal(json_array_size(json_object_get(run, "differences")), 6);
        json_decref(run);
}

static double number_of(xmlXPathContext *context, const char *expression)
{
        xmlXPathObject *result = xmlXPathEvalExpression(BAD_CAST expression, context);
        double number = xmlXPathCastToNumber(result);

        xmlXPathFreeObject(result);
        return number;
}

static void ci_gets_a_case_for_each_score_and_machine(void **state)
{
        static const struct {
                const char *expression;
                double wanted;
        } rows[] = {
                {"count(/testsuites/testsuite)", 5},
                {"count(//testcase[@classname='lab1.linux'])", 1},
                {"count(//testcase[@classname='lab1.kvm']) > 5", 1},
                {"count(//testsuite[@name='lab1']//failure)", 0},
                {"count(//testsuite[@name='lab1']//skipped)", 0},
                {"number(//testcase[@classname='lab1.kvm' and @name='packages']/@time)", 48},
                {"count(//testcase[@classname='lab3.kvm' and @name='packages']/failure[@type='failed'])", 1},
                {"count(//testcase[@classname='lab3.kvm' and @name='canary']/skipped)", 1},
                {"count(//testcase[@classname='lab4.linux' and @name='machine']/failure[@type='unreached'])",
                        1},
                {"count(//testsuite[starts-with(@name, "
                 "'lab5')]//testcase[@name='network']/failure[@type='blocked'])",
                        1},
                {"count(//failure)", 3},
        };
        CLEANUP(string_free) char *path = in_home("run.xml");
        CLEANUP(string_free) char *words = string_format("report --junit %s", path);
        CLEANUP(string_free) char *said = provision(words, 0);
        xmlDoc *parsed = xmlReadFile(path, NULL, XML_PARSE_NONET);
        xmlXPathContext *context = xmlXPathNewContext(parsed);

        (void)state;
        assert_string_equal(said, "");
        assert_non_null(parsed);
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                double number = number_of(context, rows[i].expression);

                if (number != rows[i].wanted)
                        fail_msg("%s is %g", rows[i].expression, number);
        }
        xmlXPathFreeContext(context);
        xmlFreeDoc(parsed);
        xmlCleanupParser();
}

static void a_file_is_whole_or_as_it_was(void **state)
{
        CLEANUP(string_free) char *page = in_home("page.html");
        CLEANUP(string_free) char *words = string_format("report --html %s", page);
        CLEANUP(string_free) char *nowhere = string_format("report --html %s/nowhere/page.html", store_home);
        CLEANUP(string_free) char *full = provision("report --html /dev/full", 1);
        CLEANUP(string_free) char *list = string_format("ls -A %s | grep -c page", store_home);
        FILE *old = fopen(page, "w");

        (void)state;
        fputs("old", old);
        fclose(old);
        assert_has(full, "No space left on device");
        ASSERT_SAYS(nowhere, 1, "No such file or directory");
        free(provision(words, 0));
        /* Nothing is left beside it. */
        old = popen(list, "r");
        assert_int_equal(fgetc(old), '1');
        pclose(old);
        old = fopen(page, "r");
        assert_int_equal(fgetc(old), '<');
        fclose(old);
}

/* ---- as a page ---- */

static void check_view(const char *name, json_t *view)
{
        json_int_t width = json_integer_value(json_object_get(view, "width"));
        const char *text = json_string_value(json_object_get(view, "text"));

        if (width != json_integer_value(json_object_get(view, "wanted")) ||
                json_array_size(json_object_get(view, "wide")) != 0)
                fail_msg("%s is %d wide: %s", name, (int)width, json_dumps(json_object_get(view, "wide"), 0));
        assert_int_equal(json_integer_value(json_object_get(view, "scripts")), 0);
        assert_int_equal(json_integer_value(json_object_get(view, "outside")), 0);
        assert_string_equal(json_string_value(json_object_get(view, "title")), "Run 2: failed");
        assert_has(
                text, "</pre><script>document.title='owned'</script><img src=x onerror=alert(1)> \\x1b[2J");
        assert_has(text, "network lab isn't ours: mtu is 1500, wanted 9000");
}

/* Light is dark on light, and dark the other way round. */
static int lightness(json_t *view, const char *what)
{
        int red = 0, green = 0, blue = 0;

        assert_int_equal(sscanf(json_string_value(json_object_get(view, what)), "rgb(%d, %d, %d)", &red,
                                 &green, &blue),
                3);
        return red + green + blue;
}

static void a_browser_shows_the_page_and_asks_for_nothing(void **state)
{
        CLEANUP(string_free) char *words = string_format("report --html %s/page.html", store_home);
        CLEANUP(string_free)
        char *look = string_format("python3 tests/integration/browser.py %s/page.html %s >%s/look.json",
                store_home, store_home, store_home);
        CLEANUP(string_free) char *result_path = in_home("look.json");
        json_t *result, *views, *view;
        const char *name;

        (void)state;
        if (system("command -v chromium python3 >/dev/null") != 0) {
                fprintf(stderr, "skipped: chromium or python3 isn't installed\n");
                skip();
        }
        free(provision(words, 0));
        assert_int_equal(system(look), 0);
        result = json_load_file(result_path, 0, NULL);
        views = json_object_get(result, "views");
        assert_int_equal(json_object_size(views), 4);
        json_object_foreach(views, name, view) check_view(name, view);
        assert_true(lightness(json_object_get(views, "phone-light"), "background") >
                    lightness(json_object_get(views, "phone-light"), "ink") + 400);
        assert_true(lightness(json_object_get(views, "phone-dark"), "ink") >
                    lightness(json_object_get(views, "phone-dark"), "background") + 400);
        assert_int_equal(json_array_size(json_object_get(result, "requests")), 1); /* the page itself */
        if (json_array_size(json_object_get(result, "complaints")))
                fail_msg("%s", json_dumps(json_object_get(result, "complaints"), 0));
        assert_null(strstr(json_string_value(json_object_get(result, "dom")), "<img"));
        json_decref(result);
}

#define AFTER_TWO_NIGHTS(test) cmocka_unit_test_setup_teardown(test, two_nights, store_home_remove)

int main(void)
{
        const struct CMUnitTest tests[] = {
                AFTER_TWO_NIGHTS(runs_are_listed_newest_first),
                AFTER_TWO_NIGHTS(a_run_is_told_and_compared),
                AFTER_TWO_NIGHTS(machines_are_told_as_they_were_left),
                AFTER_TWO_NIGHTS(a_run_goes_on_until_it_is_killed),
                IN_STORE_HOME(nothing_is_recorded_yet),
                AFTER_TWO_NIGHTS(programs_get_one_object_a_run),
                AFTER_TWO_NIGHTS(ci_gets_a_case_for_each_score_and_machine),
                AFTER_TWO_NIGHTS(a_file_is_whole_or_as_it_was),
                AFTER_TWO_NIGHTS(a_browser_shows_the_page_and_asks_for_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
