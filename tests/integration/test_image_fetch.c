/* The scripts that get an image, run by this machine's shell with its own curl against a server that does what servers
 * do. The directory is a small file system in memory, in a mount namespace of the test's own: nothing is left behind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sha256.h"
#include "means/image_script.h"

#define AT     "/mnt"     /* hidden below what is mounted there, for us alone */
#define DISK   AT "/disk" /* a file system of its own, with little room */
#define POOL   DISK "/a pool's $(x)"
#define SERVED AT "/served"
#define LOG    AT "/log"
#define VOLUME "i-001122334455.qcow2"
#define FINAL  POOL "/" VOLUME
#define PART   FINAL ".part"
#define SIZE   3000000
#define HEADER 104       /* bytes of a qcow2's */
#define ROOM   (8 << 20) /* more than any file has that is read */

static char content[SIZE];
static char *sum;
static unsigned port, tls_port;

/* ---- files ---- */

static void put(const char *path, const char *bytes, size_t count)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, bytes, count), (ssize_t)count);
        close(fd);
}

static char *get(const char *path, size_t *ret_length)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        char *bytes = memory_new(ROOM, 1);
        ssize_t count = fd >= 0 ? read(fd, bytes, ROOM - 1) : 0;

        assert_true(count >= 0);
        if (fd >= 0)
                close(fd);
        *ret_length = (size_t)count;
        return bytes;
}

static long size_of(const char *path)
{
        struct stat status;

        return stat(path, &status) == 0 ? (long)status.st_size : -1;
}

struct served {
        long first, bytes; /* of the last answer; of all of them */
        int under_way;     /* answers */
};

static void read_log(struct served *ret_served)
{
        size_t length;
        CLEANUP(string_free) char *log = get(LOG, &length);
        struct served served = {0};
        long sent;

        for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n")) {
                if (strcmp(line + strcspn(line, " "), " begins") == 0) {
                        served.under_way++;
                        continue;
                }
                assert_int_equal(sscanf(line, "%*s %ld %ld", &served.first, &sent), 2);
                served.bytes += sent;
                served.under_way--;
        }
        *ret_served = served;
}

/* What the server sent since the log was emptied. It notes an answer only after the last of its bytes, when who asked
 * may be gone for long: without waiting for that one case's bytes are counted in another. */
static struct served all_served(void)
{
        struct served served;

        for (read_log(&served); served.under_way; read_log(&served))
                usleep(1000);
        return served;
}

/* ---- what is there before ---- */

static void nothing(void)
{
}

static void a_part(void)
{
        put(PART, content, 1000000);
}

static void all_of_it(void)
{
        put(PART, content, SIZE);
}

static void a_part_of_something_else(void)
{
        put(PART, content + 7, 1000000);
}

static void more_than_all(void)
{
        char *more = memory_new(SIZE + 100, 1);

        memcpy(more, content, SIZE);
        put(PART, more, SIZE + 100);
        free(more);
}

static void the_image(void)
{
        put(FINAL, content, SIZE);
}

static void no_pool(void)
{
        assert_int_equal(rmdir(POOL), 0);
}

static const struct row {
        const char *name;
        void (*given)(void);
        const char *fault; /* as the server knows it; or "https", "nobody" */
        const char *file;
        const char *why;         /* words of the failure; NULL: it is fetched */
        long served;             /* bytes; -1: whatever */
        long part;               /* bytes that are left of it; -1: no such file */
        bool is_raw, is_another; /* what is wished: another format, another content */
} rows[] = {
        {"in one go", nothing, "", "image", NULL, SIZE, -1, false, false},
        {"behind a redirection", nothing, "moved/", "image", NULL, SIZE, -1, false, false},
        {"without a length", nothing, "no-length/", "image", NULL, SIZE, -1, false, false},
        {"cut off again and again, each byte once", nothing, "cut=1200000/", "image", NULL, SIZE, -1, false,
                false},
        {"gone on behind a part", a_part, "", "image", NULL, SIZE - 1000000, -1, false, false},
        {"a part that is all of it", all_of_it, "", "image", NULL, 0, -1, false, false},
        {"a part of something else", a_part_of_something_else, "", "image", NULL, 2 * SIZE - 1000000, -1,
                false, false},
        {"a part that is too long", more_than_all, "", "image", NULL, SIZE, -1, false, false},
        {"a server that can't go on where it was", a_part, "no-ranges/", "image", NULL, -1, -1, false, false},
        {"it is there already", the_image, "", "image", NULL, 0, -1, false, false},
        {"another content", nothing, "", "image", "the checksum of http", SIZE, -1, false, true},
        {"another content behind a part", a_part, "", "image",
                "correct sha256, or the url; what had arrived was removed", 2 * SIZE - 1000000, -1, false,
                true},
        {"another format", nothing, "", "image",
                "is qcow2, and the image's format is raw: set format = qcow2", SIZE, -1, true, false},
        {"no such file", nothing, "", "nothing", "answers 404: there is no such file; correct the url", 0, -1,
                false, false},
        {"no such file any more: the part isn't lost", a_part, "code=404/", "image", "answers 404", 0,
                1000000, false, false},
        {"not for everybody", nothing, "code=403/", "image",
                "answers 403: it doesn't let the machine have it", 0, -1, false, false},
        {"a server in trouble", nothing, "code=503/", "image", "answers 503; tried 5 times", 0, -1, false,
                false},
        {"a loop", nothing, "loop/", "image", "leads on and on: more than 10 redirections", 0, -1, false,
                false},
        {"a certificate that nobody knows", nothing, "https", "image", "can't be trusted: TLS says: ", 0, -1,
                false, false},
        {"no room for it", nothing, "rate=1000000/", "large", "more bytes are needed and ", -1, -1, false,
                false},
        {"no room for it, and the server didn't say", nothing, "no-length/", "large",
                "what had arrived was removed, so that guests can write", -1, -1, false, false},
        {"no pool", no_pool, "", "image", "the pool's directory " POOL " isn't there", 0, -1, false, false},
};

/* ---- running ---- */

static pid_t start(const char *script, const char *out, const char *err)
{
        pid_t child = fork();

        if (child)
                return child;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
        dup2(open(err, O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
        execl("/bin/sh", "sh", "-c", script, (char *)NULL);
        _exit(126);
}

static int finish(pid_t child)
{
        int status;

        assert_int_equal(waitpid(child, &status, 0), child);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void write_fetch(const struct row *row, struct text *script)
{
        bool is_https = strcmp(row->fault, "https") == 0;
        CLEANUP(string_free)
        char *url = string_format("%s://127.0.0.1:%u/%s%s", is_https ? "https" : "http",
                is_https ? tls_port : port, is_https ? "" : row->fault, row->file);
        CLEANUP(string_free) char *other = string_copy(sum);
        const struct image_config image = {.name = (char *)"i",
                .url = url,
                .sha256 = row->is_another ? other : sum,
                .is_raw = row->is_raw};

        other[0] = other[0] == '0' ? '1' : '0';
        image_add_fetch(
                script, &image, &(const struct image_place) {.directory = POOL, .volume = VOLUME}, 20);
}

static void clear(void)
{
        all_served();
        unlink(PART);
        unlink(FINAL);
        unlink(LOG);
        mkdir(POOL, 0711);
}

static void assert_is_fetched(void)
{
        size_t length;
        CLEANUP(string_free) char *bytes = get(FINAL, &length);
        struct stat status;

        assert_int_equal(length, SIZE);
        assert_memory_equal(bytes, content, SIZE);
        assert_int_equal(stat(FINAL, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0644);
}

static void test_row(void **state)
{
        const struct row *row = *state;
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(string_free) char *said = NULL;
        size_t length;
        int status;

        clear();
        row->given();
        write_fetch(row, &script);
        status = finish(start(text_string(&script), AT "/out", AT "/err"));
        said = get(AT "/err", &length);
        if (row->why) {
                if (status != 1 || !strstr(said, row->why))
                        fail_msg("status %d, and said: %s", status, said);
                assert_true(size_of(FINAL) < 0);
        } else {
                if (status != 0)
                        fail_msg("status %d, and said: %s", status, said);
                assert_is_fetched();
        }
        assert_int_equal(size_of(PART), row->part);
        if (row->served >= 0)
                assert_int_equal(all_served().bytes, row->served);
}

/* The second waits for the first, and finds the work done. */
static void test_two_at_once(void **state)
{
        static const struct row slow = {.fault = "rate=2000000/", .file = "image"};
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(string_free) char *said = NULL;
        size_t length;
        pid_t first, second;

        (void)state;
        clear();
        write_fetch(&slow, &script);
        first = start(text_string(&script), AT "/out", AT "/err");
        while (size_of(PART) < 0) /* it is there, and locked, before a byte arrives */
                usleep(1000);
        while (size_of(PART) == 0)
                usleep(1000);
        second = start(text_string(&script), AT "/out2", AT "/err2");
        assert_int_equal(finish(first), 0);
        assert_int_equal(finish(second), 0);
        assert_is_fetched();
        assert_int_equal(all_served().bytes, SIZE);
        assert_int_equal(size_of(PART), -1);
        said = get(AT "/out2", &length);
        assert_non_null(strstr(said, "another transfer of it is under way: waiting for that"));
}

static pid_t child_of(pid_t parent, const char *name)
{
        CLEANUP(string_free) char *children = string_format("/proc/%d/task/%d/children", parent, parent);
        size_t length;
        CLEANUP(string_free) char *list = get(children, &length);

        for (char *word = strtok(list, " "); word; word = strtok(NULL, " ")) {
                CLEANUP(string_free)
                char *path = string_format("/proc/%s/comm", word), *comm = get(path, &length);

                comm[strcspn(comm, "\n")] = '\0';
                if (strcmp(comm, name) == 0)
                        return (pid_t)strtol(word, NULL, 10);
        }
        return 0;
}

/* What it had been sent and hadn't written is sent again, and nothing else. */
static void test_killed_in_the_middle(void **state)
{
        static const struct row slow = {.fault = "rate=2000000/", .file = "image"};
        CLEANUP(text_done) struct text script = {0};
        struct served again;
        pid_t run, curl;
        long part;

        (void)state;
        clear();
        write_fetch(&slow, &script);
        run = start(text_string(&script), AT "/out", AT "/err");
        while (size_of(PART) < 1000000)
                usleep(1000);
        curl = child_of(run, "curl");
        assert_true(curl > 0);
        kill(curl, SIGKILL);
        assert_int_equal(finish(run), 1);
        part = size_of(PART);
        assert_true(part >= 1000000 && part < SIZE);
        all_served();
        unlink(LOG);
        assert_int_equal(finish(start(text_string(&script), AT "/out", AT "/err")), 0);
        assert_is_fetched();
        again = all_served();
        assert_int_equal(again.first, part);
        assert_int_equal(again.bytes, SIZE - part);
}

/* What it prints is what the live view shows. */
static void test_progress_is_told(void **state)
{
        static const struct row slow = {.fault = "rate=1500000/", .file = "image"};
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(string_free) char *said = NULL;
        size_t length;

        (void)state;
        clear();
        write_fetch(&slow, &script);
        assert_int_equal(finish(start(text_string(&script), AT "/out", AT "/err")), 0);
        said = get(AT "/out", &length);
        assert_non_null(strstr(said, " of 3000000 bytes\n"));
        assert_non_null(strstr(said, "3000000 of 3000000 bytes\nverifying the checksum\n"));
}

static void test_what_was_sent(void **state)
{
        const struct image_config image = {.name = (char *)"i", .file = (char *)"/home/me/i", .sha256 = sum};
        const struct image_place place = {.directory = POOL, .volume = VOLUME};
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(string_free) char *said = NULL;
        size_t length;

        (void)state;
        image_add_finish(&script, &image, &place);
        clear();
        all_of_it();
        assert_int_equal(finish(start(text_string(&script), AT "/out", AT "/err")), 0);
        assert_is_fetched();
        assert_int_equal(size_of(PART), -1);
        clear();
        a_part();
        assert_int_equal(finish(start(text_string(&script), AT "/out", AT "/err")), 1);
        said = get(AT "/err", &length);
        assert_non_null(strstr(said, "the checksum of /home/me/i is "));
        assert_int_equal(size_of(PART), -1);
        assert_int_equal(size_of(FINAL), -1);
}

/* Each is refused before it has its name, whatever libvirt or QEMU would make of it. */
static void test_headers(void **state)
{
        static const struct {
                size_t at;
                char byte;
                size_t length;
                const char *why;
        } headers[] = {
                {75, 0, SIZE, NULL},
                {79, 1 | 8 | 16, SIZE, NULL}, /* dirty, compressed otherwise, extended L2 entries */
                {7, 2, SIZE, NULL},
                {79, 4, SIZE, "keeps its data in another file: make it one file, with qemu-img convert"},
                {79, 2, SIZE, "is marked as corrupt"},
                {79, 32, SIZE, "has a feature of qcow2 that nobody knows"},
                {72, (char)0x80, SIZE, "has a feature of qcow2 that nobody knows"},
                {15, 104, SIZE, "is itself based on another file"},
                {8, 1, SIZE, "is itself based on another file"},
                {35, 2, SIZE, "is encrypted"},
                {7, 1, SIZE, "is of a version of qcow2 that nobody knows"},
                {7, 4, SIZE, "is of a version of qcow2 that nobody knows"},
                {75, 0, 76, "ends within the header of a qcow2"},
        };
        const struct image_place place = {.directory = POOL, .volume = VOLUME};

        (void)state;
        for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
                CLEANUP(text_done) struct text script = {0};
                CLEANUP(string_free) char *said = NULL, *is = NULL;
                char before = content[headers[i].at];
                struct image_config image = {.name = (char *)"i", .file = (char *)"/home/me/i"};
                size_t length;
                int status;

                clear();
                content[headers[i].at] = headers[i].byte;
                put(PART, content, headers[i].length);
                image.sha256 = is = sha256_hex(content, headers[i].length);
                content[headers[i].at] = before;
                image_add_finish(&script, &image, &place);
                status = finish(start(text_string(&script), AT "/out", AT "/err"));
                said = get(AT "/err", &length);
                if (status != !!headers[i].why || (headers[i].why && !strstr(said, headers[i].why)))
                        fail_msg("header %zu: status %d, and said: %s", i, status, said);
                assert_int_equal(size_of(PART), -1);
                assert_int_equal(size_of(FINAL), headers[i].why ? -1 : (long)headers[i].length);
        }
}

/* ---- the server ---- */

static unsigned serve(const char *certificate)
{
        char said[16] = "";
        int pipes[2];

        assert_int_equal(pipe(pipes), 0);
        if (fork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                dup2(pipes[1], 1);
                execlp("python3", "python3", "tests/integration/image_server.py", "127.0.0.1", SERVED, LOG,
                        certificate, (char *)NULL);
                _exit(126);
        }
        close(pipes[1]);
        assert_true(read(pipes[0], said, sizeof(said) - 1) > 0); /* until it listens */
        return (unsigned)strtoul(said, NULL, 10);
}

static int set_up(void **state)
{
        (void)state;
        if (unshare(CLONE_NEWNS) < 0 || mount("", "/", "", MS_REC | MS_PRIVATE, "") < 0 ||
                mount("tmpfs", AT, "tmpfs", 0, "size=16m") < 0 || mkdir(DISK, 0755) < 0 ||
                mount("tmpfs", DISK, "tmpfs", 0, "size=7m") < 0)
                return -1;
        for (size_t i = 0; i < SIZE; i++)
                content[i] = (char)(i * 2654435761U >> 13);
        memset(content, 0, HEADER);
        memcpy(content, "QFI\xfb\0\0\0\3", 8);
        sum = sha256_hex(content, SIZE);
        mkdir(SERVED, 0755);
        put(SERVED "/image", content, SIZE);
        put(SERVED "/large", "", 0);
        assert_int_equal(truncate(SERVED "/large", 64 << 20), 0);
        assert_int_equal(
                system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " AT
                       "/pem -out " AT "/crt -days 2 -subj /CN=127.0.0.1 2>" AT "/err && cat " AT "/crt >>" AT
                       "/pem"),
                0);
        port = serve(NULL);
        tls_port = serve(AT "/pem");
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        free(sum);
        return 0;
}

int main(void)
{
        struct CMUnitTest tests[sizeof(rows) / sizeof(rows[0]) + 5];
        size_t count = 0;

        for (; count < sizeof(rows) / sizeof(rows[0]); count++)
                tests[count] = (struct CMUnitTest) {.name = rows[count].name,
                        .test_func = test_row,
                        .initial_state = (void *)&rows[count]};
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_two_at_once);
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_killed_in_the_middle);
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_progress_is_told);
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_what_was_sent);
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_headers);
        return _cmocka_run_group_tests("image_fetch", tests, count, set_up, tear_down);
}
