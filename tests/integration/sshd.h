/* A real sshd on loopback for the tests of links: its own configuration, keys, accounts and directory.
 *
 * It sees accounts of its own, because it lives in a mount namespace with another /etc/passwd; nothing on the machine is
 * changed. Everything goes away with the test, also when that is killed: processes by PR_SET_PDEATHSIG, the
 * directory by a janitor that waits for the other end of its pipe to close. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "link/link.h"

/* Each test program uses what it needs. */
#define SHARED __attribute__((unused)) static

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* How long to wait for what never comes, if all before it takes half that long at most; more where all takes longer. */
SHARED int64_t patience_ms(int64_t limit_ms)
{
        return getenv("RUN_TESTS_VALGRIND") ? 4 * limit_ms : limit_ms;
}

/* libssh2 1.10 loses a few bytes with each new exchange of keys, and with a connection that ends within one. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
        return "leak:libssh2.so\n";
}

struct sshd {
        pid_t pid;
        unsigned port;
        char *key; /* the host key's public half, "ssh-ed25519 AAAA…" */
};

SHARED char test_directory[64];
SHARED struct links *links;

__attribute__((format(printf, 1, 2))) SHARED char *in_directory(const char *format, ...)
{
        CLEANUP(string_free) char *name = NULL;
        va_list arguments;

        va_start(arguments, format);
        name = string_vformat(format, arguments);
        va_end(arguments);
        return string_format("%s/%s", test_directory, name);
}

SHARED int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
        (void)status;
        (void)type;
        (void)ftw;
        return remove(path);
}

/* Waits until whoever has the pipe's other end is gone, however it went. */
SHARED void start_janitor(void)
{
        int ends[2];
        char byte;

        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        if (fork() == 0) {
                setsid();
                close(ends[1]);
                while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
                        ;
                nftw(test_directory, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
                _exit(0);
        }
        close(ends[0]); /* the other end is ours until we end */
}

SHARED void write_file(const char *path, mode_t mode, const char *content)
{
        FILE *file = fopen(path, "we");

        assert_non_null(file);
        fputs(content, file);
        fclose(file);
        chmod(path, mode);
}

SHARED char *read_file(const char *path)
{
        struct text text = {0};
        char bytes[4096];
        size_t count;
        FILE *file = fopen(path, "re");

        while (file && (count = fread(bytes, 1, sizeof(bytes), file)) > 0)
                text_add_n(&text, bytes, count);
        if (file)
                fclose(file);
        return text_take(&text);
}

/* Runs a program to its end; its output goes nowhere. */
SHARED int run_program(const char *const argv[])
{
        int status;
        pid_t pid = fork();

        if (pid == 0) {
                int null = open("/dev/null", O_RDWR);

                dup2(null, 0);
                dup2(null, 1);
                dup2(null, 2);
                execvp(argv[0], (char *const *)argv);
                _exit(127);
        }
        waitpid(pid, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A key pair NAME, NAME.pub in the test's directory; returns its path. */
SHARED char *make_key(const char *name, const char *type, const char *passphrase)
{
        char *path = in_directory("%s", name);

        assert_int_equal(run_program((const char *const[]) {"ssh-keygen", "-q", "-t", type, "-N", passphrase,
                                 "-C", name, "-f", path, NULL}),
                0);
        return path;
}

/* "ssh-ed25519 AAAA…" without the comment. */
SHARED char *public_key(const char *path)
{
        CLEANUP(string_free) char *file = string_format("%s.pub", path);
        char *key = read_file(file);
        char *space = strrchr(key, ' ');

        assert_non_null(space);
        *space = '\0';
        return key;
}

SHARED unsigned free_port(void)
{
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t length = sizeof(address);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
        getsockname(fd, (struct sockaddr *)&address, &length);
        close(fd);
        return ntohs(address.sin_port);
}

SHARED int connect_port(unsigned port)
{
        struct sockaddr_in address = {.sin_family = AF_INET,
                .sin_port = htons((uint16_t)port),
                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
                return fd;
        close(fd);
        return -1;
}

/* root, and "worker" (uid 12345, whose shell is the test's to write: DIRECTORY/shell). */
SHARED void make_accounts(void)
{
        CLEANUP(string_free) char *passwd = in_directory("passwd"), *shadow = in_directory("shadow");
        CLEANUP(string_free) char *shell = in_directory("shell"), *home = in_directory("home");
        CLEANUP(string_free)
        char *text = string_format("root:x:0:0:root:%s:/bin/sh\n"
                                   "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n"
                                   "nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n"
                                   "worker:x:12345:12345::%s:%s\n",
                home, home, shell);

        write_file(passwd, 0644, text);
        write_file(shadow, 0600, "root:*:19000:0:99999:7:::\nworker:*:19000:0:99999:7:::\n");
        write_file(shell, 0755, "#!/bin/sh\nexec /bin/sh \"$@\"\n");
        mkdir(home, 0777);
        chmod(home, 0777);
}

SHARED void enter_namespace(void)
{
        CLEANUP(string_free) char *passwd = in_directory("passwd"), *shadow = in_directory("shadow");

        if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0 ||
                mount(passwd, "/etc/passwd", "none", MS_BIND, NULL) < 0 ||
                mount(shadow, "/etc/shadow", "none", MS_BIND, NULL) < 0)
                _exit(126);
}

SHARED void wait_for_port(unsigned port)
{
        for (int i = 0; i < 1000; i++) {
                int fd = connect_port(port);

                if (fd >= 0) {
                        close(fd);
                        return;
                }
                poll(NULL, 0, 10);
        }
        fail_msg("sshd did not start");
}

/* sshd 9.8 and later keeps out for a while who fails to log in, as the tests do all the time. */
SHARED const char *no_penalties(const char *host_key)
{
        static const char line[] = "PerSourcePenalties no";

        mkdir("/run/sshd", 0755);
        return run_program((const char *const[]) {
                       "/usr/sbin/sshd", "-t", "-f", "/dev/null", "-h", host_key, "-o", line, NULL}) == 0
                       ? line
                       : "";
}

/* extra: more lines of sshd_config, which come first and so win. */
SHARED struct sshd sshd_start(const char *name, const char *host_key, const char *extra)
{
        struct sshd sshd = {.port = free_port(), .key = public_key(host_key)};
        CLEANUP(string_free) char *config = in_directory("%s.conf", name);
        CLEANUP(string_free) char *log = in_directory("%s.log", name);
        CLEANUP(string_free)
        char *text = string_format(
                "%s\n%s\nPort %u\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile "
                "%s/authorized_keys\n"
                "StrictModes no\nPidFile none\nUsePAM no\nMaxStartups 200\nLogLevel VERBOSE\n"
                "SetEnv PATH=%s/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
                extra, no_penalties(host_key), sshd.port, host_key, test_directory, test_directory);

        write_file(config, 0600, text);
        sshd.pid = fork();
        if (sshd.pid == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                enter_namespace();
                execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "-f", config, "-E", log, NULL);
                _exit(127);
        }
        wait_for_port(sshd.port);
        return sshd;
}

SHARED void sshd_stop(struct sshd *sshd)
{
        if (sshd->pid > 0) {
                kill(sshd->pid, SIGTERM);
                waitpid(sshd->pid, NULL, 0);
        }
        free(sshd->key);
        *sshd = (struct sshd) {0};
}

/* The directory, the accounts, the I/O thread. */
SHARED int begin_tests(void)
{
        if (geteuid() != 0) {
                printf("SKIP: sshd has to be started by root\n0 passed, 0 failed, 1 skipped\n");
                return -1;
        }
        signal(SIGPIPE, SIG_IGN);
        strcpy(test_directory, "/tmp/test-link-XXXXXX");
        if (!mkdtemp(test_directory))
                return -1;
        chmod(test_directory, 0755);
        start_janitor();
        make_accounts();
        return 0;
}

/* ---- what the tests say ---------------------------------------------------------------------------------- */

/* A host of host.conf. */
SHARED struct host_config host_at(
        const char *user, unsigned port, const char *identity, const char *known_hosts)
{
        struct host_config host = {
                .name = (char *)"lab", .identity = (char *)identity, .known_hosts = (char *)known_hosts};

        strcpy(host.connect.user, user);
        strcpy(host.connect.host, "127.0.0.1");
        host.connect.port = port;
        return host;
}

/* Runs a script on a link and returns what it wrote; fails the test on an error. */
SHARED char *output_of(struct link *link, const char *script)
{
        const struct command command = {.script = script};
        struct error error = {0};
        struct output output = {0};
        char *out;

        if (link_run(link, &command, deadline_in_s(30), &output, &error) < 0)
                fail_msg("%s: %s", script, error_text(&error));
        out = string_copy(text_string(&output.out));
        output_done(&output);
        return out;
}

/* The error is of this kind and says these words (NULL: whatever). */
SHARED void assert_error(const struct error *error, enum error_kind kind, const char *words)
{
        if (error->kind != kind || (words && !strstr(error_text(error), words)))
                fail_msg("expected %s with \"%s\", got %s: %s", error_kind_name(kind), words ? words : "",
                        error_kind_name(error->kind), error_text(error));
        if (strpbrk(error_text(error), "\n\r"))
                fail_msg("more than one line: %s", error_text(error));
}
