/* Kubeconfigs: what is read from them, and what is said of those that won't do. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "means/kubeconfig.h"

#define PATH "kubeconfig"

/* "ca", "certificate" and "key" in base64 */
#define HEAD    "apiVersion: v1\nkind: Config\ncurrent-context: admin\n"
#define CONTEXT "contexts: [{name: other, context: {}}, {name: admin, context: {cluster: lab, user: root}}]\n"
#define CLUSTER(server, more)                                     \
        "clusters:\n- name: lab\n  cluster:\n    server: " server \
        "\n    certificate-authority-data: Y2E=\n" more
#define CERTIFICATE \
        "users: [{name: root, user: {client-certificate-data: Y2VydGlmaWNhdGU=, client-key-data: a2V5}}]\n"
#define USER(user)    "users: [{name: root, user: {" user "}}]\n"
#define SERVER        "https://api.lab.test:6443"
#define WHOLE(server) HEAD CONTEXT CLUSTER(server, "") CERTIFICATE

static const struct row {
        const char *name;
        const char *text;
        const char *then; /* "HOST PORT BASE ca certificate key token", "-" for none; or the problem */
} rows[] = {
        {"as openshift-install writes it", "current-context: admin\n" CONTEXT CLUSTER(SERVER, "") CERTIFICATE,
                "api.lab.test 6443 https://api.lab.test:6443 ca certificate key -"},
        {"as kubectl writes it", WHOLE(SERVER),
                "api.lab.test 6443 https://api.lab.test:6443 ca certificate key -"},
        {"in JSON, which is YAML, too",
                "{\"kind\":\"Config\",\"current-context\":\"a\",\"contexts\":[{\"name\":\"a\",\"context\":{"
                "\"cluster\":\"c\",\"user\":\"u\"}}],"
                "\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://"
                "h\",\"certificate-authority-data\":\"Y2E=\"}}],"
                "\"users\":[{\"name\":\"u\",\"user\":{\"token\":\"t\"}}]}",
                "h 443 https://h:443 ca - - t"},
        {"an IPv6 address", WHOLE("'https://[fd00::1]:6443'"),
                "fd00::1 6443 https://[fd00::1]:6443 ca certificate key -"},
        {"a path", WHOLE("https://h:1/k8s/clusters/c-1//"),
                "h 1 https://h:1/k8s/clusters/c-1 ca certificate key -"},
        {"another name on its certificate",
                HEAD CONTEXT CLUSTER("https://10.0.0.5:6443", "    tls-server-name: api.lab.test\n")
                        CERTIFICATE,
                "10.0.0.5 6443 https://api.lab.test:6443 ca certificate key -"},
        {"a token", HEAD CONTEXT CLUSTER(SERVER, "") USER("token: s3cret"),
                "api.lab.test 6443 https://api.lab.test:6443 ca - - s3cret"},
        {"an anchor",
                HEAD CONTEXT
                "clusters: [{name: x, cluster: &it {server: 'https://h', certificate-authority-data: Y2E=}}, "
                "{name: lab, cluster: *it}]\n" CERTIFICATE,
                "h 443 https://h:443 ca certificate key -"},
        {"the check of the certificate, said to be done",
                HEAD CONTEXT CLUSTER(SERVER, "    insecure-skip-tls-verify: false\n") CERTIFICATE,
                "api.lab.test 6443 https://api.lab.test:6443 ca certificate key -"},
        {"nothing", "",
                "the kubeconfig kubeconfig isn't one: it has no clusters, or says that it is another kind"},
        {"no YAML", "a: [\n", "the kubeconfig kubeconfig isn't YAML: "},
        {"a tab", "a:\n\t- b\n", "the kubeconfig kubeconfig isn't YAML: "},
        {"an endless alias", "a: &a [*a]\n",
                "the kubeconfig kubeconfig isn't one: it has no clusters, or says that it is another kind"},
        {"another kind", "kind: Pod\nclusters: []\n",
                "the kubeconfig kubeconfig isn't one: it has no clusters, or says that it is another kind"},
        {"no current context", "kind: Config\nclusters: []\n",
                "the kubeconfig kubeconfig has no current-context"},
        {"a context that isn't there", "clusters: []\ncurrent-context: x\ncontexts: {}\n",
                "the kubeconfig kubeconfig has no context \"x\""},
        {"a cluster that isn't there", HEAD CONTEXT "clusters: [7, {name: lab}]\n" CERTIFICATE,
                "the kubeconfig kubeconfig has no cluster \"lab\""},
        {"a user that isn't there", HEAD CONTEXT CLUSTER(SERVER, ""),
                "the kubeconfig kubeconfig has no user \"root\""},
        {"no server", HEAD CONTEXT "clusters: [{name: lab, cluster: {}}]\n" CERTIFICATE,
                "the kubeconfig kubeconfig has a server that isn't \"https://HOST:PORT\": \"\""},
        {"no https", WHOLE("http://h:80"),
                "the kubeconfig kubeconfig has a server that isn't \"https://HOST:PORT\": \"http://h:80\""},
        {"a port that isn't one", WHOLE("https://h:65536"),
                "the kubeconfig kubeconfig has a server that isn't"},
        {"a port that goes on", WHOLE("https://h:1x"), "the kubeconfig kubeconfig has a server that isn't"},
        {"no host", WHOLE("https://:1"), "the kubeconfig kubeconfig has a server that isn't"},
        {"a bracket without its other", WHOLE("'https://[fd00::1'"),
                "the kubeconfig kubeconfig has a server that isn't"},
        {"a user in the URL", WHOLE("https://u@h:1"), "the kubeconfig kubeconfig has a server that isn't"},
        {"a line break in the URL", WHOLE("\"https://h\\nX: y\""),
                "the kubeconfig kubeconfig has a server that isn't"},
        {"a NUL in the URL", WHOLE("\"https://h\\0\""), "the kubeconfig kubeconfig has a server that isn't"},
        {"no certificate authority",
                HEAD CONTEXT "clusters: [{name: lab, cluster: {server: 'https://h'}}]\n" CERTIFICATE,
                "the kubeconfig kubeconfig has no certificate-authority-data for its cluster"},
        {"one that isn't base64",
                HEAD CONTEXT "clusters: [{name: lab, cluster: {server: 'https://h', "
                             "certificate-authority-data: '*'}}]\n" CERTIFICATE,
                "the kubeconfig kubeconfig has a certificate-authority-data that isn't base64 of a text"},
        {"one in a file that isn't there",
                HEAD CONTEXT "clusters: [{name: lab, cluster: {server: 'https://h', certificate-authority: "
                             "no.crt}}]\n" CERTIFICATE,
                "the kubeconfig kubeconfig: certificate-authority: no.crt can't be read: No such file or "
                "directory"},
        {"the check of the certificate left out",
                HEAD CONTEXT CLUSTER(SERVER, "    insecure-skip-tls-verify: true\n") CERTIFICATE,
                "the kubeconfig kubeconfig says insecure-skip-tls-verify, and whom it is talked to isn't "
                "left unchecked here: give it the "
                "server's certificate-authority-data"},
        {"nobody", HEAD CONTEXT CLUSTER(SERVER, "") USER(""),
                "the kubeconfig kubeconfig has neither a client certificate nor a token for its user"},
        {"a certificate without its key",
                HEAD CONTEXT CLUSTER(SERVER, "") USER("client-certificate-data: Y2E="),
                "the kubeconfig kubeconfig has a client-certificate and no client-key for its user"},
        {"a key without its certificate", HEAD CONTEXT CLUSTER(SERVER, "") USER("client-key-data: Y2E="),
                "the kubeconfig kubeconfig has a client-key and no client-certificate for its user"},
        {"a program that logs in", HEAD CONTEXT CLUSTER(SERVER, "") USER("exec: {command: rm}"),
                "the kubeconfig kubeconfig logs its user in by exec, which isn't done here: give it a client "
                "certificate or a token"},
};

static void put(const char *text, mode_t mode)
{
        FILE *file = fopen(PATH, "w");

        assert_non_null(file);
        fputs(text, file);
        fclose(file);
        assert_int_equal(chmod(PATH, mode), 0);
}

static void a_row(void **data)
{
        const struct row *row = *data;
        CLEANUP(kubeconfig_done) struct kubeconfig config = {0};
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *seen = NULL;

        put(row->text, 0600);
        if (kubeconfig_read(PATH, &config, &error) < 0) {
                assert_int_equal(error.kind, ERROR_REFUSED);
                seen = string_copy_n(error_text(&error), strnlen(error_text(&error), strlen(row->then)));
        } else {
                seen = string_format("%s %u %s %s %s %s %s", config.host, config.port, config.base, config.ca,
                        config.certificate ? config.certificate : "-",
                        config.key.bytes ? config.key.bytes : "-",
                        config.token.bytes ? config.token.bytes : "-");
        }
        assert_string_equal(seen, row->then);
}

static void refused(const char *path, const char *words)
{
        struct kubeconfig config = {0};
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(kubeconfig_read(path, &config, &error), -1);
        assert_string_equal(error_text(&error), words);
}

static void files(void **data)
{
        (void)data;
        unlink(PATH);
        refused(PATH, "the kubeconfig: kubeconfig can't be read: No such file or directory");
        refused(".", "the kubeconfig: . is no file");
        put(WHOLE(SERVER), 0640);
        refused(PATH, "the kubeconfig: kubeconfig may be read by others: run chmod 600 kubeconfig");
        put("", 0600);
        assert_int_equal(truncate(PATH, (1 << 20) + 1), 0);
        refused(PATH, "the kubeconfig: kubeconfig is too large");
}

#define PEM(name) "-----BEGIN CERTIFICATE-----\n" name "\n-----END CERTIFICATE-----\n"

/* What is written is read back, whatever it is called. */
static void written(void **data)
{
        static const char *const names[] = {"lab", "a\"b\\c\n: {}", "- x", "null"};
        static const struct {
                const char *server, *user, *more_ca, *then_ca;
        } kinds[] = {
                {SERVER, "client-certificate-data: Y2VydA==, client-key-data: a2V5", NULL, "ca"},
                {"'https://[fd00::1]:6443/prefix'", "token: 'a.b-c_d~e+f/g='", PEM("x"), "ca\n" PEM("x")},
                {SERVER ", tls-server-name: api.lab.test", "token: t", "no certificate", "ca"},
        };

        (void)data;
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) * sizeof(names) / sizeof(names[0]); i++) {
                const char *name = names[i % (sizeof(names) / sizeof(names[0]))];
                size_t kind = i / (sizeof(names) / sizeof(names[0]));
                CLEANUP(kubeconfig_done) struct kubeconfig config = {0}, again = {0};
                CLEANUP(locked_done) struct locked content = {0};
                CLEANUP(error_done) struct error error = {0};
                CLEANUP(string_free)
                char *text = string_format(HEAD CONTEXT
                        "clusters: [{name: lab, cluster: {server: %s, certificate-authority-data: Y2E=}}]\n"
                        "users: [{name: root, user: {%s}}]\n",
                        kinds[kind].server, kinds[kind].user);

                put(text, 0600);
                if (kubeconfig_read(PATH, &config, &error) < 0 ||
                        kubeconfig_write(&config, name, kinds[kind].more_ca, &content, &error) < 0)
                        fail_msg("%s", error_text(&error));
                put(content.bytes, 0600);
                if (kubeconfig_read(PATH, &again, &error) < 0)
                        fail_msg("%s\n%s", error_text(&error), content.bytes);
                assert_string_equal(again.host, config.host);
                assert_int_equal(again.port, config.port);
                assert_string_equal(again.base, config.base);
                assert_string_equal(again.ca, kinds[kind].then_ca);
                assert_true(string_equal(again.certificate, config.certificate));
                assert_true(string_equal(again.key.bytes, config.key.bytes));
                assert_true(string_equal(again.token.bytes, config.token.bytes));
        }
}

static void a_token_that_is_none(void **data)
{
        CLEANUP(kubeconfig_done)
        struct kubeconfig config = {.host = string_copy("h"),
                .port = 1,
                .base = string_copy("https://h:1"),
                .ca = string_copy("ca"),
                .token = locked_new("a\"\nb", 4)};
        CLEANUP(locked_done) struct locked content = {0};
        CLEANUP(error_done) struct error error = {0};

        (void)data;
        assert_int_equal(kubeconfig_write(&config, "lab", NULL, &content, &error), -1);
        assert_string_equal(error_text(&error),
                "the token of cluster lab has a character that isn't printed: log in again for another");
}

static char directory[] = "/tmp/provision-test.XXXXXX";

static int go_there(void **data)
{
        (void)data;
        return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int clean_up(void **data)
{
        (void)data;
        unlink(PATH);
        return chdir("/") == 0 && rmdir(directory) == 0 ? 0 : -1;
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int main(void)
{
        struct CMUnitTest tests[COUNT(rows) + 3];

        for (size_t i = 0; i < COUNT(rows); i++)
                tests[i] = (struct CMUnitTest) {rows[i].name, a_row, NULL, NULL, (void *)&rows[i]};
        tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(files);
        tests[COUNT(rows) + 1] = (struct CMUnitTest)cmocka_unit_test(written);
        tests[COUNT(rows) + 2] = (struct CMUnitTest)cmocka_unit_test(a_token_that_is_none);
        return _cmocka_run_group_tests("kubeconfigs", tests, COUNT(tests), go_there, clean_up);
}
