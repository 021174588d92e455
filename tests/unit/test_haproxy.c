/* haproxy's configuration: model to text and back, the forms that others write it in, and strings that mean harm. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>

#include "plan/haproxy.h"

/* ---- a model ---- */

static struct socket_address at(const char *text)
{
        struct socket_address address;
        CLEANUP(error_done) struct error error = {0};

        if (socket_address_parse(text, &address, &error) < 0)
                fail_msg("%s", error_text(&error));
        return address;
}

static void a_service(struct balanced_service *service, const char *name, const char *bind)
{
        *service = (struct balanced_service) {
                .name = string_copy(name),
                .check = {.interval_s = 5, .rise = 2, .fall = 3},
        };
        *array_add(&service->binds) = at(bind);
}

static void add_server(struct balanced_service *service, const char *name, const char *address)
{
        *array_add(&service->servers) = (struct balanced_server) {string_copy(name), at(address)};
}

static void set_check(
        struct balanced_service *service, enum health_check_kind kind, const char *path, unsigned status)
{
        service->check.kind = kind;
        service->check.path = string_copy(path);
        service->check.status = status;
}

static void api(struct balanced_service *service)
{
        a_service(service, "lab:api", "192.168.150.1:6443");
        *array_add(&service->binds) = at("[fd00:150::1]:6443");
        add_server(service, "control1", "192.168.150.21:6443");
        add_server(service, "control2", "[fd00:150::22]:6443");
        set_check(service, HEALTH_HTTPS, "/readyz", 200);
}

static void ingress(struct balanced_service *service)
{
        a_service(service, "lab:ingress", "0.0.0.0:443");
        *array_add(&service->binds) = at("[::]:443");
        add_server(service, "worker1", "192.168.150.31:443");
        set_check(service, HEALTH_HTTP, "/healthz/ready?a=b%20c&d='e'\"$HOME\"\\n#f", 204);
        service->check.port = 1936;
        service->check.interval_s = 300;
        service->check.rise = service->check.fall = 100;
}

static void plain(struct balanced_service *service)
{
        a_service(service, "lab:ssh", "127.0.0.1:22");
        service->mode = BALANCED_HTTP;
        add_server(service, "a", "10.0.0.1:65535");
}

static void (*const services[])(struct balanced_service *service) = {api, ingress, plain};

static void add(struct haproxy *haproxy, size_t i)
{
        CLEANUP(balanced_service_done) struct balanced_service service;

        services[i](&service);
        haproxy_add(haproxy, service.name, &service);
}

static char *write_all(const struct haproxy *haproxy)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *fingerprint = NULL;
        char *text = haproxy_write(haproxy, &fingerprint, &error);

        if (!text)
                fail_msg("%s", error_text(&error));
        assert_int_equal(strlen(fingerprint), HAPROXY_FINGERPRINT);
        assert_non_null(strstr(text, fingerprint));
        return text;
}

/* ---- there and back ---- */

static void test_what_is_written_is_read(void **state)
{
        CLEANUP(haproxy_done) struct haproxy wanted = {0}, found = {0};
        CLEANUP(string_free) char *text = NULL, *again = NULL;
        CLEANUP(strings_done) struct strings words = {0};

        (void)state;
        for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
                add(&wanted, i);
        text = write_all(&wanted);
        haproxy_read(text, &found);
        assert_int_equal(found.skipped.count, 0);
        assert_int_equal(found.services.count, wanted.services.count);
        for (size_t i = 0; i < found.services.count; i++) {
                const struct haproxy_service *service = &found.services.items[i];

                assert_string_equal(service->service.name, wanted.services.items[i].service.name);
                assert_int_equal(service->unmodelled.count, 0);
                balanced_service_differences(&wanted.services.items[i].service, &service->service, &words);
        }
        for (array_each(char *, word, &words))
                print_error("%s\n", *word);
        assert_int_equal(words.count, 0);
        again = write_all(&found);
        assert_string_equal(text, again);
}

static void test_what_is_written(void **state)
{
        static const char expected[] = "\nlisten lab:api\n"
                                       "\tmode tcp\n"
                                       "\tbind 192.168.150.1:6443\n"
                                       "\tbind [fd00:150::1]:6443\n"
                                       "\toption httpchk GET /readyz\n"
                                       "\thttp-check expect status 200\n"
                                       "\tdefault-server check check-ssl verify none inter 5s rise 2 fall 3\n"
                                       "\tserver control1 192.168.150.21:6443\n"
                                       "\tserver control2 [fd00:150::22]:6443\n"
                                       "\nlisten lab:ingress\n"
                                       "\tmode tcp\n"
                                       "\tbind 0.0.0.0:443\n"
                                       "\tbind [::]:443 v6only\n"
                                       "\toption httpchk GET "
                                       "'/healthz/ready?a=b%20c&d='\\''e'\\''\"$HOME\"\\n#f'\n"
                                       "\thttp-check expect status 204\n"
                                       "\tdefault-server check inter 300s rise 100 fall 100 port 1936\n"
                                       "\tserver worker1 192.168.150.31:443\n";
        CLEANUP(haproxy_done) struct haproxy wanted = {0};
        CLEANUP(string_free) char *text = NULL;

        (void)state;
        add(&wanted, 0);
        add(&wanted, 1);
        text = write_all(&wanted);
        assert_string_equal(strstr(text, "\nlisten "), expected);
        assert_null(strstr(strstr(text, "\nglobal") + 1, "\nglobal"));
}

static void test_the_fingerprint_is_of_the_text(void **state)
{
        CLEANUP(haproxy_done) struct haproxy one = {0}, other = {0};
        CLEANUP(string_free) char *text = NULL, *same = NULL, *differs = NULL;
        CLEANUP(string_free) char *first = NULL, *second = NULL, *third = NULL;
        struct error error = {0};

        (void)state;
        add(&one, 0);
        add(&other, 0);
        text = haproxy_write(&one, &first, &error);
        same = haproxy_write(&other, &second, &error);
        assert_true(text && same);
        assert_string_equal(text, same);
        assert_string_equal(first, second);
        other.services.items[0].service.check.fall = 4;
        differs = haproxy_write(&other, &third, &error);
        assert_non_null(differs);
        assert_string_not_equal(first, third);
}

/* ---- strings that mean harm ---- */

static const char *const hostile[] = {"", " ", "a b", "a\tb", "'", "''", "\"", "\\", "\\'", "a'b\"c\\d",
        "#no comment", "a#b", "$HOME", "\"$HOME\"", "${X}", "x\\ny", "'; server evil 1.2.3.4:1", "\xC3\xA4",
        "\xFF\xFE", "a\\", "\\\\", "~@%!*(){}|^`"};

static void test_hostile_words(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
                CLEANUP(text_done) struct text text = {0};
                CLEANUP(haproxy_line_done) struct haproxy_line line = {0};
                CLEANUP(error_done) struct error error = {0};
                bool has_control = strpbrk(hostile[i], "\t\n") != NULL;

                assert_int_equal(haproxy_add_word(&text, hostile[i], &error), has_control ? -1 : 0);
                if (has_control) {
                        assert_int_equal(error.kind, ERROR_CONFIG);
                        continue;
                }
                text_add(&text, " next # comment\nanother line");
                assert_string_equal(haproxy_split(text_string(&text), &line), "another line");
                assert_int_equal(line.words.count, 2);
                assert_string_equal(line.words.items[0].text, hostile[i]);
                assert_false(line.words.items[0].is_expanded);
                assert_string_equal(line.words.items[1].text, "next");
        }
}

static void refuses(void (*spoil)(struct balanced_service *service), const char *words)
{
        CLEANUP(haproxy_done) struct haproxy haproxy = {0};
        CLEANUP(error_done) struct error error = {0};
        char *fingerprint = NULL;

        add(&haproxy, 0);
        spoil(&haproxy.services.items[0].service);
        assert_null(haproxy_write(&haproxy, &fingerprint, &error));
        assert_null(fingerprint);
        if (!strstr(error_text(&error), words))
                fail_msg("%s: it doesn't say \"%s\"", error_text(&error), words);
}

static void hostile_name(struct balanced_service *service)
{
        string_replace(&service->name, "api\n\tserver evil 1.2.3.4:1");
}

static void hostile_server(struct balanced_service *service)
{
        string_replace(&service->servers.items[1].name, "a backup");
}

static void no_name(struct balanced_service *service)
{
        string_replace(&service->servers.items[0].name, "");
}

static void path_with_a_blank(struct balanced_service *service)
{
        string_replace(&service->check.path, "/readyz HTTP/1.1");
}

static void path_with_a_line(struct balanced_service *service)
{
        string_replace(&service->check.path, "/readyz\r\nHost: evil");
}

static void no_path(struct balanced_service *service)
{
        string_replace(&service->check.path, "readyz");
}

static void test_what_cannot_be_written(void **state)
{
        (void)state;
        refuses(hostile_name, "can't be a name");
        refuses(hostile_server, "\"a backup\" can't be a name");
        refuses(no_name, "\"\" can't be a name");
        refuses(path_with_a_blank, "is no path of an HTTP request");
        refuses(path_with_a_line, "is no path of an HTTP request");
        refuses(no_path, "\"readyz\" is no path");
}

/* ---- what others write ---- */

struct theirs {
        const char *name;
        const char *text;
        const char *found; /* "name@line binds [unmodelled]" and "-name@line why", a line each */
};

static void say(struct text *said, const struct haproxy *found)
{
        char words[SOCKET_TEXT];

        for (array_each(const struct haproxy_service, service, &found->services)) {
                CLEANUP(string_free) char *unmodelled = strings_join(&service->unmodelled, ", ");

                text_format(said, "%s@%u", service->service.name, service->line);
                for (array_each(const struct socket_address, bind, &service->service.binds))
                        text_format(said, " %s", socket_address_format(bind, words));
                text_format(said, " [%s]\n", unmodelled);
        }
        for (array_each(const struct haproxy_skipped, skipped, &found->skipped))
                text_format(said, "-%s@%u %s\n", skipped->name, skipped->line, skipped->why);
}

static const struct theirs theirs[] = {
        {"an empty file", "", ""},
        {"comments", "\n\n# nothing\n   # at all", ""},
        {"a backend alone",
                "global\n daemon\ndefaults\n mode http\n timeout connect 5s\nbackend b\n server a 1.2.3.4:80 "
                "check\n",
                ""},
        {"lines before any section", "words before any section\nbind :80\n", ""},
        {"a listen", "listen a\n bind :80\n server s 10.0.0.1:80 check inter 5000 rise 1 fall 2\n",
                "a@1 0.0.0.0:80 []\n"},
        {"lists of addresses", "listen a\n bind *:80,:81 , 10.0.0.1:82\n server s 10.0.0.1:80 check\n",
                "a@1 0.0.0.0:80 0.0.0.0:81 [bind … ,, bind … 10.0.0.1:82]\n"},
        {"an address beside the name", "listen a :80\n server s 10.0.0.1:80 check\n", "a@1 0.0.0.0:80 []\n"},
        {"families",
                "listen a\n bind ipv4@127.0.0.1:80\n bind ipv6@::1:80\n bind ::1:81\n bind [::1]:82\n bind "
                ":::83\n",
                "a@1 127.0.0.1:80 [::1]:80 [::1]:81 [::1]:82 [::]:83 [no check]\n"},
        {"a range, and TLS", "listen a\n bind 10.0.0.1:8000-8002 ssl crt /etc/x.pem\n",
                "a@1 10.0.0.1:8000 10.0.0.1:8001 10.0.0.1:8002 [bind … ssl, bind … crt, bind … /etc/x.pem, "
                "no check]\n"},
        {"a socket that was handed over",
                "listen a\n bind unix@/run/a.sock\n bind /run/b.sock mode 600\n bind fd@3\n",
                "-a@1 its bind address \"fd@3\" isn't understood\n"},
        {"a Unix socket", "listen a\n bind /run/b.sock\n", "a@1 [bind /run/b.sock, no check]\n"},
        {"one that isn't understood beside one that is",
                "frontend web\n bind 'a b:80'\nfrontend good\n bind :443\n default_backend b\nbackend b\n "
                "server s "
                "10.0.0.1:80 check\n",
                "good@3 0.0.0.0:443 []\n-web@1 its bind address \"a b:80\" isn't understood\n"},
        {"invalid addresses",
                "listen a\n bind 10.0.0.300:80\nlisten b\n bind 10.0.0.1:0\nlisten c\n bind 10.0.0.1\nlisten "
                "d\n "
                "bind "
                "10.0.0.1:99999\nlisten e\n bind localhost:80\nlisten f\n bind 10.0.0.1:90-80\nlisten g\n "
                "bind\n",
                "-a@1 its bind address \"10.0.0.300:80\" isn't understood\n"
                "-b@3 its bind address \"10.0.0.1:0\" isn't understood\n"
                "-c@5 its bind address \"10.0.0.1\" isn't understood\n"
                "-d@7 its bind address \"10.0.0.1:99999\" isn't understood\n"
                "-e@9 its bind address \"localhost:80\" isn't understood\n"
                "-f@11 its bind address \"10.0.0.1:90-80\" isn't understood\n"
                "-g@13 it has a bind without an address\n"},
        {"far too many ports", "listen a\n bind :1-65535\nlisten b\n bind :1-10000\n bind :10001\n",
                "-a@1 it listens at more than 10000 ports\n-b@3 it listens at more than 10000 ports\n"},
        {"the environment", "listen a\n bind \"$ADDRESS:80\"\n",
                "-a@1 its bind address \"$ADDRESS:80\" depends on the environment of haproxy\n"},
        {"rules",
                "frontend f\n bind :80\n acl x path /\n use_backend b if x\n default_backend b\nbackend b\n "
                "balance "
                "leastconn\n"
                " server s host.example:80 check\n",
                "f@1 0.0.0.0:80 [acl, use_backend, balance, server s]\n"},
        {"no such backend", "frontend f\n bind :80\n default_backend nowhere\n",
                "f@1 0.0.0.0:80 [no default_backend, no check]\n"},
        {"what isn't modelled",
                "listen a from x\n bind :80 # : 81\n\tmode health\n option httpchk\n option tcplog\n "
                "http-check "
                "send\n server s\n"
                "peers p\n bind :90\n",
                "a@1 0.0.0.0:80 [from, mode health, option httpchk, option tcplog, http-check, server s, no "
                "check]\n"},
        {"servers' weights", "listen a\n bind :80\n server s 10.0.0.1:80 check weight 5\n",
                "a@1 0.0.0.0:80 [server … weight, server … 5]\n"},
        {"a default-server's",
                "listen a\n bind :80\n default-server check inter 1500ms verify required port\n",
                "a@1 0.0.0.0:80 [default-server … inter, default-server … verify, default-server … port]\n"},
        {"no name, and a quote without an end", "listen\n bind :80\nlisten \"un'end\n bind :81\n",
                "@1 0.0.0.0:80 [no check]\nun'end@3 0.0.0.0:81 [no check]\n"},
        {"carriage returns", "listen a\r\n\tbind :80\r\n", "a@1 0.0.0.0:80 [no check]\n"},
};

static void test_theirs(void **state)
{
        const struct theirs *row = *state;
        CLEANUP(haproxy_done) struct haproxy found = {0};
        CLEANUP(text_done) struct text said = {0};

        haproxy_read(row->text, &found);
        say(&said, &found);
        assert_string_equal(text_string(&said), row->found);
}

/* ---- addresses ---- */

static void test_addresses(void **state)
{
        static const char *const bad[] = {"", ":", "1.2.3.4", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:080",
                "1.2.3.4:65536", "1.2.3.4:99999999999", "[1.2.3.4]:80", "::1:80", "[::1]", "[]:80", "[::1:80",
                "a:80", "[::1%lo]:80", " 1.2.3.4:80", "1.2.3.4:80 ", ":80", "*:80"};
        struct socket_address any = at("0.0.0.0:80"), any6 = at("[::]:80"), one = at("10.0.0.1:80");
        struct socket_address six = at("[::1]:80"), other = at("10.0.0.1:81"), read = {0};

        (void)state;
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                CLEANUP(error_done) struct error error = {0};

                if (socket_address_parse(bad[i], &read, &error) == 0)
                        fail_msg("\"%s\" is taken", bad[i]);
                assert_int_equal(error.kind, ERROR_CONFIG);
        }
        assert_true(socket_address_meets(&any, &one) && socket_address_meets(&one, &any));
        assert_true(socket_address_meets(&one, &one) && socket_address_meets(&six, &any6));
        assert_false(socket_address_meets(&one, &other) || socket_address_meets(&any, &other));
        assert_false(socket_address_meets(&any6, &one) || socket_address_meets(&any, &any6));
}

/* ---- differences ---- */

static void test_differences(void **state)
{
        static const char expected[] =
                "mode from http to tcp\n"
                "it listens at 192.168.150.1:6443, [fd00:150::1]:6443 instead of 127.0.0.1:22\n"
                "server control1 at 192.168.150.21:6443 comes\n"
                "server control2 at [fd00:150::22]:6443 comes\n"
                "server a leaves\n"
                "its check was tcp every 5 s (2 good, 3 bad) and becomes https every 5 s (2 good, "
                "3 bad), /readyz must answer 200";
        CLEANUP(balanced_service_done) struct balanced_service wanted, found, moved;
        CLEANUP(strings_done) struct strings words = {0}, order = {0}, place = {0};
        CLEANUP(string_free) char *all = NULL;
        struct balanced_server first;

        (void)state;
        api(&wanted);
        plain(&found);
        api(&moved);
        balanced_service_differences(&wanted, &found, &words);
        all = strings_join(&words, "\n");
        assert_string_equal(all, expected);
        first = moved.servers.items[0];
        moved.servers.items[0] = moved.servers.items[1];
        moved.servers.items[1] = first;
        balanced_service_differences(&wanted, &moved, &order);
        assert_int_equal(order.count, 1);
        assert_string_equal(order.items[0], "its servers' order changes");
        moved.servers.items[0].at.port = 1;
        balanced_service_differences(&wanted, &moved, &place);
        assert_int_equal(place.count, 1);
        assert_string_equal(
                place.items[0], "server control2 moves from [fd00:150::22]:1 to [fd00:150::22]:6443");
}

#define THEIRS (sizeof(theirs) / sizeof(theirs[0]))

int main(void)
{
        struct CMUnitTest rows[THEIRS];
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_is_written),
                cmocka_unit_test(test_what_is_written_is_read),
                cmocka_unit_test(test_the_fingerprint_is_of_the_text),
                cmocka_unit_test(test_hostile_words),
                cmocka_unit_test(test_what_cannot_be_written),
                cmocka_unit_test(test_addresses),
                cmocka_unit_test(test_differences),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        for (size_t i = 0; i < THEIRS; i++)
                rows[i] = (struct CMUnitTest) {theirs[i].name, test_theirs, NULL, NULL, (void *)&theirs[i]};
        return failed + cmocka_run_group_tests_name("what others write", rows, NULL, NULL);
}
