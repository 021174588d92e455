/* What is made of ssh's configuration for several hosts, against what `ssh -G` itself says about each of them: with
 * configurations that tell hosts apart, and with such that don't.
 *
 * The real ssh, with a home and an /etc/ssh of the test's in a mount namespace. In front of it in PATH stands this
 * very program, which notes that ssh was run, and runs it. */
#include "sshd.h"

#include <semaphore.h>

#include "link/config_reader.h"

#define SSH   "/usr/bin/ssh"
#define HOSTS 3

struct row {
        const char *name;
        const char *user;                        /* ~/.ssh/config; NULL: there is none */
        const char *system;                      /* /etc/ssh/ssh_config; NULL: there is none */
        const char *included;                    /* /etc/ssh/ssh_config.d/a.conf; NULL: there is none */
        int runs;                                /* of ssh, for three hosts */
        struct config_question questions[HOSTS]; /* {0}: root at host1, host2, host3 */
};

#define ONE   1         /* for all */
#define EACH  HOSTS     /* a scout finds that each must ask */
#define AGAIN HOSTS + 1 /* a scout fails, and asks once more */

#define DEBIAN \
        "Include /etc/ssh/ssh_config.d/*.conf\n\nHost *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n"

/* systemd 256 and later link this into /etc/ssh/ssh_config.d. */
#define SYSTEMD                                                                                    \
        "# Allow connecting to the local host directly via \".host\"\n"                            \
        "Host .host machine/.host\n        ProxyCommand /usr/lib/systemd/systemd-ssh-proxy a %p\n" \
        "        ProxyUseFdpass yes\n\nHost unix/* vsock/* machine/*\n"                            \
        "        ProxyCommand /usr/lib/systemd/systemd-ssh-proxy %h %p\n        CheckHostIP no\n"  \
        "        UserKnownHostsFile /dev/null\n"

static const struct row rows[] = {
        /* Nothing tells hosts apart. */
        {.name = "no files", .runs = ONE},
        {.name = "empty files", .user = "", .system = "", .runs = ONE},
        {.name = "Debian's own file", .system = DEBIAN, .runs = ONE},
        {.name = "an Include that finds options",
                .system = DEBIAN,
                .included = "User somebody\nPort 2222\n",
                .runs = ONE},
        {.name = "an Include that finds an Include",
                .system = DEBIAN,
                .included = "Include /etc/ssh/none/*.conf none\n",
                .runs = ONE},
        {.name = "systemd's file", .system = DEBIAN, .included = SYSTEMD, .runs = ONE},
        {.name = "options without a block",
                .user = "User u\nPort 23\nIdentityFile ~/.ssh/a\nIdentityFile /b\nIdentitiesOnly yes\n"
                        "ConnectTimeout 7\nServerAliveInterval 9\nAddressFamily inet6\nIdentityAgent "
                        "~/agent\n"
                        "HostKeyAlias alias\nUserKnownHostsFile /a \"/b\"\nGlobalKnownHostsFile /c\n",
                .runs = ONE},
        {.name = "blocks for everybody",
                .user = "Host *\nUser u\nhost=*\nPort 23\nHOST = *\nUser v\n\t Host \t * \t\nConnectTimeout "
                        "3\n",
                .system = DEBIAN,
                .runs = ONE},
        {.name = "comments about hosts",
                .user = "# Host host2\n  #Port %p\n\n# Match \"\nUser u\n",
                .runs = ONE},
        {.name = "lines that end in CR LF",
                .user = "Host *\r\n  User u\r\n\r\n# Host host2\r\n",
                .runs = ONE},
        {.name = "a line that ends in a form feed", .user = "User u \f\nPort 23\n", .runs = ONE},
        {.name = "Match all", .user = "Match all\nUser u\n", .runs = ONE},
        {.name = "Match final all", .system = "Match final all\nUser u\n" DEBIAN, .runs = ONE},
        {.name = "a proxy that is the same for all", .user = "ProxyCommand nc proxy 22\n", .runs = ONE},
        {.name = "${} in a path", .user = "UserKnownHostsFile ${HOME}/known\n", .runs = ONE},
        {.name = "an option that ssh doesn't know",
                .user = "IgnoreUnknown NoSuchOption\nNoSuchOption host2\n",
                .runs = ONE},
        {.name = "addresses",
                .system = DEBIAN,
                .runs = ONE,
                .questions = {{"root", "10.0.0.1", 0}, {"root", "10.0.0.2", 0}, {"root", "fe80::1", 0}}},
        {.name = "a port and no user",
                .user = "User u\nPort 2222\n",
                .runs = ONE,
                .questions = {{"", "host1", 23}, {"", "host2", 23}, {"", "host3", 23}}},
        {.name = "another user and another port",
                .user = "User u\nPort 2222\n",
                .runs = 3,
                .questions = {{"root", "host1", 0}, {"", "host2", 0}, {"root", "host3", 23}}},
        {.name = "a name with capitals among them",
                .system = DEBIAN,
                .runs = 2,
                .questions = {{"root", "host1", 0}, {"root", "Host2", 0}, {"root", "host3", 0}}},
        {.name = "one host three times",
                .user = "Host *\n User u\n",
                .runs = ONE,
                .questions = {{"", "host1", 0}, {"", "host1", 0}, {"", "host1", 0}}},

        /* Something does. */
        {.name = "a block for a host",
                .user = "Host host2\n User u\n Port 23\n",
                .system = DEBIAN,
                .runs = EACH},
        {.name = "a block for a pattern", .user = "User v\nHost h*2 other\n Port 23\n", .runs = EACH},
        {.name = "a block for all but one", .user = "Host * !host2\n ConnectTimeout 3\n", .runs = EACH},
        {.name = "a block with an equals sign", .user = "Host=host2\n Port 23\n", .runs = EACH},
        {.name = "a block in capitals", .user = "HOST host2\n Port 23\n", .runs = EACH},
        {.name = "a block indented by tabs", .user = "\t\tHost\t\thost2\n Port 23\n", .runs = EACH},
        {.name = "a block in quotes", .user = "\"Host\" host2\n Port 23\n", .runs = EACH},
        {.name = "a block in odd quotes", .user = "Ho\"st\" host2\n Port 23\n", .runs = EACH},
        {.name = "a block for quoted hosts", .user = "Host \"host2\"\n Port 23\n", .runs = EACH},
        {.name = "a block with a comment behind it", .user = "Host * # all\n Port 23\n", .runs = EACH},
        {.name = "a block, lines ending in CR LF", .user = "Host host2\r\n Port 23\r\n", .runs = EACH},
        {.name = "a block in the machine's file", .system = DEBIAN "Host host2\n Port 23\n", .runs = EACH},
        {.name = "a block in an included file",
                .system = DEBIAN,
                .included = "Host host2\n Port 23\n",
                .runs = EACH},
        {.name = "a block in a file that the user's includes",
                .user = "Include ~/.ssh/mo?e\n",
                .system = DEBIAN,
                .runs = EACH},
        {.name = "a block in a file included in a block",
                .user = "Host *\n User u\n Include more\n",
                .runs = EACH},
        {.name = "a block for hosts and for what is none",
                .user = "Host unix/* host2 .host\n Port 23\n",
                .runs = EACH},
        {.name = "a block behind one for what is no host",
                .user = "Host unix/* .host\n Port 24\nHost host2\n Port 23\n",
                .runs = EACH},
        {.name = "what is no host after all",
                .system = DEBIAN,
                .included = SYSTEMD,
                .runs = HOSTS,
                .questions = {{"root", ".host", 0}, {"root", "unix/run", 0}, {"root", "machine/.host", 0}}},
        {.name = "Match host", .user = "Match host host2\n Port 23\n", .runs = EACH},
        {.name = "Match originalhost", .user = "Match originalhost host2\n Port 23\n", .runs = EACH},
        {.name = "Match exec", .user = "Match exec \"test %h = host2\"\n Port 23\n", .runs = EACH},
        {.name = "Match user", .user = "Match user root\n Port 23\n", .runs = EACH},
        {.name = "Match final host", .user = "Match final host host2\n Port 23\n", .runs = EACH},
        {.name = "another name for all", .user = "HostName host9\n", .runs = EACH},
        {.name = "a name in a domain", .user = "Host *\n HostName %h.example\n", .runs = EACH},
        {.name = "names made canonical", .user = "CanonicalizeHostname yes\n", .runs = EACH},
        {.name = "a file of known hosts for each",
                .user = "UserKnownHostsFile ~/.ssh/known_%h\n",
                .runs = EACH},
        {.name = "a file of known hosts by key", .user = "UserKnownHostsFile /k/%k /n/%n\n", .runs = EACH},
        {.name = "a key for each", .user = "IdentityFile ~/.ssh/%h-%r\nUser u\n", .runs = EACH},
        {.name = "an agent for each", .user = "IdentityAgent /run/%h\n", .runs = EACH},
        {.name = "a proxy that is told the host", .user = "ProxyCommand nc proxy %h %p\n", .runs = EACH},
        {.name = "a jump", .user = "ProxyJump jump\n", .runs = EACH},
        {.name = "a jump to one of them",
                .user = "ProxyJump root@host2\n",
                .runs = EACH}, /* about which ssh complains, and only then */
        {.name = "a jump to the first of them", .user = "ProxyJump root@host1\n", .runs = AGAIN},
        {.name = "an option that is wrong", .user = "NoSuchOption yes\n", .runs = AGAIN},
        {.name = "a keyword without anything", .user = "Host\n", .runs = AGAIN},
};

/* ---- the world ------------------------------------------------------------------------------------------- */

static char *counter;

/* In front of ssh: this program under another name. */
static int run_ssh(char **argv)
{
        int fd = open(getenv("SSH_COUNTER"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

        if (fd < 0 || write(fd, ".", 1) != 1)
                return 126;
        execv(SSH, argv);
        return 127;
}

static void write_or_remove(const char *path, const char *content)
{
        unlink(path);
        if (content)
                write_file(path, 0600, content);
}

static void configure(const struct row *row)
{
        CLEANUP(string_free) char *user = in_directory("home/.ssh/config");
        CLEANUP(string_free) char *included = in_directory("etc/ssh_config.d/a.conf");
        CLEANUP(string_free) char *system = in_directory("etc/ssh_config");

        write_or_remove(user, row->user);
        write_or_remove(system, row->system);
        write_or_remove(included, row->included);
        unlink(counter);
}

static int ssh_runs(void)
{
        CLEANUP(string_free) char *points = read_file(counter);

        return (int)strlen(points);
}

/* ---- both ways of asking --------------------------------------------------------------------------------- */

struct answer {
        struct ssh_config config;
        struct error error;
        sem_t *arrived;
};

static void answer_done(struct answer *answer)
{
        ssh_config_done(&answer->config);
        error_done(&answer->error);
}

static void take_answer(void *context, struct ssh_config *config, const struct error *error)
{
        struct answer *answer = context;

        if (config) {
                answer->config = *config;
                *config = (struct ssh_config) {0};
        } else {
                error_set(&answer->error, error->kind, "%s", error_text(error));
        }
        sem_post(answer->arrived);
}

struct asking {
        struct config_reader *reader;
        const struct config_question *questions;
        struct answer *answers;
        struct config_request *requests[HOSTS];
        int cancelled; /* which; HOSTS: none */
};

static void ask(void *context)
{
        struct asking *asking = context;

        for (int i = 0; i < HOSTS; i++)
                asking->requests[i] = config_reader_ask(
                        asking->reader, &asking->questions[i], take_answer, &asking->answers[i]);
}

static void cancel(void *context)
{
        struct asking *asking = context;

        config_request_cancel(asking->requests[asking->cancelled]);
}

static void nothing(void *context)
{
        (void)context;
}

/* All hosts at once, as a fleet does; of one of them it doesn't want to know in the end. */
static void ask_reader(const struct config_question *questions, struct answer *answers, int cancelled)
{
        struct asking asking = {.questions = questions, .answers = answers, .cancelled = cancelled};
        struct error error = {0};
        struct loop *loop;
        sem_t arrived;

        sem_init(&arrived, 0, 0);
        for (int i = 0; i < HOSTS; i++)
                answers[i].arrived = &arrived;
        assert_int_equal(loop_start(nothing, NULL, &loop, &error), 0);
        asking.reader = config_reader_new(loop);
        loop_call(loop, ask, &asking);
        if (cancelled < HOSTS)
                loop_call(loop, cancel, &asking);
        for (int i = 0; i < (cancelled < HOSTS ? HOSTS - 1 : HOSTS); i++)
                sem_wait(&arrived);
        loop_stop(loop);
        config_reader_free(asking.reader);
        sem_destroy(&arrived);
}

/* ssh itself about one host. */
static void ask_ssh(const struct config_question *question, struct answer *answer)
{
        CLEANUP(string_free) char *user = *question->user ? string_format("-l %s", question->user) : NULL;
        CLEANUP(string_free) char *port = question->port ? string_format("-p %u", question->port) : NULL;
        CLEANUP(string_free)
        char *command = string_format("%s -G %s %s -- %s 2>/dev/null </dev/null", SSH, user ? user : "",
                port ? port : "", question->host);
        CLEANUP(text_done) struct text printed = {0};
        FILE *pipe = popen(command, "re");
        char bytes[4096];
        size_t count;

        assert_non_null(pipe);
        while ((count = fread(bytes, 1, sizeof(bytes), pipe)) > 0)
                text_add_n(&printed, bytes, count);
        pclose(pipe);
        ssh_config_parse(text_string(&printed), question->host, &answer->config, &answer->error);
}

/* A configuration in words, for comparing. */
static char *describe(const struct answer *answer)
{
        const struct ssh_config *config = &answer->config;
        CLEANUP(string_free) char *identities = strings_join(&config->identities, " ");
        CLEANUP(string_free) char *known_hosts = strings_join(&config->known_hosts, " ");

        if (error_is_set(&answer->error))
                return string_copy("an error");
        return string_format(
                "%s@%s:%u identities %s only %d agent %s jump %s proxy %s known hosts %s, %zu the "
                "user's alias %s family %d connect %d alive %d",
                config->user, config->host_name, config->port, identities, config->identities_only,
                config->agent ? config->agent : "-", config->jump ? config->jump : "-",
                config->proxy_command ? config->proxy_command : "-", known_hosts, config->user_known_hosts,
                config->host_key_alias ? config->host_key_alias : "-", config->family, config->connect_s,
                config->alive_s);
}

static void compare(const char *name, const struct config_question *question, const struct answer *answer)
{
        CLEANUP(answer_done) struct answer truth = {0};
        CLEANUP(string_free) char *ours = describe(answer), *theirs = NULL;

        ask_ssh(question, &truth);
        theirs = describe(&truth);
        if (strcmp(ours, theirs) != 0)
                fail_msg("%s: %s:\nwe say  %s\nssh says %s", name, question->host, ours, theirs);
}

static const struct config_question three_hosts[HOSTS] = {
        {"root", "host1", 0}, {"root", "host2", 0}, {"root", "host3", 0}};

static void try_row(const struct row *row)
{
        const struct config_question *questions = row->questions[0].host ? row->questions : three_hosts;
        struct answer answers[HOSTS] = {0};
        int runs;

        configure(row);
        ask_reader(questions, answers, HOSTS);
        runs = ssh_runs();
        for (int i = 0; i < HOSTS; i++) {
                compare(row->name, &questions[i], &answers[i]);
                answer_done(&answers[i]);
        }
        if (runs != row->runs)
                fail_msg("%s: ssh was run %d times, not %d times", row->name, runs, row->runs);
}

/* ---- tests ----------------------------------------------------------------------------------------------- */

static void every_host_is_told_what_ssh_says(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                try_row(&rows[i]);
}

/* Others may write it: ssh refuses such a file. */
static void an_unsafe_file_is_everybodys_error(void **state)
{
        CLEANUP(string_free) char *user = in_directory("home/.ssh/config");
        struct answer answers[HOSTS] = {0};

        (void)state;
        configure(&(const struct row) {.user = "User u\n"});
        chmod(user, 0666);
        ask_reader(three_hosts, answers, HOSTS);
        assert_int_equal(ssh_runs(), AGAIN);
        for (int i = 0; i < HOSTS; i++) {
                assert_error(&answers[i].error, ERROR_CONFIG, "Bad owner or permissions");
                answer_done(&answers[i]);
        }
}

/* Whoever is asked for all may be given up before it answers. */
static void the_first_host_may_go_away(void **state)
{
        const struct row row = {.system = DEBIAN};
        struct answer answers[HOSTS] = {0};

        (void)state;
        for (int gone = 0; gone < HOSTS; gone++) {
                configure(&row);
                ask_reader(three_hosts, answers, gone);
                for (int i = 0; i < HOSTS; i++) {
                        if (i != gone)
                                compare("one goes away", &three_hosts[i], &answers[i]);
                        answer_done(&answers[i]);
                        answers[i] = (struct answer) {0};
                }
        }
}

/* It may do as it likes: here it gives one host another port. */
static void a_script_in_front_of_ssh_is_run_for_each(void **state)
{
        CLEANUP(string_free) char *before = string_copy(getenv("PATH"));
        CLEANUP(string_free) char *directory = in_directory("scripts"), *script = in_directory("scripts/ssh");
        CLEANUP(string_free) char *path = string_format("%s:%s", directory, before);
        struct answer answers[HOSTS] = {0};

        (void)state;
        configure(&(const struct row) {.system = DEBIAN});
        mkdir(directory, 0755);
        write_file(script, 0755,
                "#!/bin/sh\ncase \"$*\" in *host2) set -- -p 23 \"$@\";; esac\nexec " SSH " \"$@\"\n");
        setenv("PATH", path, 1);
        ask_reader(three_hosts, answers, HOSTS);
        setenv("PATH", before, 1);
        for (int i = 0; i < HOSTS; i++) {
                assert_int_equal(answers[i].config.port, i == 1 ? 23 : 22);
                answer_done(&answers[i]);
        }
}

static int set_up(void **state)
{
        CLEANUP(string_free) char *etc = in_directory("etc"), *included = in_directory("etc/ssh_config.d");
        CLEANUP(string_free) char *passwd = in_directory("passwd"), *more = in_directory("home/.ssh/more");
        CLEANUP(string_free) char *user = in_directory("home/.ssh"), *bin = in_directory("bin");
        CLEANUP(string_free) char *ssh = in_directory("bin/ssh"), *home = in_directory("home");
        CLEANUP(string_free) char *path = string_format("%s:%s", bin, getenv("PATH"));
        char self[4096] = "";

        (void)state;
        mkdir(etc, 0755);
        mkdir(included, 0755);
        mkdir(bin, 0755);
        mkdir(user, 0700);
        chmod(home, 0755);
        write_file(more, 0600, "Host host2\n Port 24\n");
        if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 || symlink(self, ssh) < 0)
                return -1;
        counter = in_directory("runs");
        setenv("SSH_COUNTER", counter, 1);
        setenv("PATH", path, 1);
        setenv("HOME", home, 1);
        unsetenv("SSH_AUTH_SOCK");
        if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0 ||
                mount(passwd, "/etc/passwd", "none", MS_BIND, NULL) < 0 ||
                mount(etc, "/etc/ssh", "none", MS_BIND, NULL) < 0)
                return -1;
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        free(counter);
        return 0;
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_host_is_told_what_ssh_says),
                cmocka_unit_test(an_unsafe_file_is_everybodys_error),
                cmocka_unit_test(the_first_host_may_go_away),
                cmocka_unit_test(a_script_in_front_of_ssh_is_run_for_each),
        };

        (void)argc;
        if (strcmp(argv[0], "ssh") == 0)
                return run_ssh(argv);
        if (begin_tests() < 0)
                return 0;
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
