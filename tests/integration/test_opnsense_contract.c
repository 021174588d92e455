/* What OPNsense's API answers, the traps that our client is written for among it: a request a row, sent as the client sends its own. It is
 * run against the contract server, to know that it is one, and with OPNSENSE_URL against a real OPNsense, to know that the contract is. */
#include "opnsense_world.h"

#define SET(end) "/api/haproxy/settings/set_server/77777777-7777-4777-8777-77777777" end
#define DEL(end) "/api/haproxy/settings/del_server/77777777-7777-4777-8777-77777777" end
#define GET(end) "/api/haproxy/settings/get_server/77777777-7777-4777-8777-77777777" end
#define JSON     "application/json"

static const struct exchange {
        const char *name;
        const char *method; /* NULL: GET, or POST with a body */
        const char *path;
        const char *type, *body; /* or NULL */
        long status;
        const char *contains; /* without blanks; NULL: whatever */
        const char *lacks;    /* or NULL */
        bool has_no_login;
} exchanges[] = {
        {"without a login there is the page to log in", NULL, "/api/haproxy/settings/get", .status = 302,
                .has_no_login = true},
        {"an action that there isn't", NULL, "/api/haproxy/settings/nonsense", .status = 404,
                .contains = "\"errorMessage\":\"Endpointnotfound\""},
        {"a module that there isn't", NULL, "/api/nonsense/settings/get", .status = 404,
                .contains = "Endpointnotfound"},
        {"a writer without its UUID", NULL, "/api/haproxy/settings/set_server", JSON, "{}", .status = 404,
                .contains = "Endpointnotfound"},
        {"JSON that is empty", "POST", SET("0001"), JSON, "", .status = 400, .contains = "InvalidJSONsyntax"},
        {"JSON that isn't", NULL, SET("0001"), JSON, "{\"server\":", .status = 200,
                .contains = "\"result\":\"failed\"", .lacks = "validations"},
        {"another type of content", NULL, SET("0001"), "text/plain", "{\"server\":{\"name\":\"a\"}}",
                .status = 200, .contains = "\"result\":\"failed\"", .lacks = "validations"},
        {"another root", NULL, SET("0001"), JSON, "{\"servers\":{\"name\":\"a\"}}", .status = 200,
                .contains = "\"result\":\"failed\"", .lacks = "validations"},
        {"a method that isn't known", "PUT", SET("0001"), JSON, "{\"server\":{\"name\":\"a\"}}",
                .status = 200, .contains = "\"result\":\"failed\""},
        {"nothing of it was saved", NULL, GET("0001"), .status = 200, .contains = "[]"},
        {"a value that is wrong is named", NULL, SET("0001"), JSON,
                "{\"server\":{\"name\":\"a b\",\"port\":\"0\"}}", .status = 200,
                .contains = "\"server.name\":"},
        {"a UUID that is none", NULL, "/api/haproxy/settings/set_server/1", JSON,
                "{\"server\":{\"name\":\"a\"}}", .status = 200, .contains = "\"result\":\"failed\""},
        {"what isn't there comes by being set", NULL, SET("0001"), JSON,
                "{\"server\":{\"name\":\"a\",\"port\":\"7\",\"nonsense\":\"1\"}}", .status = 200,
                .contains = "\"result\":\"saved\""},
        {"what isn't named keeps its value", NULL, SET("0001"), JSON,
                "{\"server\":{\"address\":\"10.0.0.1\",\"weight\":null}}", .status = 200,
                .contains = "\"result\":\"saved\""},
        {"and a field that isn't known is gone", NULL, GET("0001"), .status = 200,
                .contains = "\"port\":\"7\"", .lacks = "nonsense"},
        {"a choice comes with all choices", NULL, GET("0001"), .status = 200, .contains = "\"selected\":1"},
        {"numbers are texts", NULL, SET("0001"), JSON, "{\"server\":{\"port\":8}}", .status = 200,
                .contains = "\"result\":\"saved\""},
        {"a truth is 1", NULL, SET("0001"), JSON, "{\"server\":{\"enabled\":true}}", .status = 200,
                .contains = "\"result\":\"saved\""},
        {"a falsehood is nothing", NULL, SET("0001"), JSON, "{\"server\":{\"enabled\":false}}", .status = 200,
                .contains = "\"server.enabled\":"},
        {"a list where a text belongs", NULL, SET("0001"), JSON, "{\"server\":{\"name\":[\"a\"]}}",
                .status = 500, .contains = "Unexpectederror"},
        {"the same in camels", NULL, "/api/haproxy/settings/getServer/77777777-7777-4777-8777-777777770001",
                .status = 200, .contains = "\"port\":\"8\""},
        {"a list of rows", NULL, "/api/haproxy/settings/search_servers", JSON, "{\"rowCount\":-1}",
                .status = 200, .contains = "\"rows\":["},
        {"an address that is none is saved", NULL,
                "/api/haproxy/settings/set_frontend/77777777-7777-4777-8777-777777770002", JSON,
                "{\"frontend\":{\"name\":\"f\",\"bind\":\"127.0.0.1:99999,\",\"enabled\":\"0\"}}",
                .status = 200, .contains = "\"result\":\"saved\""},
        {"one without a port isn't", NULL,
                "/api/haproxy/settings/set_frontend/77777777-7777-4777-8777-777777770002", JSON,
                "{\"frontend\":{\"bind\":\"127.0.0.1\"}}", .status = 200, .contains = "\"frontend.bind\":"},
        {"nor is one with a blank", NULL,
                "/api/haproxy/settings/set_frontend/77777777-7777-4777-8777-777777770002", JSON,
                "{\"frontend\":{\"bind\":\"127.0.0.1:80 127.0.0.1:81\"}}", .status = 200,
                .contains = "\"frontend.bind\":"},
        {"a backend of nobody's", NULL,
                "/api/haproxy/settings/set_frontend/77777777-7777-4777-8777-777777770002", JSON,
                "{\"frontend\":{\"defaultBackend\":\"99999999-9999-4999-8999-999999999999\"}}", .status = 200,
                .contains = "\"frontend.defaultBackend\":"},
        {"a backend with the server", NULL,
                "/api/haproxy/settings/set_backend/77777777-7777-4777-8777-777777770003", JSON,
                "{\"backend\":{\"name\":\"b\",\"enabled\":\"0\",\"linkedServers\":\"77777777-7777-4777-8777-"
                "777777770001\"}}",
                .status = 200, .contains = "\"result\":\"saved\""},
        {"which can't go then", NULL, DEL("0001"), JSON, "{}", .status = 500, .contains = "errorMessage"},
        {"the backend goes", NULL, "/api/haproxy/settings/del_backend/77777777-7777-4777-8777-777777770003",
                JSON, "{}", .status = 200, .contains = "\"result\":\"deleted\""},
        {"the frontend goes", NULL, "/api/haproxy/settings/del_frontend/77777777-7777-4777-8777-777777770002",
                JSON, "{}", .status = 200, .contains = "\"result\":\"deleted\""},
        {"a GET takes nothing away", NULL, DEL("0001"), .status = 200, .contains = "\"result\":\"failed\""},
        {"the server goes", NULL, DEL("0001"), JSON, "{}", .status = 200,
                .contains = "\"result\":\"deleted\""},
        {"and is gone", NULL, DEL("0001"), JSON, "{}", .status = 200, .contains = "\"result\":\"notfound\""},
        {"several at once tell of the last only", NULL, DEL("0001,77777777-7777-4777-8777-777777770009"),
                JSON, "{}", .status = 200, .contains = "\"result\":\"notfound\""},
        {"a rule with several ports", NULL,
                "/api/firewall/filter/set_rule/77777777-7777-4777-8777-777777770004", JSON,
                "{\"rule\":{\"enabled\":\"0\",\"interface\":\"wan\",\"protocol\":\"TCP\",\"destination_"
                "port\":\"80,81\"}}",
                .status = 200, .contains = "\"rule.destination_port\":"},
        {"a rule", NULL, "/api/firewall/filter/set_rule/77777777-7777-4777-8777-777777770004", JSON,
                "{\"rule\":{\"enabled\":\"0\",\"interface\":\"wan\",\"protocol\":\"TCP\",\"destination_net\":"
                "\"(self)\","
                "\"destination_port\":\"80-81\",\"description\":\"contract\"}}",
                .status = 200, .contains = "\"result\":\"saved\""},
        {"all rules are in the model", NULL, "/api/firewall/filter/get", .status = 200,
                .contains = "\"77777777-7777-4777-8777-777777770004\":{"},
        {"the rule goes", NULL, "/api/firewall/filter/del_rule/77777777-7777-4777-8777-777777770004", JSON,
                "{}", .status = 200, .contains = "\"result\":\"deleted\""},
        {"savepoints are no more", NULL, "/api/firewall/filter/savepoint", JSON, "{}", .status = 404,
                .contains = NULL},
        {"a magic method says nothing", NULL, "/api/unbound/settings/nonsense", .status = 200, .contains = "",
                .lacks = "{"},
        {"its version", NULL, "/api/core/firmware/status", .status = 200, .contains = "\"product_version\":"},
        {"its plugins", NULL, "/api/core/firmware/info", .status = 200, .contains = "\"plugin\":["},
        {"whether it installs something", NULL, "/api/core/firmware/running", .status = 200,
                .contains = "\"status\":\"ready\""},
        {"how the last installation went", NULL, "/api/core/firmware/upgradestatus", .status = 200,
                .contains = "\"log\":"},
        {"every change is a revision", NULL, "/api/core/backup/backups/this", .status = 200,
                .contains = "\"items\":["},
        {"whether haproxy runs", NULL, "/api/haproxy/service/status", .status = 200,
                .contains = "\"status\":"},
        {"what it says of its configuration", NULL, "/api/haproxy/service/configtest", JSON, "{}",
                .status = 200, .contains = "\"result\":"},
};

static char *without_blanks(const struct text *body)
{
        struct text bare = {0};

        for (size_t i = 0; i < body->length; i++)
                if (!strchr(" \t\r\n", body->data[i]))
                        text_add_n(&bare, body->data + i, 1);
        return text_take(&bare);
}

static void ask(struct web *web, const struct exchange *exchange)
{
        CLEANUP(web_answer_done) struct web_answer answer = {0};
        CLEANUP(string_free) char *body = NULL;
        struct error error = {0};
        const struct web_request request = {.method = exchange->method ? exchange->method
                                                      : exchange->body ? "POST"
                                                                       : NULL,
                .path = exchange->path,
                .type = exchange->type,
                .body = exchange->body};

        print_message("%s\n", exchange->name);
        if (web_ask(web, &request, 1, deadline_in_s(WAIT_S), &answer, &error) < 0)
                fail_msg("%s: %s", exchange->name, error_text(&error));
        body = without_blanks(&answer.body);
        if (answer.status != exchange->status || (exchange->contains && !strstr(body, exchange->contains)) ||
                (exchange->lacks && strstr(body, exchange->lacks)))
                fail_msg("%s: status %ld, %s", exchange->name, answer.status, body);
}

/* One after the other, over as few connections as the server lets us have: it closes each after 15. */
static void test_all_of_it(void **state)
{
        CLEANUP(world_done) struct world world;
        CLEANUP(locked_done) struct locked login = {0}, ca = {0};
        struct web *web, *stranger;
        struct error error = {0};
        struct web_server server;

        (void)state;
        meet(&world);
        assert_int_equal(opnsense_read_login(&world.opnsense, &login, &error), 0);
        if (world.opnsense.ca)
                assert_int_equal(locked_read(world.opnsense.ca, false, &ca, &error), 0);
        server = (struct web_server) {.host = world.opnsense.server.host,
                .port = world.opnsense.server.port,
                .base = world.opnsense.server.base,
                .ca = ca.bytes,
                .pin = world.opnsense.pin,
                .login = login.bytes};
        assert_int_equal(web_open(world.link, &server, &web, &error), 0);
        server.login = NULL;
        assert_int_equal(web_open(world.link, &server, &stranger, &error), 0);
        for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++)
                ask(exchanges[i].has_no_login ? stranger : web, &exchanges[i]);
        web_close(web);
        web_close(stranger);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_of_it)};

        return cmocka_run_group_tests(tests, begin, end);
}
