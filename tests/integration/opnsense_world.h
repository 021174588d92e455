/* An OPNsense for tests, and this machine, which reaches it: the contract server beside this file, or with OPNSENSE_URL,
 * OPNSENSE_KEY and OPNSENSE_SECRET in the environment (and OPNSENSE_PIN, or OPNSENSE_CA with a file) a real one. That one is changed:
 * take one that is there for it. What only the contract server can be told to do is skipped then. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "means/means.h"
#include "means/opnsense_parts.h"

#define WAIT_S 60

#define SECOND "second" /* a directory for another one */

static char directory[] = "/tmp/provision-opnsense.XXXXXX";
static pid_t servers[2] = {-1, -1};
static int inputs[2] = {-1, -1}; /* as long as it is open, the server runs */
static char *url, *second_url;

static inline char *path_in(const char *name)
{
        return string_format("%s/%s", directory, name);
}

static inline char *file_text(const char *name)
{
        CLEANUP(string_free) char *path = path_in(name);
        CLEANUP(locked_done) struct locked content = {0};
        struct error error = {0};

        if (locked_read(path, false, &content, &error) < 0) {
                error_done(&error);
                return NULL;
        }
        return string_copy(content.bytes);
}

static inline void write_file(const char *name, const char *content, mode_t mode)
{
        CLEANUP(string_free) char *path = path_in(name);
        CLEANUP(fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, content, strlen(content)), strlen(content));
        assert_int_equal(fchmod(fd, mode), 0);
}

static inline bool is_contract(void)
{
        return servers[0] > 0;
}

/* A real one is as its environment says. */
static inline int take_real(const char *real)
{
        const char *key = getenv("OPNSENSE_KEY"), *secret = getenv("OPNSENSE_SECRET");
        CLEANUP(string_free) char *both = NULL;

        if (!key || !secret)
                return -1;
        url = string_copy(real);
        both = string_format("key=%s\nsecret=%s\n", key, secret);
        write_file("apikey.txt", both, 0600);
        return 0;
}

static inline void run_server(int input, const char *place)
{
        dup2(input, STDIN_FILENO);
        execlp("python3", "python3", "tests/integration/opnsense_server.py", place, NULL);
        _exit(127);
}

/* It is there when its file with the port is. */
static inline int start_contract(int which, const char *subdirectory, char **ret_url)
{
        struct deadline deadline = deadline_in_s(WAIT_S);
        CLEANUP(string_free) char *port = NULL, *place = path_in(subdirectory);
        CLEANUP(string_free) char *port_file = string_format("%s/port", subdirectory);
        int ends[2], status;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -1;
        mkdir(place, 0700);
        servers[which] = fork();
        if (servers[which] == 0)
                run_server(ends[0], place);
        close(ends[0]);
        inputs[which] = ends[1];
        while (!(port = file_text(port_file))) {
                if (deadline_passed(deadline) || waitpid(servers[which], &status, WNOHANG) != 0)
                        return -1;
                poll(NULL, 0, 20);
        }
        *ret_url = string_format("https://127.0.0.1:%s", port);
        return 0;
}

static inline void stop_contract(int which)
{
        if (servers[which] <= 0)
                return;
        close(inputs[which]);
        waitpid(servers[which], NULL, 0);
        servers[which] = -1;
}

static inline int begin(void **state)
{
        const char *real = getenv("OPNSENSE_URL");

        (void)state;
        if (!mkdtemp(directory))
                return -1;
        return real ? take_real(real) : start_contract(0, ".", &url);
}

static inline int end(void **state)
{
        CLEANUP(string_free) char *command = string_format("rm -rf %s", directory);

        (void)state;
        stop_contract(0);
        stop_contract(1);
        string_free(&url);
        string_free(&second_url);
        return system(command);
}

/* ---- this machine, and what it is told of the firewall ---- */

struct world {
        struct links *links;
        struct link *link;
        struct means *means;
        struct host_config host;
        struct opnsense_config opnsense;
};

static inline void world_done(struct world *world)
{
        means_free(world->means);
        link_close(world->link);
        links_stop(world->links);
        https_server_done(&world->opnsense.server);
        free(world->opnsense.credentials);
        free(world->opnsense.ca);
        free(world->opnsense.pin);
}

static inline void meet(struct world *world)
{
        struct error error = {0};

        *world = (struct world) {
                .host = {.name = (char *)"here", .connect = {.is_local = true}},
                .opnsense = {.name = (char *)"fw1", .credentials = path_in("apikey.txt")},
        };
        assert_int_equal(https_server_parse(url, &world->opnsense.server, &error), 0);
        if (is_contract())
                world->opnsense.ca = path_in("cert.pem");
        else {
                world->opnsense.pin = string_copy(getenv("OPNSENSE_PIN"));
                world->opnsense.ca = string_copy(getenv("OPNSENSE_CA"));
        }
        assert_int_equal(links_start(&world->links, &error), 0);
        world->link = link_open(world->links, &world->host, deadline_in_s(WAIT_S));
        world->means = means_new(world->link);
}

/* ---- orders, which only the contract server takes ---- */

/* To "/_test/ORDER" of the firewall; what it says of itself is owned by the caller. Skips the test where there is none. */
static inline void order_of(struct world *world, const struct opnsense_config *opnsense, const char *name,
        const char *body, struct json **ret_state)
{
        CLEANUP(string_free) char *path = string_format("/_test/%s", name);
        CLEANUP(locked_done) struct locked ca = {0};
        const struct web_request request = {
                .method = "POST", .path = path, .type = "application/json", .body = body};
        struct web_answer answer = {0};
        struct json *state = NULL;
        struct error error = {0};
        struct web *web;

        if (!is_contract())
                skip();
        assert_int_equal(locked_read(opnsense->ca, false, &ca, &error), 0);
        assert_int_equal(web_open(world->link,
                                 &(const struct web_server) {.host = opnsense->server.host,
                                         .port = opnsense->server.port,
                                         .base = opnsense->server.base,
                                         .ca = ca.bytes},
                                 &web, &error),
                0);
        if (web_ask(web, &request, 1, deadline_in_s(WAIT_S), &answer, &error) < 0)
                fail_msg("%s: %s", path, error_text(&error));
        assert_int_equal(answer.status, 200);
        assert_int_equal(json_read(answer.body.data, answer.body.length, &state, &error), 0);
        web_answer_done(&answer);
        web_close(web);
        if (ret_state)
                *ret_state = state;
        else
                json_free(&state);
}

static inline void order(struct world *world, const char *name, const char *body, struct json **ret_state)
{
        order_of(world, &world->opnsense, name, body, ret_state);
}

#define ORDER(world, name, body) order(world, name, body, NULL)
