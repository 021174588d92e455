/* What lies behind a machine: a second sshd that stands for a guest, ports that take connections or don't, and a web
 * server, all reached through a link. */
#include "sshd.h"

#include "means/http.h"

static struct sshd machine, guest;
static struct link *over_ssh, *local;
static char *id, *pinned, *wrong;
static struct host_config machine_host, local_host = {.name = (char[]) {"here"}, .connect.is_local = 1};
static unsigned closed_port, silent_port, web_port;

/* ---- servers ---- */

static int listen_at(const char *address_text, unsigned *ret_port)
{
        struct sockaddr_in address = {.sin_family = AF_INET};
        socklen_t length = sizeof(address);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        inet_pton(AF_INET, address_text, &address.sin_addr);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
        getsockname(fd, (struct sockaddr *)&address, &length);
        assert_int_equal(listen(fd, 16), 0);
        *ret_port = ntohs(address.sin_port);
        return fd;
}

/* Answers "GET /NUMBER" with that status, and then says a lot; "/garbage" with what is no HTTP. */
static void *serve(void *context)
{
        int listener = (int)(intptr_t)context, fd;

        while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
                char request[4096] = "", answer[256];
                int status = 0;

                if (recv(fd, request, sizeof(request) - 1, 0) > 0 && sscanf(request, "GET /%d", &status) == 1)
                        snprintf(answer, sizeof(answer),
                                "HTTP/1.1 %d Words\r\nLocation: /200\r\nContent-Length: 1000000\r\n\r\n",
                                status);
                else
                        snprintf(answer, sizeof(answer), "SSH-2.0-nonsense\r\n");
                send(fd, answer, strlen(answer), MSG_NOSIGNAL);
                for (int i = 0; status && i < 1000; i++)
                        if (send(fd, request, 1000, MSG_NOSIGNAL) < 0)
                                break;
                close(fd);
        }
        return NULL;
}

static int set_up(void **state)
{
        CLEANUP(string_free) char *machine_key = make_key("machine_key", "ed25519", "");
        CLEANUP(string_free) char *guest_key = make_key("guest_key", "ed25519", "");
        CLEANUP(string_free) char *keys = in_directory("authorized_keys"), *known = in_directory("known");
        CLEANUP(string_free) char *line = NULL, *pin = NULL, *public = NULL, *false_pin = NULL;
        struct error error = {0};
        pthread_t thread;

        (void)state;
        id = make_key("id", "ed25519", "");
        public = public_key(id);
        write_file(keys, 0644, public);
        machine = sshd_start("machine", machine_key, "");
        guest = sshd_start("guest", guest_key, "");
        line = string_format("[127.0.0.1]:%u %s\n", machine.port, machine.key);
        write_file(known, 0600, line);
        pinned = in_directory("pinned");
        pin = string_format("* %s\n", guest.key);
        write_file(pinned, 0600, pin);
        wrong = in_directory("wrong");
        false_pin = string_format("* %s\n", machine.key);
        write_file(wrong, 0600, false_pin);
        closed_port = free_port();
        listen_at("127.0.0.1", &silent_port);
        assert_int_equal(
                pthread_create(&thread, NULL, serve, (void *)(intptr_t)listen_at("127.0.0.1", &web_port)), 0);
        pthread_detach(thread);
        assert_int_equal(links_start(&links, &error), 0);
        machine_host = host_at("root", machine.port, id, STEAL(known));
        over_ssh = link_open(links, &machine_host, deadline_in_s(20));
        local = link_open(links, &local_host, deadline_in_s(20));
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        link_close(over_ssh);
        link_close(local);
        links_stop(links);
        sshd_stop(&machine);
        sshd_stop(&guest);
        free(machine_host.known_hosts);
        free(pinned);
        free(wrong);
        free(id);
        return 0;
}

/* ---- another link ---- */

static void a_guest_is_logged_in_to_with_its_own_key(void **state)
{
        struct host_config host = host_at("root", guest.port, id, pinned);
        struct link *link = link_open_through(*state, &host, deadline_in_s(20));
        CLEANUP(string_free) char *said = output_of(link, "echo $((6 * 7)) $(id -u)\n");

        assert_string_equal(said, "42 0\n");
        link_close(link);
}

static int try_guest(struct link *through, struct host_config *host, struct error *error)
{
        struct link *link = link_open_through(through, host, deadline_in_s(20));
        int result = link_wait(link, deadline_in_s(25), error);

        link_close(link);
        return result;
}

static void another_key_is_refused(void **state)
{
        struct host_config host = host_at("root", guest.port, id, wrong);
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(try_guest(*state, &host, &error), -1);
        assert_error(&error, ERROR_REFUSED, "is not the known one");
}

static void a_guest_that_isnt_there_is_not_waited_for(void **state)
{
        struct host_config host = host_at("root", closed_port, id, pinned);
        CLEANUP(error_done) struct error error = {0};
        int64_t began_ns = clock_now_ns();

        assert_int_equal(try_guest(*state, &host, &error), -1);
        assert_error(&error, ERROR_UNREACHABLE, NULL);
        assert_true(clock_now_ns() - began_ns < 10000000000);
}

static void a_lost_machine_takes_its_guests_along(void **state)
{
        struct host_config host = host_at("root", guest.port, id, pinned);
        struct link *through = link_open(links, &machine_host, deadline_in_s(20));
        struct link *link = link_open_through(through, &host, deadline_in_s(20));
        CLEANUP(string_free) char *said = output_of(link, "echo up\n");
        CLEANUP(string_free) char *pid = output_of(through, "echo $PPID\n");
        const struct command command = {.script = "sleep 60\n"};
        CLEANUP(error_done) struct error error = {0};
        struct running *running;
        struct output output;

        (void)state;
        assert_string_equal(said, "up\n");
        running = link_start(link, &command, deadline_in_s(30));
        /* The server's process for that connection, by a number of its own. */
        assert_int_equal(kill((pid_t)strtol(pid, NULL, 10), SIGKILL), 0);
        assert_int_equal(link_finish(running, &output, &error), -1);
        assert_error(&error, ERROR_UNREACHABLE, NULL);
        link_close(link);
        link_close(through);
}

/* ---- knocking ---- */

static void a_port_that_takes_connections_is_open(void **state)
{
        struct error error = {0};

        assert_int_equal(link_knock(*state, "127.0.0.1", silent_port, deadline_in_s(10), &error), 0);
        assert_int_equal(link_knock(*state, "localhost", silent_port, deadline_in_s(10), &error), 0);
}

static void a_port_that_takes_none_says_so(void **state)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *name = string_format("127.0.0.1 port %u: ", closed_port);

        assert_int_equal(link_knock(*state, "127.0.0.1", closed_port, deadline_in_s(10), &error), -1);
        assert_error(&error, ERROR_FAILED, name);
}

/* 192.0.2.0/24 is nobody's; whether its packets are dropped or refused, it must not take longer. Where they are dropped
 * sshd goes on trying, and meanwhile nothing else is opened on that connection: it has one of its own. */
static void a_port_that_never_answers_is_given_up(void **state)
{
        struct link *link =
                link_open(links, *state == local ? &local_host : &machine_host, deadline_in_s(20));
        CLEANUP(error_done) struct error error = {0};
        int64_t began_ns;

        assert_int_equal(link_wait(link, deadline_in_s(20), &error), 0);
        began_ns = clock_now_ns();
        assert_int_equal(link_knock(link, "192.0.2.1", 80, deadline_in_s(1), &error), -1);
        assert_true(clock_now_ns() - began_ns < 4000000000);
        link_close(link);
}

/* ---- HTTP ---- */

static void a_status_is_told_and_nothing_is_followed(void **state)
{
        static const unsigned statuses[] = {200, 204, 302, 404, 503};

        setenv("http_proxy", "http://127.0.0.1:1", 1);
        for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
                CLEANUP(string_free)
                char *url = string_format("http://127.0.0.1:%u/%u", web_port, statuses[i]);
                CLEANUP(error_done) struct error error = {0};
                unsigned status = 0;

                if (http_status(*state, url, deadline_in_s(10), &status, &error) < 0)
                        fail_msg("%s: %s", url, error_text(&error));
                assert_int_equal(status, statuses[i]);
        }
        unsetenv("http_proxy");
}

static const struct {
        const char
                *url; /* %p: the port of the web server, %c: one that is closed, %s: one that says nothing */
        const char *words;
} failures[] = {
        {"http://127.0.0.1:%c/", "port"},
        {"http://127.0.0.1:%s/", "no answer within"},
        {"http://127.0.0.1:%p/garbage", "doesn't speak HTTP: \"SSH-2.0-nonsense\""},
        {"https://127.0.0.1:%p/", "is no URL like"},
        {"ftp://127.0.0.1/", "is no URL like"},
        {"http://", "is no URL like"},
        {"http://127.0.0.1:%p", NULL},
        {"http://127.0.0.1:%p /x", "is no URL like"},
        {"http://127.0.0.1:/", "is no URL like"},
        {"http://127.0.0.1:8o/", "is no URL like"},
        {"http://[::1/", "is no URL like"},
        {"http://127.0.0.1:99999/", "is no URL like"},
};

static void what_is_no_answer_is_told(void **state)
{
        for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
                CLEANUP(error_done) struct error error = {0};
                CLEANUP(text_done) struct text url = {0};
                const int limit_s = strstr(failures[i].url, "%s")
                                            ? 2
                                            : 20; /* only who is silent is waited for to the end */
                unsigned status = 0;

                for (const char *c = failures[i].url; *c; c++) {
                        if (*c != '%')
                                text_add_n(&url, c, 1);
                        else
                                text_format(&url, "%u",
                                        *++c == 'p' ? web_port
                                        : *c == 'c' ? closed_port
                                                    : silent_port);
                }
                assert_int_equal(
                        http_status(*state, text_string(&url), deadline_in_s(limit_s), &status, &error), -1);
                assert_error(&error, ERROR_FAILED, failures[i].words);
        }
}

static int use_ssh(void **state)
{
        *state = over_ssh;
        return 0;
}

static int use_local(void **state)
{
        *state = local;
        return 0;
}

#define BOTH(test)                                           \
        {#test " (over SSH)", test, use_ssh, NULL, NULL},    \
        {                                                    \
#test " (here)", test, use_local, NULL, NULL \
        }

int main(void)
{
        const struct CMUnitTest tests[] = {
                BOTH(a_guest_is_logged_in_to_with_its_own_key),
                BOTH(another_key_is_refused),
                BOTH(a_guest_that_isnt_there_is_not_waited_for),
                cmocka_unit_test(a_lost_machine_takes_its_guests_along),
                BOTH(a_port_that_takes_connections_is_open),
                BOTH(a_port_that_takes_none_says_so),
                BOTH(a_port_that_never_answers_is_given_up),
                BOTH(a_status_is_told_and_nothing_is_followed),
                BOTH(what_is_no_answer_is_told),
        };

        if (begin_tests() < 0)
                return 0;
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
