/* The way to an SSH server. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "base/text.h"
#include "link/dial.h"
#include "link/proxy.h"
#include "link/pump.h"
#include "link/route.h"
#include "topology/kvm_host_uri.h"

#define CONFIG_S   10
#define CONNECT_S  15
#define LOOK_UP_S  12
#define MOST_JUMPS 8

struct route {
        struct loop *loop;
        const struct session_target *target;
        struct deadline connect_by;
        const struct route_events *events;
        void *context;

        struct config_request *request; /* ssh -G */
        struct ssh_config config;
        bool is_guess;
        bool is_configured;

        struct host_keys keys;

        struct dial *dial;
        struct proxy *proxy;
        struct session *jump;
        struct pump *jump_pump;
        int fd;
        bool is_fd_ours; /* a proxy has its own */

        struct error guess_error; /* why a connection on the guess failed */
        struct error error;
        struct job job; /* reports the error */
};

static void report(void *context)
{
        struct route *route = context;

        route->events->failed(route->context, &route->error);
}

/* Later, because the caller may be in the middle of something. */
static void fail(struct route *route, struct error *error)
{
        if (error_is_set(&route->error)) {
                error_done(error);
                return;
        }
        error_move(&route->error, error);
        loop_post(route->loop, &route->job, report, route);
}

/* A guess may name files that can't be read: that is no matter until it turns out to be right. */
static void check_keys(struct route *route)
{
        if (route->is_configured && error_is_set(&route->keys.error))
                fail(route, &route->keys.error);
}

static void keys_changed(void *context)
{
        struct route *route = context;

        check_keys(route);
        route->events->changed(route->context);
}

static void drop_connection(struct route *route)
{
        dial_cancel(STEAL(route->dial));
        pump_free(STEAL(route->jump_pump));
        session_free(STEAL(route->jump));
        proxy_free(STEAL(route->proxy));
        if (route->is_fd_ours)
                fd_close(&route->fd);
        route->fd = -1;
}

static void dialed(void *context, int fd, const struct error *error)
{
        struct route *route = context;

        route->dial = NULL;
        if (fd < 0) {
                struct error own = {0};

                error_set(&own, error->kind, "%s", error_text(error));
                if (route->is_guess) /* it may have been wrong */
                        error_move(&route->guess_error, &own);
                else
                        fail(route, &own);
                return;
        }
        route->fd = fd;
        route->is_fd_ours = true;
        route->events->changed(route->context);
}

static void jump_failed(void *context, const struct error *why)
{
        struct route *route = context;
        struct error own = {0};

        error_set(&own, error_is_set(why) ? why->kind : ERROR_UNREACHABLE, "through jump host %s: %s",
                route->target->jump ? route->target->jump : route->config.jump,
                error_is_set(why) ? error_text(why) : "it closed the connection");
        fail(route, &own);
}

static void jump_is_up(void *context)
{
        (void)context; /* its channel opens by itself, and is what we wait for */
}

static void jump_is_doing(void *context, const char *what)
{
        (void)context;
        (void)what;
}

static const struct session_events jump_events = {
        .up = jump_is_up, .doing = jump_is_doing, .down = jump_failed};

/* One element of ProxyJump as a URI. ssh -G puts IPv4 addresses into brackets, too, where a URI has them for IPv6
 * only. */
static int parse_jump(const char *jump, struct kvm_host_uri *ret_uri, struct error *error)
{
        CLEANUP(string_free)
        char *text = string_format("%s%s", strncmp(jump, "ssh://", 6) == 0 ? "" : "ssh://", jump);
        char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;

        if (close && !memchr(open, ':', (size_t)(close - open))) {
                memmove(close, close + 1, strlen(close));
                memmove(open, open + 1, strlen(open));
        }
        return kvm_host_uri_parse(text, ret_uri, error);
}

/* The last one named is the nearest to the target, and is itself reached through those before it. */
static int start_jump(struct route *route, const char *jumps, struct error *error)
{
        const char *comma = strrchr(jumps, ','), *last = comma ? comma + 1 : jumps;
        CLEANUP(string_free) char *before = comma ? string_copy_n(jumps, (size_t)(comma - jumps)) : NULL;
        struct kvm_host_uri uri;
        int pair[2];

        if (route->target->depth >= MOST_JUMPS)
                return error_set(error, ERROR_CONFIG, "ProxyJump %s: more than %d jumps", jumps, MOST_JUMPS);
        if (parse_jump(last, &uri, error) < 0)
                return error_prefix(error, "ProxyJump %s", jumps);
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
                return error_set_errno(error, ERROR_FAILED, "ProxyJump %s", jumps);
        route->fd = pair[0];
        route->is_fd_ours = true;
        route->jump = session_new(route->loop,
                &(struct session_target) {.user = uri.user,
                        .host = uri.host,
                        .port = uri.port,
                        .policy = route->target->policy,
                        .reader = route->target->reader,
                        .jump = before,
                        .depth = route->target->depth + 1},
                route->connect_by, &jump_events, route);
        route->jump_pump = pump_new(route->loop, pair[1], jump_failed, route);
        pump_attach(route->jump_pump,
                session_tcp(route->jump, route->config.host_name, route->config.port, &pump_user,
                        route->jump_pump),
                NULL);
        return 0;
}

static int start_given(struct route *route, struct error *error)
{
        const struct session_target *target = route->target;
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
                return error_set_errno(error, ERROR_FAILED, "no stream to %s", target->host);
        route->fd = pair[0];
        route->is_fd_ours = true;
        target->connect(target->connect_context, route->config.host_name, route->config.port, pair[1]);
        return 0;
}

static void connect_now(struct route *route)
{
        const struct ssh_config *config = &route->config;
        const char *jumps = route->target->jump ? route->target->jump : config->jump;
        struct error error = {0};
        int done = 0;

        if (route->target->connect) {
                done = start_given(route, &error);
        } else if (jumps && !route->is_guess) {
                done = start_jump(route, jumps, &error);
        } else if (config->proxy_command) {
                route->proxy = proxy_start(config->proxy_command, &route->fd, &error);
                route->is_fd_ours = false;
                done = route->proxy ? 0 : -1;
        } else {
                route->dial = dial_start(
                        route->loop, config->host_name, config->port, config->family, dialed, route);
        }
        if (done < 0)
                fail(route, &error);
}

static bool leads_elsewhere(const struct ssh_config *guess, const struct ssh_config *truth)
{
        return !string_equal(guess->host_name, truth->host_name) || guess->port != truth->port ||
               truth->jump || truth->proxy_command || truth->family != guess->family;
}

static void configured(struct route *route, struct ssh_config *truth)
{
        bool must_restart = !route->is_guess || leads_elsewhere(&route->config, truth);

        if (route->is_guess && must_restart) {
                drop_connection(route);
                route->events->reset(route->context);
        }
        ssh_config_done(&route->config);
        route->config = *truth;
        *truth = (struct ssh_config) {0};
        route->is_guess = false;
        route->is_configured = true;
        host_keys_look_up(&route->keys, &route->config);
        check_keys(route);
        if (must_restart)
                connect_now(route);
        else if (error_is_set(&route->guess_error))
                fail(route, &route->guess_error);
        route->events->changed(route->context);
}

static void config_known(void *context, struct ssh_config *truth, const struct error *error)
{
        struct route *route = context;
        struct error own = {0};

        route->request = NULL;
        if (truth) {
                configured(route, truth);
        } else {
                error_set(&own, error->kind, "%s", error_text(error));
                fail(route, &own);
        }
}

struct route *route_new(struct loop *loop, const struct session_target *target, struct deadline connect_by,
        const struct route_events *events, void *context)
{
        struct route *route = memory_new(1, sizeof(*route));

        *route = (struct route) {
                .loop = loop,
                .target = target,
                .connect_by = connect_by,
                .events = events,
                .context = context,
                .fd = -1,
        };
        host_keys_init(&route->keys, loop, target->known_hosts, keys_changed, route);
        if (dial_is_literal(target->host) && !target->jump && !target->connect) {
                route->is_guess = true;
                ssh_config_guess(target->host, target->port, &route->config);
                connect_now(route);
                host_keys_look_up(&route->keys, &route->config);
        }
        route->request = config_reader_ask(target->reader,
                &(struct config_question) {target->user, target->host, target->port}, config_known, route);
        return route;
}

void route_free(struct route *route)
{
        if (!route)
                return;
        loop_cancel(route->loop, &route->job);
        config_request_cancel(route->request);
        drop_connection(route);
        host_keys_done(&route->keys);
        ssh_config_done(&route->config);
        error_done(&route->guess_error);
        error_done(&route->error);
        free(route);
}

int route_fd(const struct route *route)
{
        return route->fd;
}

const struct ssh_config *route_config(const struct route *route)
{
        return route->is_configured ? &route->config : NULL;
}

struct host_keys *route_keys(struct route *route)
{
        return &route->keys;
}

void route_explain(const struct route *route, struct error *error)
{
        CLEANUP(string_free) char *said = route->proxy ? proxy_said(route->proxy) : NULL;

        if (said)
                error_prefix(error, "ProxyCommand said: %s", said);
}

const char *route_doing(const struct route *route, int *ret_limit_s)
{
        const struct ssh_config *config = &route->config;

        *ret_limit_s = config->connect_s ? config->connect_s : CONNECT_S;
        if (route->dial)
                return dial_is_resolving(route->dial) ? "resolving its name" : "connecting";
        *ret_limit_s = 0;
        if (route->jump && !pump_was_open(route->jump_pump))
                return "jumping to it";
        *ret_limit_s = CONFIG_S;
        if (!route->is_configured)
                return "reading its SSH configuration";
        *ret_limit_s = LOOK_UP_S;
        if (host_keys_are_looked_up(&route->keys))
                return "looking up its host key";
        return NULL;
}
