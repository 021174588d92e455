/* Getting connected: host keys, logins, jumps, and servers that fail at every stage. */
#include "relay.h"

static struct sshd sshd, password_only;
static char *host_key, *second_key, *id, *stranger, *encrypted, *rsa, *known_hosts;

#define WAITED_MORE_MS 5000 /* a link keeps its own deadline */

/* Opens a link, waits for it, closes it. */
static int try_host(const struct host_config *host, int64_t limit_ms, struct error *error)
{
        struct link *link = link_open(links, host, deadline_in_ms(limit_ms));
        int result = link_wait(link, deadline_in_ms(limit_ms + WAITED_MORE_MS), error);

        link_close(link);
        return result;
}

/* ---- host keys --------------------------------------------------------------------------------------------- */

/* In the lines: %p is the port, %k the host's key, %o another one. */
struct host_key_row {
        const char *name;
        const char *lines;
        enum host_key_policy policy;
        const char *refusal; /* NULL: it connects */
        bool is_hashed;
};

static const struct host_key_row host_key_rows[] = {
        {.name = "the right key", .lines = "[127.0.0.1]:%p %k\n"},
        {.name = "the right key among others", .lines = "[127.0.0.1]:%p %o\n[127.0.0.1]:%p %k\n"},
        {.name = "the right key, hashed", .lines = "[127.0.0.1]:%p %k\n", .is_hashed = true},
        {.name = "a list of hosts", .lines = "other,[127.0.0.1]:%p %k\n"},
        {.name = "a pattern", .lines = "[127.0.0.*]:%p %k\n"},
        {.name = "a pattern that excludes it",
                .lines = "[127.0.0.*]:%p,![127.0.0.1]:%p %k\n",
                .refusal = "is not known"},
        {.name = "the name without the port, as ssh takes it", .lines = "127.0.0.1 %k\n"},
        {.name = "another key without the port says nothing",
                .lines = "127.0.0.1 %o\n",
                .refusal = "is not known"},
        {.name = "another port", .lines = "[127.0.0.1]:1 %k\n", .refusal = "is not known"},
        {.name = "a bad line before the right one", .lines = "nonsense\n\n# comment\n[127.0.0.1]:%p %k\n"},
        {.name = "an empty file", .lines = "", .refusal = "is not known"},
        {.name = "no file", .refusal = "is not known"},
        {.name = "another key", .lines = "[127.0.0.1]:%p %o\n", .refusal = "is not the known one"},
        {.name = "another key, under accept-new",
                .lines = "[127.0.0.1]:%p %o\n",
                .policy = HOST_KEY_ACCEPT_NEW,
                .refusal = "is not the known one"},
        {.name = "another key, hashed",
                .lines = "[127.0.0.1]:%p %o\n",
                .is_hashed = true,
                .refusal = "is not the known one"},
        {.name = "a revoked key", .lines = "@revoked [127.0.0.1]:%p %k\n", .refusal = "was revoked"},
        {.name = "a revoked key that is also known",
                .lines = "[127.0.0.1]:%p %k\n@revoked [127.0.0.1]:%p %k\n",
                .refusal = "was revoked"},
        {.name = "a key revoked everywhere",
                .lines = "[127.0.0.1]:%p %k\n@revoked * %k\n",
                .refusal = "was revoked"},
        {.name = "a revoked key, under accept-new",
                .lines = "@revoked * %k\n",
                .policy = HOST_KEY_ACCEPT_NEW,
                .refusal = "was revoked"},
        {.name = "another revoked key", .lines = "@revoked * %o\n[127.0.0.1]:%p %k\n"},
        {.name = "an authority is no host key", .lines = "@cert-authority * %k\n", .refusal = "is not known"},
        {.name = "an unknown key, under accept-new", .lines = "", .policy = HOST_KEY_ACCEPT_NEW},
        {.name = "no file, under accept-new", .policy = HOST_KEY_ACCEPT_NEW},
        {.name = "a file without a newline at its end, under accept-new",
                .lines = "other %o",
                .policy = HOST_KEY_ACCEPT_NEW},
};

static void write_known_hosts(const struct host_key_row *row)
{
        struct text text = {0};
        CLEANUP(string_free) char *old = string_format("%s.old", known_hosts);

        unlink(known_hosts);
        for (const char *c = row->lines; c && *c; c++) {
                if (c[0] == '%' && c[1] == 'p')
                        text_format(&text, "%u", sshd.port);
                else if (c[0] == '%' && c[1] == 'k')
                        text_add(&text, sshd.key);
                else if (c[0] == '%' && c[1] == 'o')
                        text_add(&text, second_key);
                else
                        text_add_n(&text, c, 1);
                c += *c == '%';
        }
        if (row->lines)
                write_file(known_hosts, 0600, text_string(&text));
        if (row->is_hashed)
                assert_int_equal(
                        run_program((const char *const[]) {"ssh-keygen", "-H", "-f", known_hosts, NULL}), 0);
        unlink(old);
        text_done(&text);
}

static void host_keys_are_judged_as_ssh_judges_them(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(host_key_rows) / sizeof(host_key_rows[0]); i++) {
                const struct host_key_row *row = &host_key_rows[i];
                struct host_config host = host_at("root", sshd.port, id, known_hosts);
                CLEANUP(error_done) struct error error = {0};
                int result;

                write_known_hosts(row);
                host.host_key_policy = row->policy;
                result = try_host(&host, 20000, &error);
                if (!row->refusal && result < 0)
                        fail_msg("%s: %s", row->name, error_text(&error));
                if (row->refusal && (result == 0 || error.kind != ERROR_REFUSED ||
                                            !strstr(error_text(&error), row->refusal)))
                        fail_msg("%s: %s", row->name, error_text(&error));
        }
}

static void an_accepted_key_is_pinned(void **state)
{
        struct host_config host = host_at("root", sshd.port, id, known_hosts);
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *content = NULL;
        struct stat status;

        (void)state;
        unlink(known_hosts);
        host.host_key_policy = HOST_KEY_ACCEPT_NEW;
        assert_int_equal(try_host(&host, 20000, &error), 0);
        content = read_file(known_hosts);
        assert_non_null(strstr(content, sshd.key));
        assert_int_equal(stat(known_hosts, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
        host.host_key_policy = HOST_KEY_STRICT;
        assert_int_equal(try_host(&host, 20000, &error), 0);
}

/* Nothing may be shown to a host that isn't the right one: the server sees no login. */
static void a_wrong_host_learns_nothing(void **state)
{
        const struct host_key_row wrong = {.lines = "[127.0.0.1]:%p %o\n"};
        struct host_config host = host_at("canary", sshd.port, id, known_hosts);
        CLEANUP(string_free) char *log_path = in_directory("sshd.log"), *log = NULL;
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        write_known_hosts(&wrong);
        assert_int_equal(try_host(&host, 20000, &error), -1);
        log = read_file(log_path);
        assert_null(strstr(log, "canary"));
}

/* ---- logins ------------------------------------------------------------------------------------------------ */

static void know_everybody(void)
{
        CLEANUP(string_free) char *text = string_format("* %s\n", sshd.key);

        write_file(known_hosts, 0600, text);
}

static void logins_that_fail_say_why(void **state)
{
        const struct {
                const char *name, *identity, *user;
                unsigned port;
                const char *words;
        } rows[] = {
                {"a key nobody knows", stranger, "root", sshd.port, "is not accepted"},
                {"an encrypted key without an agent", encrypted, "root", sshd.port, "is encrypted"},
                {"a key that isn't there", "/no/such/key", "root", sshd.port, "No such file"},
                {"a key that is none", known_hosts, "root", sshd.port, "is not a private key"},
                {"a key that is a directory", test_directory, "root", sshd.port, "is not a private key"},
                {"a user who isn't there", id, "nosuchuser", sshd.port, "is not accepted"},
                {"a server that takes passwords only", id, "root", password_only.port, "takes only password"},
        };

        (void)state;
        unsetenv("SSH_AUTH_SOCK");
        know_everybody();
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct host_config host = host_at(rows[i].user, rows[i].port, rows[i].identity, known_hosts);
                CLEANUP(error_done) struct error error = {0};

                print_message("    %s\n", rows[i].name);
                assert_int_equal(try_host(&host, 20000, &error), -1);
                assert_error(&error, ERROR_REFUSED, rows[i].words);
        }
}

/* A copy: the machine's own is set-group-ID, and such a program outlives us in spite of PR_SET_PDEATHSIG. */
static pid_t start_agent(const char *socket_path)
{
        CLEANUP(string_free) char *program = in_directory("ssh-agent");
        pid_t pid;

        assert_int_equal(run_program((const char *const[]) {"cp", "/usr/bin/ssh-agent", program, NULL}), 0);
        pid = fork();
        if (pid == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                fclose(stdout);
                execl(program, "ssh-agent", "-D", "-a", socket_path, NULL);
                _exit(127);
        }
        for (int i = 0; i < 200 && access(socket_path, F_OK) < 0; i++)
                poll(NULL, 0, 20);
        setenv("SSH_AUTH_SOCK", socket_path, 1);
        return pid;
}

static void stop_agent(pid_t pid)
{
        kill(pid, SIGTERM);
        waitpid(pid, NULL, 0);
        unsetenv("SSH_AUTH_SOCK");
}

/* libssh2 before 1.11 has RSA only with SHA-1, which no server takes or gives any more: the error says so. */
static void assert_rsa(const char *name, const struct host_config *host, enum error_kind kind)
{
        CLEANUP(error_done) struct error error = {0};
        int result = try_host(host, 20000, &error);

        print_message("    %s\n", name);
        if (strverscmp(link_library_version(), "1.11") >= 0 && result < 0)
                fail_msg("%s", error_text(&error));
        else if (strverscmp(link_library_version(), "1.11") < 0)
                assert_error(&error, kind, "(1.11 can)");
}

static void rsa_works_or_says_what_it_needs(void **state)
{
        CLEANUP(string_free)
        char *rsa_host = make_key("rsa_host", "rsa", ""), *path = in_directory("rsa_agent");
        CLEANUP(string_free) char *rsa_host_key = public_key(rsa_host);
        CLEANUP(string_free) char *also = string_format("HostKey %s", rsa_host);
        CLEANUP(string_free) char *known_rsa = in_directory("known_rsa");
        CLEANUP(string_free) char *line = string_format("* %s\n", rsa_host_key);
        struct sshd only = sshd_start("only_rsa", rsa_host, ""), both = sshd_start("both", host_key, also);
        struct host_config by_file = host_at("root", sshd.port, rsa, known_hosts);
        struct host_config by_agent = host_at("root", sshd.port, NULL, known_hosts);
        struct host_config of_only = host_at("root", only.port, id, known_rsa);
        struct host_config of_both = host_at("root", both.port, id, known_rsa);
        pid_t agent;

        (void)state;
        know_everybody();
        write_file(known_rsa, 0600, line);
        assert_rsa("a key in a file", &by_file, ERROR_REFUSED);
        agent = start_agent(path);
        assert_int_equal(run_program((const char *const[]) {"ssh-add", rsa, NULL}), 0);
        assert_rsa("a key of the agent's", &by_agent, ERROR_REFUSED);
        stop_agent(agent);
        assert_rsa("a host that has no other key", &of_only, ERROR_UNREACHABLE);
        assert_rsa("a host of which no other key is known", &of_both, ERROR_REFUSED);
        sshd_stop(&only);
        sshd_stop(&both);
}

static void the_agent_signs_for_a_key_we_cannot_read(void **state)
{
        CLEANUP(string_free) char *path = in_directory("agent");
        CLEANUP(string_free) char *askpass = NULL;
        struct host_config host = host_at("root", sshd.port, encrypted, known_hosts);
        CLEANUP(error_done) struct error error = {0};
        pid_t agent = start_agent(path);

        (void)state;
        know_everybody();
        askpass = in_directory("askpass");
        write_file(askpass, 0700, "#!/bin/sh\necho secret\n");
        setenv("SSH_ASKPASS", askpass, 1);
        setenv("SSH_ASKPASS_REQUIRE", "force", 1);
        assert_int_equal(run_program((const char *const[]) {"ssh-add", encrypted, NULL}), 0);
        if (try_host(&host, 20000, &error) < 0)
                fail_msg("%s", error_text(&error));
        host.identity = NULL; /* any key of the agent's */
        if (try_host(&host, 20000, &error) < 0)
                fail_msg("%s", error_text(&error));
        stop_agent(agent);
}

/* Listens, and never answers. */
static void an_agent_that_hangs_does_not_hang_us(void **state)
{
        CLEANUP(string_free) char *path = in_directory("hanging");
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        struct host_config silent = host_at("root", sshd.port, encrypted, known_hosts);
        struct host_config other = host_at("root", sshd.port, id, known_hosts);
        CLEANUP(error_done) struct error error = {0}, none = {0};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int64_t began = clock_now_ns();
        struct link *link;

        (void)state;
        know_everybody();
        strcpy(address.sun_path, path);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(fd, 4), 0);
        setenv("SSH_AUTH_SOCK", path, 1);
        link = link_open(links, &silent, deadline_in_s(30));
        assert_int_equal(try_host(&other, 20000, &none), 0); /* others go on meanwhile */
        assert_in_range((clock_now_ns() - began) / 1000000, 0, 4500);
        assert_int_equal(link_wait(link, deadline_in_s(20), &error), -1);
        assert_error(&error, ERROR_REFUSED, "did not answer within 5 s");
        link_close(link);
        close(fd);
        unsetenv("SSH_AUTH_SOCK");
}

/* ---- faults ------------------------------------------------------------------------------------------------ */

static void nobody_listens(void **state)
{
        struct host_config host = host_at("root", free_port(), id, known_hosts);
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        assert_int_equal(try_host(&host, 20000, &error), -1);
        assert_error(&error, ERROR_UNREACHABLE, "Connection refused");
}

static void a_name_that_does_not_exist(void **state)
{
        struct host_config host = host_at("root", 22, id, known_hosts);
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        strcpy(host.connect.host, "no-such-host.invalid");
        assert_int_equal(try_host(&host, 20000, &error), -1);
        assert_error(&error, ERROR_UNREACHABLE, "resolving no-such-host.invalid");
}

static void something_else_listens(void **state)
{
        struct host_config host = host_at("root", free_port(), id, known_hosts);
        CLEANUP(error_done) struct error error = {0};
        struct sockaddr_in address = {.sin_family = AF_INET,
                .sin_port = htons((uint16_t)host.connect.port),
                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), client;
        struct link *link;

        (void)state;
        assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(listener, 1), 0);
        link = link_open(links, &host, deadline_in_s(10));
        client = accept(listener, NULL, NULL);
        assert_true(write(client, "SSH-2.0-nonsense\r\n\1\2\3\4garbage garbage garbage\n", 47) == 47);
        close(client);
        close(listener);
        assert_int_equal(link_wait(link, deadline_in_s(10), &error), -1);
        assert_error(&error, ERROR_UNREACHABLE, NULL);
        link_close(link);
}

/* A server that takes one connection, says what it wants to, and closes it. */
struct doorman {
        int listener;
        const char *words;
        const char *
                closed; /* a file that exists from then on; NULL: it waits until the other side has closed, too */
        pthread_t thread;
};

static struct doorman doorman;

static void *turn_away(void *context)
{
        int client = accept4(doorman.listener, NULL, NULL, SOCK_CLOEXEC);
        char bytes[64];

        (void)context;
        if (write(client, doorman.words, strlen(doorman.words)) >= 0)
                shutdown(client, SHUT_WR);
        while (!doorman.closed && read(client, bytes, sizeof(bytes)) > 0)
                ;
        close(client);
        if (doorman.closed)
                write_file(doorman.closed, 0600, "");
        return NULL;
}

static void doorman_start(in_addr_t address, unsigned port, void *(*welcome)(void *context),
        const char *words, const char *closed)
{
        struct sockaddr_in at = {
                .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(address)};

        doorman = (struct doorman) {
                .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .words = words, .closed = closed};
        assert_int_equal(bind(doorman.listener, (struct sockaddr *)&at, sizeof(at)), 0);
        assert_int_equal(listen(doorman.listener, 1), 0);
        pthread_create(&doorman.thread, NULL, welcome, NULL);
}

static void doorman_stop(void)
{
        pthread_join(doorman.thread, NULL);
        close(doorman.listener);
}

/* What a server says in place of its banner is what the user has to know. */
static void a_server_that_turns_us_away_is_quoted(void **state)
{
        const struct {
                const char *says, *words;
        } rows[] = {
                {"Not allowed at this time\r\n", "saying \"Not allowed at this time\"; it keeps out for a "
                                                 "while who has failed to log in"},
                {"Exceeded MaxStartups\r\n", "saying \"Exceeded MaxStartups\"; too many"},
                {"closed on Sundays", "saying \"closed on Sundays\""},
                {"SSH-2.0-Ope", "lost"},
                {"", "the connection was lost while waiting for its SSH banner"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct host_config host = host_at("root", free_port(), id, known_hosts);
                CLEANUP(error_done) struct error error = {0};

                doorman_start(INADDR_LOOPBACK, host.connect.port, turn_away, rows[i].says, NULL);
                assert_int_equal(try_host(&host, 20000, &error), -1);
                assert_error(&error, ERROR_UNREACHABLE, rows[i].words);
                doorman_stop();
        }
}

/* How many bytes have come back from the server when these points are reached. */
static size_t bytes_until_keys, bytes_until_login, bytes_until_output;

static void learn(void)
{
        struct relay relay;
        struct error error = {0};
        struct host_config host;
        struct link *link;

        relay_start(&relay, sshd.port, RELAY_NONE, 0);
        host = host_at("root", relay.port, id, "/dev/null"); /* we go away when the keys are exchanged */
        assert_int_equal(try_host(&host, 20000, &error), -1);
        error_done(&error);
        bytes_until_keys = relay.passed;
        host.known_hosts = known_hosts;
        link = link_open(links, &host, deadline_in_s(20));
        assert_int_equal(link_wait(link, deadline_in_s(20), &error), 0);
        poll(NULL, 0, 300); /* what the server announces afterwards */
        bytes_until_login = relay.passed;
        free(output_of(link, "true"));
        bytes_until_output = relay.passed;
        link_close(link);
        relay_stop(&relay);
}

static void *talk_without_end(void *context)
{
        static char bytes[4096];
        int client = accept4(doorman.listener, NULL, NULL, SOCK_CLOEXEC);

        (void)context;
        for (size_t i = 0; i < sizeof(bytes); i += 2)
                memcpy(bytes + i, "y\n", 2);
        while (send(client, bytes, sizeof(bytes), MSG_NOSIGNAL) > 0)
                poll(NULL, 0,
                        1); /* valgrind runs one thread at a time, and this one isn't what is looked at */
        close(client);
        return NULL;
}

static void a_server_that_never_ends_talking_gives_no_banner(void **state)
{
        struct host_config host = host_at("root", free_port(), id, known_hosts);
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        doorman_start(INADDR_LOOPBACK, host.connect.port, talk_without_end, NULL, NULL);
        assert_int_equal(try_host(&host, patience_ms(4000), &error), -1);
        doorman_stop();
        assert_error(&error, ERROR_DEADLINE, "waiting for its SSH banner");
}

static void each_stage_may_fail(void **state)
{
        const struct {
                const char *name;
                size_t limit;
                const char *stalled; /* what the error says that it was waiting for */
        } rows[] = {
                {"before the banner", 0, "waiting for its SSH banner"},
                {"in the banner", 5, "waiting for its SSH banner"},
                {"in the key exchange", 100, "exchanging keys"},
                {"late in the key exchange", 1200, "exchanging keys"},
                {"in the login", bytes_until_keys + 20, "logging in"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                for (int is_cut = 0; is_cut < 2; is_cut++) {
                        CLEANUP(error_done) struct error error = {0};
                        struct host_config host;
                        struct relay relay;
                        int64_t began = clock_now_ns(), limit_ms = patience_ms(1500);

                        print_message("    %s, %s\n", is_cut ? "cut" : "stalled", rows[i].name);
                        relay_start(&relay, sshd.port, is_cut ? RELAY_CUT : RELAY_STALL, rows[i].limit);
                        host = host_at("root", relay.port, id, known_hosts);
                        assert_int_equal(try_host(&host, limit_ms, &error), -1);
                        assert_error(&error, is_cut ? ERROR_UNREACHABLE : ERROR_DEADLINE, rows[i].stalled);
                        if (is_cut)
                                assert_non_null(strstr(error.text, "the connection was lost while "));
                        assert_in_range((clock_now_ns() - began) / 1000000, 0, limit_ms + WAITED_MORE_MS - 1);
                        relay_stop(&relay);
                }
        }
}

static void a_command_may_be_lost_at_any_point(void **state)
{
        const struct {
                const char *name;
                size_t limit;
                enum error_kind stalled; /* what is to be ended there is a question that has no answer */
                int deadline_ms;         /* one that writes has to begin before, on a busy machine too */
        } rows[] = {
                {"when its channel is opened", bytes_until_login + 10, ERROR_DEADLINE, 1500},
                {"when it is started", bytes_until_login + 70, ERROR_DEADLINE, 1500},
                {"in its output", bytes_until_output + 2000, ERROR_UNREACHABLE, 6000},
        };
        const struct command command = {.script = "head -c 1000000 /dev/zero"};

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                for (int is_cut = 0; is_cut < 2; is_cut++) {
                        CLEANUP(error_done) struct error error = {0};
                        struct output output = {0};
                        struct host_config host;
                        struct relay relay;
                        struct link *link;
                        int64_t began;

                        print_message("    %s, %s\n", is_cut ? "cut" : "stalled", rows[i].name);
                        relay_start(&relay, sshd.port, is_cut ? RELAY_CUT : RELAY_STALL, rows[i].limit);
                        host = host_at("root", relay.port, id, known_hosts);
                        link = link_open(links, &host, deadline_in_s(20));
                        assert_int_equal(link_wait(link, deadline_in_s(20), &error), 0);
                        began = clock_now_ns();
                        assert_int_equal(link_run(link, &command, deadline_in_ms(rows[i].deadline_ms),
                                                 &output, &error),
                                -1);
                        assert_error(&error, is_cut ? ERROR_UNREACHABLE : rows[i].stalled,
                                is_cut || rows[i].stalled == ERROR_UNREACHABLE ? "lost" : NULL);
                        assert_in_range((clock_now_ns() - began) / 1000000, 0, rows[i].deadline_ms + 9000);
                        link_close(link);
                        relay_stop(&relay);
                }
        }
}

/* The server's process for this connection ends, as on a machine that goes down. */
static void a_killed_server_is_a_lost_connection(void **state)
{
        struct host_config host = host_at("root", sshd.port, id, known_hosts);
        const struct command command = {.script = "kill -KILL $PPID; sleep 20"};
        CLEANUP(error_done) struct error error = {0}, again = {0};
        struct output output = {0};
        struct link *link = link_open(links, &host, deadline_in_s(20));

        (void)state;
        assert_int_equal(link_run(link, &command, deadline_in_s(20), &output, &error), -1);
        assert_error(&error, ERROR_UNREACHABLE, "lost");
        assert_int_equal(link_run(link, &command, deadline_in_s(20), &output, &again), -1);
        assert_error(&again, ERROR_UNREACHABLE, "lost");
        link_close(link);
}

/* ---- ways -------------------------------------------------------------------------------------------------- */

/* An ssh that reads a configuration of the test's: only `ssh -G` is ever run. And another I/O thread, because one
 * doesn't ask again what it knows. */
static void configure(const char *format, ...)
{
        CLEANUP(string_free) char *bin = in_directory("path"), *ssh = in_directory("path/ssh"), *text = NULL;
        CLEANUP(string_free) char *config = in_directory("ssh_config"), *script = NULL, *path = NULL;
        struct error error = {0};
        va_list arguments;

        va_start(arguments, format);
        text = string_vformat(format, arguments);
        va_end(arguments);
        mkdir(bin, 0755);
        write_file(config, 0600, text);
        script = string_format("#!/bin/sh\nexec /usr/bin/ssh -F %s \"$@\"\n", config);
        write_file(ssh, 0755, script);
        path = string_format("%s:/usr/sbin:/usr/bin:/sbin:/bin", bin);
        setenv("PATH", path, 1);
        links_stop(links);
        assert_int_equal(links_start(&links, &error), 0);
}

static void assert_way(const char *name)
{
        struct host_config host = host_at("", 0, NULL, NULL);
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *out = NULL;
        struct link *link;

        strcpy(host.connect.host, name);
        link = link_open(links, &host, deadline_in_s(20));
        if (link_wait(link, deadline_in_s(20), &error) < 0)
                fail_msg("%s: %s", name, error_text(&error));
        out = output_of(link, "echo $SSH_CONNECTION; head -c 300000 /dev/zero | cksum");
        assert_non_null(strstr(out, "300000"));
        link_close(link);
}

static void the_configuration_leads_to_the_host(void **state)
{
        struct sshd second = sshd_start("second", host_key, "");

        (void)state;
        know_everybody();
        configure("Host *\n IdentityFile %s\n UserKnownHostsFile %s\n User root\n"
                  "Host plain 127.0.0.9\n HostName 127.0.0.1\n Port %u\n"
                  "Host hop\n HostName 127.0.0.1\n Port %u\n"
                  "Host jumped\n HostName 127.0.0.1\n Port %u\n ProxyJump hop\n"
                  "Host twice\n HostName 127.0.0.1\n Port %u\n ProxyJump hop,jumped\n"
                  "Host command\n HostName 127.0.0.1\n Port %u\n ProxyCommand socat - TCP:%%h:%%p\n"
                  "Host broken\n ProxyCommand echo no way >&2; exit 1\n"
                  "Host loop\n ProxyJump loop\n",
                id, known_hosts, sshd.port, second.port, sshd.port, second.port, sshd.port);
        assert_way("plain");
        assert_way("127.0.0.9"); /* what was begun on a guess is taken back */
        assert_way("jumped");
        assert_way("twice");
        assert_way("command");
        sshd_stop(&second);
}

/* The server at the address closed the connection before it was known that the configuration leads to another. */
static void a_guess_that_was_turned_away_is_no_failure(void **state)
{
        CLEANUP(string_free)
        char *closed = in_directory("closed"), *ssh = in_directory("path/ssh"), *script = NULL;
        struct host_config host = host_at("root", sshd.port, id, known_hosts);
        CLEANUP(error_done) struct error error = {0};

        (void)state;
        know_everybody();
        configure("Host 127.0.0.9\n HostName 127.0.0.1\n");
        script = string_format("#!/bin/sh\nwhile [ ! -e %s ]; do sleep 0.01; done\n"
                               "exec /usr/bin/ssh -F %s/ssh_config \"$@\"\n",
                closed, test_directory);
        write_file(ssh, 0755, script);
        doorman_start(0x7f000009, sshd.port, turn_away, "not here\r\n", closed);
        strcpy(host.connect.host, "127.0.0.9");
        if (try_host(&host, 20000, &error) < 0)
                fail_msg("%s", error_text(&error));
        doorman_stop();
}

static void ways_that_lead_nowhere(void **state)
{
        const struct {
                const char *name, *words;
        } rows[] = {{"broken", "no way"}, {"loop", "jumphost loop"}, {"ping", "more than 8 jumps"},
                {"nohop", "Connection refused"}};

        (void)state;
        configure("Host broken\n ProxyCommand sh -c 'echo no way >&2; exit 1'\n"
                  "Host loop\n ProxyJump loop\n"
                  "Host ping\n ProxyJump pong\nHost pong\n ProxyJump ping\n"
                  "Host nohop\n ProxyJump 127.0.0.1:%u\n",
                free_port());
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct host_config host = host_at("", 0, NULL, NULL);
                CLEANUP(error_done) struct error error = {0};

                strcpy(host.connect.host, rows[i].name);
                assert_int_equal(try_host(&host, 20000, &error), -1);
                if (!strstr(error_text(&error), rows[i].words))
                        fail_msg("%s: %s", rows[i].name, error_text(&error));
        }
}

static void forty_links_at_once(void **state)
{
        struct host_config host = host_at("root", sshd.port, id, known_hosts);
        struct link *opened[40];

        (void)state;
        know_everybody();
        for (int i = 0; i < 40; i++)
                opened[i] = link_open(links, &host, deadline_in_s(60));
        for (int i = 0; i < 40; i++) {
                struct error error = {0};

                if (link_wait(opened[i], deadline_in_s(60), &error) < 0)
                        fail_msg("%d: %s", i, error_text(&error));
        }
        for (int i = 0; i < 40; i++) {
                free(output_of(opened[i], "true"));
                link_close(opened[i]);
        }
}

/* Closed at whatever it is doing. */
static void a_link_may_be_closed_at_any_moment(void **state)
{
        struct host_config host = host_at("root", sshd.port, id, known_hosts);

        (void)state;
        for (int ms = 0; ms < 200; ms += 7) {
                struct link *link = link_open(links, &host, deadline_in_s(20));

                poll(NULL, 0, ms);
                link_close(link);
        }
}

static int set_up(void **state)
{
        CLEANUP(string_free) char *second = make_key("other", "ed25519", "");
        CLEANUP(string_free) char *authorized = in_directory("authorized_keys"), *keys = NULL;
        struct error error = {0};

        (void)state;
        host_key = make_key("host", "ed25519", "");
        second_key = public_key(second);
        id = make_key("id", "ed25519", "");
        stranger = make_key("stranger", "ed25519", "");
        encrypted = make_key("encrypted", "ed25519", "secret");
        rsa = make_key("rsa", "rsa", "");
        known_hosts = in_directory("known_hosts");
        {
                CLEANUP(string_free)
                char *a = public_key(id), *b = public_key(encrypted), *c = public_key(rsa);

                keys = string_format("%s\n%s\n%s\n", a, b, c);
                write_file(authorized, 0644, keys);
        }
        sshd = sshd_start("sshd", host_key, "");
        password_only = sshd_start("password", host_key,
                "PubkeyAuthentication no\nPasswordAuthentication yes\nPermitRootLogin yes\n"
                "KbdInteractiveAuthentication no");
        assert_int_equal(links_start(&links, &error), 0);
        know_everybody();
        learn();
        return 0;
}

static int tear_down(void **state)
{
        char **const strings[] = {&host_key, &second_key, &id, &stranger, &encrypted, &rsa, &known_hosts};

        (void)state;
        links_stop(links);
        sshd_stop(&sshd);
        sshd_stop(&password_only);
        for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
                string_free(strings[i]);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(host_keys_are_judged_as_ssh_judges_them),
                cmocka_unit_test(an_accepted_key_is_pinned),
                cmocka_unit_test(a_wrong_host_learns_nothing),
                cmocka_unit_test(logins_that_fail_say_why),
                cmocka_unit_test(rsa_works_or_says_what_it_needs),
                cmocka_unit_test(the_agent_signs_for_a_key_we_cannot_read),
                cmocka_unit_test(an_agent_that_hangs_does_not_hang_us),
                cmocka_unit_test(nobody_listens),
                cmocka_unit_test(a_name_that_does_not_exist),
                cmocka_unit_test(something_else_listens),
                cmocka_unit_test(a_server_that_turns_us_away_is_quoted),
                cmocka_unit_test(a_server_that_never_ends_talking_gives_no_banner),
                cmocka_unit_test(each_stage_may_fail),
                cmocka_unit_test(a_command_may_be_lost_at_any_point),
                cmocka_unit_test(a_killed_server_is_a_lost_connection),
                cmocka_unit_test(forty_links_at_once),
                cmocka_unit_test(a_link_may_be_closed_at_any_moment),
                cmocka_unit_test(the_configuration_leads_to_the_host),
                cmocka_unit_test(a_guess_that_was_turned_away_is_no_failure),
                cmocka_unit_test(ways_that_lead_nowhere),
        };

        if (begin_tests() < 0)
                return 0;
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
