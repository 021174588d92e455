/* Streams over links: Unix sockets with and without a bridge, ports, private listeners. */
#include "sshd.h"

static struct sshd sshd, no_sockets;
static struct link *direct, *bridged, *local;
static struct host_config hosts[3];
static char *echo_path;
static unsigned echo_port;
static int echo_listeners[2];

/* ---- a server that says everything back until it has heard the end ------------------------------------------- */

static void *echo(void *context)
{
        int fd = (int)(intptr_t)context;
        char bytes[65536];
        ssize_t count;

        while ((count = read(fd, bytes, sizeof(bytes))) > 0)
                for (ssize_t sent = 0, more; sent < count; sent += more)
                        if ((more = send(fd, bytes + sent, (size_t)(count - sent), MSG_NOSIGNAL)) < 0)
                                goto out;
        send(fd, "<end>", 5, MSG_NOSIGNAL);
out:
        close(fd);
        return NULL;
}

static void *accept_all(void *context)
{
        int listener = *(int *)context, fd;

        while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
                pthread_t thread;

                pthread_create(&thread, NULL, echo, (void *)(intptr_t)fd);
                pthread_detach(thread);
        }
        return NULL;
}

static void start_echo(void)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        struct sockaddr_in port = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t length = sizeof(port);
        pthread_t thread;

        echo_path = in_directory("echo.sock");
        strcpy(address.sun_path, echo_path);
        echo_listeners[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(echo_listeners[0], (struct sockaddr *)&address, sizeof(address)), 0);
        echo_listeners[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(echo_listeners[1], (struct sockaddr *)&port, sizeof(port)), 0);
        getsockname(echo_listeners[1], (struct sockaddr *)&port, &length);
        echo_port = ntohs(port.sin_port);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(listen(echo_listeners[i], 64), 0);
                pthread_create(&thread, NULL, accept_all, &echo_listeners[i]);
                pthread_detach(thread);
        }
}

/* ---- the tests ----------------------------------------------------------------------------------------------- */

static char *read_all(int fd)
{
        struct text text = {0};
        char bytes[65536];
        ssize_t count;

        while ((count = read(fd, bytes, sizeof(bytes))) > 0)
                text_add_n(&text, bytes, (size_t)count);
        return text_take(&text);
}

static int open_echo(struct link *link)
{
        const char *const words[] = {"socat", "-t30", "-", NULL};
        CLEANUP(strings_done) struct strings bridge = {0};
        struct error error = {0};
        int fd = -1;

        strings_add(&bridge, words[0]);
        strings_add(&bridge, words[1]);
        strings_add(&bridge, words[2]);
        strings_take(&bridge, string_format("UNIX-CONNECT:%s", echo_path));
        assert_int_equal(link_open_socket(link, echo_path, &bridge, &fd, &error), 0);
        return fd;
}

static void assert_echoes(int fd)
{
        CLEANUP(string_free) char *said = NULL;

        assert_int_equal(write(fd, "hello", 5), 5);
        shutdown(fd, SHUT_WR);
        said = read_all(fd);
        assert_string_equal(said, "hello<end>");
        close(fd);
}

static void a_socket_is_reached(void **state)
{
        assert_echoes(open_echo(*state));
}

static void a_port_is_reached(void **state)
{
        struct error error = {0};
        int fd;

        assert_int_equal(link_open_tcp(*state, "127.0.0.1", echo_port, &fd, &error), 0);
        assert_echoes(fd);
}

static void twenty_streams_side_by_side(void **state)
{
        int fds[20];

        for (int i = 0; i < 20; i++)
                if (*state == bridged) /* each is a command there, and sshd allows ten of them */
                        fds[i] = i < 8 ? open_echo(*state) : -1;
                else
                        fds[i] = open_echo(*state);
        for (int i = 19; i >= 0; i--)
                if (fds[i] >= 0)
                        assert_echoes(fds[i]);
}

static void *write_much(void *context)
{
        int fd = (int)(intptr_t)context;
        char *bytes = memory_new(1, 20000000);

        memset(bytes, 'x', 20000000);
        for (size_t sent = 0; sent < 20000000;) {
                ssize_t count = write(fd, bytes + sent, 20000000 - sent);

                if (count <= 0)
                        break;
                sent += (size_t)count;
        }
        shutdown(fd, SHUT_WR);
        free(bytes);
        return NULL;
}

/* Nobody reads for a while: the writer is held back, and nothing is lost. */
static void a_slow_reader_is_waited_for(void **state)
{
        int fd = open_echo(*state);
        CLEANUP(string_free) char *said = NULL;
        pthread_t thread;

        pthread_create(&thread, NULL, write_much, (void *)(intptr_t)fd);
        poll(NULL, 0, 1000);
        free(output_of(*state, "echo others go on"));
        said = read_all(fd);
        pthread_join(thread, NULL);
        assert_int_equal(strlen(said), 20000005);
        close(fd);
}

static void a_socket_that_is_not_there(void **state)
{
        const char *const words[] = {"socat", "-", "UNIX-CONNECT:/no/such/socket"};
        const struct strings bridge = {.items = (char **)words, .count = 3};
        CLEANUP(string_free) char *why = NULL, *said = NULL;
        struct error error = {0};
        int fd;

        assert_int_equal(link_open_socket(*state, "/no/such/socket", &bridge, &fd, &error), 0);
        said = read_all(fd);
        assert_string_equal(said, "");
        for (int i = 0; i < 100 && !link_stream_error(*state, "/no/such/socket", &why); i++)
                poll(NULL, 0, 20);
        assert_non_null(why);
        assert_non_null(strstr(why, "No such file"));
        close(fd);
}

static void a_port_where_nobody_listens(void **state)
{
        CLEANUP(string_free) char *said = NULL, *why = NULL, *name = NULL;
        struct error error = {0};
        unsigned port = free_port();
        int fd;

        assert_int_equal(link_open_tcp(*state, "127.0.0.1", port, &fd, &error), 0);
        said = read_all(fd);
        assert_string_equal(said, "");
        name = string_format("127.0.0.1:%u", port);
        assert_true(link_stream_error(*state, name, &why));
        close(fd);
}

static int connect_path(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        strcpy(address.sun_path, path);
        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
                return fd;
        close(fd);
        return -1;
}

static void a_private_listener_leads_there(void **state)
{
        const char *path = NULL;
        struct error error = {0};
        struct stat status;

        assert_int_equal(link_listen_socket(*state, echo_path, NULL, &path, &error), 0);
        assert_echoes(connect_path(path));
        assert_echoes(connect_path(path));
        if (*state == local) {
                assert_string_equal(path, echo_path);
        } else {
                CLEANUP(string_free) char *directory = string_copy(path);

                assert_int_equal(stat(path, &status), 0);
                assert_int_equal(status.st_mode & 0777, 0600);
                *strrchr(directory, '/') = '\0';
                assert_int_equal(stat(directory, &status), 0);
                assert_int_equal(status.st_mode & 0777, 0700);
        }
}

/* Goes with the link, the directory with the last of them; what a crash left is removed by the next run. */
static void listeners_leave_nothing_behind(void **state)
{
        CLEANUP(string_free)
        char *runtime = in_directory("run"), *leftover = in_directory("run/provision-link.crash1");
        CLEANUP(string_free)
        char *old_socket = string_format("%s/socket.0", leftover), *copy = NULL, *directory = NULL;
        const char *path = NULL;
        struct error error = {0};
        struct links *own;
        struct link *link;

        (void)state;
        mkdir(runtime, 0700);
        mkdir(leftover, 0700);
        write_file(old_socket, 0600, "");
        setenv("XDG_RUNTIME_DIR", runtime, 1);
        assert_int_equal(links_start(&own, &error), 0);
        link = link_open(own, &hosts[0], deadline_in_s(20));
        assert_int_equal(link_listen_socket(link, echo_path, NULL, &path, &error), 0);
        assert_int_equal(access(leftover, F_OK), -1);
        copy = string_copy(path);
        directory = string_copy(path);
        *strrchr(directory, '/') = '\0';
        assert_echoes(connect_path(path));
        link_close(link);
        assert_int_equal(access(copy, F_OK), -1);
        links_stop(own);
        assert_int_equal(access(directory, F_OK), -1);
        unsetenv("XDG_RUNTIME_DIR");
}

static void streams_end_with_the_link(void **state)
{
        struct error error = {0};
        struct link *link = link_open(links, &hosts[0], deadline_in_s(20));
        CLEANUP(string_free) char *rest = NULL;
        char bytes[5];
        int fd = open_echo(link);

        (void)state;
        assert_int_equal(write(fd, "hello", 5), 5);
        assert_int_equal(read(fd, bytes, 5), 5);
        assert_int_equal(link_wait(link, deadline_in_s(5), &error), 0);
        link_close(link);
        rest = read_all(fd);
        assert_string_equal(rest, "");
        close(fd);
}

/* Opened before the connection is there, which then fails. */
static void streams_of_a_link_that_never_comes_up(void **state)
{
        struct host_config host = host_at("root", free_port(), hosts[0].identity, hosts[0].known_hosts);
        struct link *link = link_open(links, &host, deadline_in_s(20));
        CLEANUP(string_free) char *said = NULL, *why = NULL;
        int fd = open_echo(link);

        (void)state;
        said = read_all(fd);
        assert_string_equal(said, "");
        assert_true(link_stream_error(link, echo_path, &why));
        assert_non_null(strstr(why, "Connection refused"));
        close(fd);
        link_close(link);
}

static int set_up(void **state)
{
        CLEANUP(string_free) char *host_key = make_key("host", "ed25519", "");
        CLEANUP(string_free) char *authorized = in_directory("authorized_keys"), *key = NULL, *line = NULL;
        char *id = make_key("id", "ed25519", ""), *known_hosts = in_directory("known_hosts");
        struct error error = {0};

        (void)state;
        key = public_key(id);
        write_file(authorized, 0644, key);
        sshd = sshd_start("sshd", host_key, "");
        no_sockets = sshd_start("no-sockets", host_key, "AllowStreamLocalForwarding no");
        line = string_format("* %s\n", sshd.key);
        write_file(known_hosts, 0644, line);
        start_echo();
        hosts[0] = host_at("root", sshd.port, id, known_hosts);
        hosts[1] = host_at("root", no_sockets.port, id, known_hosts);
        hosts[2] = (struct host_config) {.name = (char *)"here", .connect.is_local = 1};
        assert_int_equal(links_start(&links, &error), 0);
        direct = link_open(links, &hosts[0], deadline_in_s(20));
        bridged = link_open(links, &hosts[1], deadline_in_s(20));
        local = link_open(links, &hosts[2], deadline_in_s(20));
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        links_stop(links); /* closes them */
        sshd_stop(&sshd);
        sshd_stop(&no_sockets);
        free(hosts[0].identity);
        free(hosts[0].known_hosts);
        free(echo_path);
        return 0;
}

static int use_direct(void **state)
{
        *state = direct;
        return 0;
}

static int use_bridged(void **state)
{
        *state = bridged;
        return 0;
}

static int use_local(void **state)
{
        *state = local;
        return 0;
}

#define EACH(test)                                                            \
        {#test " (through sshd)", test, use_direct, NULL, NULL},              \
                {#test " (through a bridge)", test, use_bridged, NULL, NULL}, \
        {                                                                     \
#test " (here)", test, use_local, NULL, NULL                  \
        }

int main(void)
{
        const struct CMUnitTest tests[] = {
                EACH(a_socket_is_reached),
                EACH(a_port_is_reached),
                EACH(twenty_streams_side_by_side),
                EACH(a_slow_reader_is_waited_for),
                EACH(a_socket_that_is_not_there),
                EACH(a_port_where_nobody_listens),
                {"a_private_listener_leads_there (through sshd)", a_private_listener_leads_there, use_direct,
                        NULL, NULL},
                {"a_private_listener_leads_there (here)", a_private_listener_leads_there, use_local, NULL,
                        NULL},
                cmocka_unit_test(listeners_leave_nothing_behind),
                cmocka_unit_test(streams_end_with_the_link),
                cmocka_unit_test(streams_of_a_link_that_never_comes_up),
        };

        if (begin_tests() < 0)
                return 0;
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
