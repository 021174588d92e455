/* OPNsense firewalls: a session with each, and what it has. */
#include "means/opnsense_parts.h"

#include <stdlib.h>
#include <string.h>

#include "means/knock.h"

#define MODEL    "/api/haproxy/settings/get"
#define STATUS   "/api/haproxy/service/status"
#define COUNTERS "/api/haproxy/statistics/counters"
#define FILTER   "/api/firewall/filter/get"
#define KEA      "/api/kea/dhcpv4/get"
#define DNSMASQ  "/api/dnsmasq/settings/get"

#define OURS (1U << OPNSENSE_SERVICES | 1U << OPNSENSE_RULES) /* asked for what may be left of it */

#define FORBIDDEN 403
#define NOT_FOUND 404

struct opnsenses {
        struct link *link;
        ARRAY(struct session_with_opnsense *) sessions;
};

/* ---- sessions ---- */

struct opnsenses *opnsenses_new(struct link *link)
{
        struct opnsenses *opnsenses = memory_new(1, sizeof(*opnsenses));

        opnsenses->link = link;
        return opnsenses;
}

/* The key may be another one when it is opened again. */
static void session_close(struct session_with_opnsense *session)
{
        web_close(session->web);
        session->web = NULL;
        locked_done(&session->login);
        locked_done(&session->ca);
}

void opnsenses_free(struct opnsenses *opnsenses)
{
        if (!opnsenses)
                return;
        for (array_each(struct session_with_opnsense *, session, &opnsenses->sessions)) {
                session_close(*session);
                free(*session);
        }
        array_free(&opnsenses->sessions);
        free(opnsenses);
}

static struct session_with_opnsense *find(struct opnsenses *opnsenses, const struct opnsense_config *config)
{
        struct session_with_opnsense *added;

        for (array_each(struct session_with_opnsense *, session, &opnsenses->sessions))
                if ((*session)->config == config)
                        return *session;
        added = memory_new(1, sizeof(*added));
        *added = (struct session_with_opnsense) {.config = config, .link = opnsenses->link};
        *array_add(&opnsenses->sessions) = added;
        return added;
}

int opnsense_open(struct opnsenses *opnsenses, const struct opnsense_config *config, struct deadline deadline,
        struct session_with_opnsense **ret_session, struct error *error)
{
        struct session_with_opnsense *session = find(opnsenses, config);
        const struct https_server *server = &config->server;

        *ret_session = session;
        if (session->web)
                return 0;
        session_close(session);
        if (opnsense_read_login(config, &session->login, error) < 0 ||
                (config->ca && locked_read(config->ca, false, &session->ca, error) < 0))
                return error_prefix(error, "OPNsense %s", config->name);
        if (port_knock(session->link, server->host, server->port, deadline, error) < 0)
                return error_prefix(
                        error, "OPNsense %s: %s port %u", config->name, server->host, server->port);
        return web_open(session->link,
                &(const struct web_server) {
                        .host = server->host,
                        .port = server->port,
                        .base = server->base,
                        .ca = session->ca.bytes,
                        .pin = config->pin,
                        .login = session->login.bytes,
                },
                &session->web, error);
}

/* ---- one look ---- */

int opnsense_ask(struct session_with_opnsense *session, const char *path, const char *body, int limit_s,
        struct deadline deadline, struct json **ret_json, struct error *error)
{
        const struct web_request request = {
                .method = body ? "POST" : NULL, .path = path, .type = "application/json", .body = body};
        struct deadline limit = deadline_min(deadline, deadline_in_s(limit_s));
        CLEANUP(web_answer_done) struct web_answer answer = {0};

        if (web_ask_twice(session->web, &request, 1, limit, &answer, error) < 0)
                return error_prefix(error, "OPNsense %s", session->config->name);
        return opnsense_read_answer(session->config->name, path, &answer, ret_json, error);
}

static void read_status(const struct json *json, struct opnsense_state *state)
{
        state->is_running = string_equal(json_text_at(json, "status"), "running");
}

/* One of a look's questions. */
static const struct question_of_look {
        const char *path;
        enum opnsense_area area;
        void (*read)(const struct json *json, struct opnsense_state *state);
} questions[] = {
        {MODEL, OPNSENSE_SERVICES, opnsense_read_services},
        {STATUS, OPNSENSE_SERVICES, read_status},
        {COUNTERS, OPNSENSE_SERVICES, opnsense_read_running},
        {FILTER, OPNSENSE_RULES, opnsense_read_rules},
        {KEA, OPNSENSE_MAPPINGS, opnsense_read_reservations},
        {DNSMASQ, OPNSENSE_MAPPINGS, opnsense_read_hosts},
};

#define QUESTIONS (sizeof(questions) / sizeof(questions[0]))

static int read_one(struct session_with_opnsense *session, const struct question_of_look *question,
        const struct web_answer *answer, bool is_needed, struct opnsense_state *state, struct error *error)
{
        CLEANUP(json_free) struct json *json = NULL;

        if (answer->status == FORBIDDEN && !is_needed) {
                state->is_known[question->area] = false;
                return 0;
        }
        if (question->area == OPNSENSE_SERVICES && answer->status == NOT_FOUND) {
                state->has_haproxy = false;
                return 0;
        }
        if (question->area == OPNSENSE_MAPPINGS && answer->status == NOT_FOUND)
                return 0; /* a version without it has none */
        if (opnsense_read_answer(session->config->name, question->path, answer, &json, error) < 0)
                return -1;
        question->read(json, state);
        return 0;
}

int opnsense_look(struct session_with_opnsense *session, unsigned areas, unsigned needs,
        struct deadline deadline, struct opnsense_state *state, struct error *error)
{
        const struct question_of_look *asked[QUESTIONS];
        struct web_request requests[QUESTIONS] = {0};
        struct web_answer answers[QUESTIONS] = {0};
        struct deadline limit = deadline_min(deadline, deadline_in_s(OPNSENSE_ASK_S));
        size_t count = 0;
        int result = 0;

        opnsense_state_done(state);
        *state = (struct opnsense_state) {.config = session->config, .has_haproxy = true};
        for (size_t i = 0; i < QUESTIONS; i++)
                if (areas & 1U << questions[i].area) {
                        state->is_known[questions[i].area] = true;
                        asked[count] = &questions[i];
                        requests[count++].path = questions[i].path;
                }
        if (web_ask_twice(session->web, requests, count, limit, answers, error) < 0)
                return error_prefix(error, "OPNsense %s", session->config->name);
        for (size_t i = 0; i < count && result == 0; i++)
                result = read_one(session, asked[i], &answers[i], needs & 1U << asked[i]->area, state, error);
        state->answers = result == 0;
        for (size_t i = 0; i < count; i++)
                web_answer_done(&answers[i]);
        return result;
}

/* ---- the survey ---- */

/* What goes wrong is what was seen, unless the machine itself was lost. */
static int look_at(struct opnsenses *opnsenses, const struct opnsense_config *config, unsigned needs,
        struct deadline deadline, struct opnsense_state *state, struct error *error)
{
        struct deadline limit = deadline_min(deadline, deadline_in_s(OPNSENSE_ASK_S));
        CLEANUP(error_done) struct error failure = {0};
        struct session_with_opnsense *session;

        if (opnsense_open(opnsenses, config, limit, &session, &failure) == 0 &&
                opnsense_look(session, OURS | needs, needs, limit, state, &failure) == 0)
                return 0;
        if (link_wait(opnsenses->link, deadline_in_ms(0), error) < 0)
                return -1;
        session_close(session);
        opnsense_state_done(state);
        *state = (struct opnsense_state) {.config = config, .is_refused = failure.kind == ERROR_REFUSED};
        state->why = STEAL(failure.text);
        return 0;
}

int opnsenses_answer(struct opnsenses *opnsenses, const struct survey *survey, struct deadline deadline,
        struct answers *answers, struct error *error)
{
        for (array_each(const struct question, question, &survey->questions)) {
                CLEANUP(opnsense_state_done) struct opnsense_state state = {0};

                if (question->kind != ASK_OPNSENSE)
                        continue;
                if (look_at(opnsenses, question->opnsense, question->opnsense_needs, deadline, &state,
                            error) < 0)
                        return -1;
                *array_add(&answers->opnsenses) = state;
                state = (struct opnsense_state) {0};
        }
        return 0;
}
