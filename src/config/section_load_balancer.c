/* load_balancer: services that stand in front of guests and other machines. */
#include <string.h>

#include "config/section.h"

#define MOST_BINDS    64
#define MOST_SERVERS  500
#define LONGEST_PATH  255
#define LONGEST_PAUSE 300 /* between two checks, in seconds */
#define MOST_IN_A_ROW 100
#define FIRST_STATUS  100
#define LAST_STATUS   599
#define USUAL_STATUS  200
#define USUAL_PAUSE_S 5
#define USUAL_RISE    2
#define USUAL_FALL    3

ADD(load_balancers)

/* ---- what values say ---- */

static int parse_bind(const struct value *value, void *target, struct error *error)
{
        struct balanced_service *service = target;
        struct socket_address at;

        if (socket_address_parse(value->text, &at, error) < 0)
                return -1;
        if (service->binds.count == MOST_BINDS)
                return error_set(
                        error, ERROR_CONFIG, "a service listens at %d addresses at most", MOST_BINDS);
        *array_add(&service->binds) = at;
        return 0;
}

/* "NAME=ADDRESS:PORT" */
static int parse_server(const struct value *value, void *target, struct error *error)
{
        struct balanced_service *service = target;
        const char *equals = strchr(value->text, '=');
        CLEANUP(string_free)
        char *name = equals ? string_copy_n(value->text, (size_t)(equals - value->text)) : NULL;
        struct socket_address at;

        if (!equals)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no server: write \"NAME=ADDRESS:PORT\", as in "
                        "\"control1=192.168.150.21:6443\"",
                        value->text);
        if (name_check(&name_of_service, name, error) < 0 || socket_address_parse(equals + 1, &at, error) < 0)
                return -1;
        if (ip_address_is_any(&at.address))
                return error_set(error, ERROR_CONFIG, "\"%.80s\" is no machine's address", equals + 1);
        if (service->servers.count == MOST_SERVERS)
                return error_set(error, ERROR_CONFIG, "a service has %d servers at most", MOST_SERVERS);
        *array_add(&service->servers) = (struct balanced_server) {STEAL(name), at};
        return 0;
}

static int parse_mode(const struct value *value, void *target, struct error *error)
{
        for (int mode = 0; mode < BALANCED_MODES; mode++) {
                if (string_equal(balanced_mode_name((enum balanced_mode)mode), value->text)) {
                        *(enum balanced_mode *)target = (enum balanced_mode)mode;
                        return 0;
                }
        }
        return error_set(error, ERROR_CONFIG, "\"%.80s\" is neither tcp nor http", value->text);
}

static int parse_kind(const struct value *value, void *target, struct error *error)
{
        for (int kind = 0; kind < HEALTH_CHECK_KINDS; kind++) {
                if (string_equal(health_check_kind_name((enum health_check_kind)kind), value->text)) {
                        *(enum health_check_kind *)target = (enum health_check_kind)kind;
                        return 0;
                }
        }
        return error_set(error, ERROR_CONFIG, "\"%.80s\" is none of tcp, http, https", value->text);
}

static int parse_path(const struct value *value, void *target, struct error *error)
{
        size_t length = strlen(value->text);

        for (const char *at = value->text; *at; at++)
                if (*at <= ' ' || *at > '~')
                        return error_set(error, ERROR_CONFIG,
                                "\"%.80s\" has what no path of a request has: write blanks and letters "
                                "outside of ASCII as %%20 and the like",
                                value->text);
        if (value->text[0] != '/' || length > LONGEST_PATH)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is no path: write it from its / on, with at most %d letters, as in "
                        "\"/readyz\"",
                        value->text, LONGEST_PATH);
        return value_string(value, target, error);
}

static int parse_number(const struct value *value, unsigned least, unsigned most, const char *what,
        unsigned *ret_number, struct error *error)
{
        size_t digits = strspn(value->text, "0123456789");
        unsigned long number = strtoul(value->text, NULL, 10);

        if (digits == 0 || digits > 5 || value->text[digits] || number < least || number > most)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" is no %s: write a number from %u to %u",
                        value->text, what, least, most);
        *ret_number = (unsigned)number;
        return 0;
}

static int parse_status(const struct value *value, void *target, struct error *error)
{
        return parse_number(value, FIRST_STATUS, LAST_STATUS, "status of HTTP", target, error);
}

static int parse_times(const struct value *value, void *target, struct error *error)
{
        return parse_number(value, 1, MOST_IN_A_ROW, "number of checks", target, error);
}

static int parse_interval(const struct value *value, void *target, struct error *error)
{
        int seconds;

        if (value_duration(value, &seconds, error) < 0)
                return -1;
        if (seconds > LONGEST_PAUSE)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is too long for a failing server to be noticed: write at most %d s",
                        value->text, LONGEST_PAUSE);
        *(unsigned *)target = (unsigned)seconds;
        return 0;
}

/* ---- check ---- */

static void *add_check(void *parent, const struct place *place)
{
        (void)place;
        return &((struct service_config *)parent)->service.check;
}

static void judge_check(const struct subject *subject, void *object)
{
        static const char *const of_http[] = {"path", "status"};
        struct health_check *check = object;

        if (subject_has(subject, "type") && !subject_knows(subject, "type"))
                return;
        if (check->kind != HEALTH_TCP && !subject_has(subject, "path"))
                subject_problem(
                        subject, "type", "path is missing: add path = \"/readyz\", or what the servers have");
        for (size_t i = 0; i < COUNT(of_http) && check->kind == HEALTH_TCP; i++)
                if (subject_has(subject, of_http[i]))
                        subject_problem(subject, of_http[i], "%s makes no sense for type = tcp", of_http[i]);
}

static const struct key check_keys[] = {
        {.name = "type",
                .parse = parse_kind,
                .offset = offsetof(struct health_check, kind),
                .form = "tcp, http or https",
                .standard = "tcp"},
        {.name = "path",
                .parse = parse_path,
                .offset = offsetof(struct health_check, path),
                .form = "\"/readyz\""},
        {.name = "status",
                .parse = parse_status,
                .offset = offsetof(struct health_check, status),
                .form = "200",
                .standard = "200"},
        {.name = "port", .parse = value_port, .offset = offsetof(struct health_check, port), .form = "1936"},
        {.name = "interval",
                .parse = parse_interval,
                .offset = offsetof(struct health_check, interval_s),
                .form = "\"5s\"",
                .standard = "5s"},
        {.name = "rise",
                .parse = parse_times,
                .offset = offsetof(struct health_check, rise),
                .form = "2",
                .standard = "2"},
        {.name = "fall",
                .parse = parse_times,
                .offset = offsetof(struct health_check, fall),
                .form = "3",
                .standard = "3"},
};

static const struct section_schema check = {
        .name = "check",
        .keys = check_keys,
        .key_count = COUNT(check_keys),
        .is_single = true,
        .add = add_check,
        .judge = judge_check,
};

/* ---- service ---- */

/* Also without a section check. */
static void *add_service(void *parent, const struct place *place)
{
        struct service_config *service = array_add(&((struct load_balancer_config *)parent)->services);

        service->place = *place;
        service->service.check = (struct health_check) {
                .status = USUAL_STATUS, .interval_s = USUAL_PAUSE_S, .rise = USUAL_RISE, .fall = USUAL_FALL};
        return service;
}

static void judge_binds(const struct subject *subject, const struct balanced_service *service)
{
        char at[SOCKET_TEXT], other[SOCKET_TEXT];

        for (size_t i = 1; i < service->binds.count; i++)
                for (size_t j = 0; j < i; j++)
                        if (socket_address_meets(&service->binds.items[i], &service->binds.items[j]))
                                subject_problem(subject, "bind", "bind: %s and %s can't both be listened at",
                                        socket_address_format(&service->binds.items[j], other),
                                        socket_address_format(&service->binds.items[i], at));
}

static void judge_servers(const struct subject *subject, const struct balanced_service *service)
{
        char at[SOCKET_TEXT];

        for (size_t i = 0; i < service->servers.count; i++) {
                const struct balanced_server *server = &service->servers.items[i];

                for (size_t j = 0; j < i; j++) {
                        const struct balanced_server *other = &service->servers.items[j];

                        if (string_equal(server->name, other->name))
                                subject_problem(
                                        subject, "servers", "servers: there are two named %s", server->name);
                        else if (socket_address_equal(&server->at, &other->at))
                                subject_problem(subject, "servers", "servers: %s and %s are both %s",
                                        other->name, server->name, socket_address_format(&server->at, at));
                }
                for (array_each(const struct socket_address, bind, &service->binds))
                        if (socket_address_equal(bind, &server->at))
                                subject_problem(subject, "servers",
                                        "servers: %s is %s, where the service itself listens", server->name,
                                        socket_address_format(&server->at, at));
        }
}

static void judge_service(const struct subject *subject, void *object)
{
        struct service_config *service = object;

        if (service->service.name)
                subject_claim(subject, "title", "the name %s", service->service.name);
        judge_binds(subject, &service->service);
        judge_servers(subject, &service->service);
}

static const struct key service_title = {
        .name = "name",
        .rule = &name_of_service,
        .parse = value_string,
        .offset = offsetof(struct service_config, service.name),
};

static const struct key service_keys[] = {
        {.name = "bind",
                .parse = parse_bind,
                .offset = offsetof(struct service_config, service),
                .form = "{\"192.168.150.1:6443\", ...}",
                .is_required = true,
                .is_list = true},
        {.name = "servers",
                .parse = parse_server,
                .offset = offsetof(struct service_config, service),
                .form = "{\"control1=192.168.150.21:6443\", ...}",
                .is_required = true,
                .is_list = true},
        {.name = "mode",
                .parse = parse_mode,
                .offset = offsetof(struct service_config, service.mode),
                .form = "tcp or http",
                .standard = "tcp"},
};

static const struct section_schema *const service_sections[] = {&check, NULL};

static const struct section_schema service = {
        .name = "service",
        .title = &service_title,
        .keys = service_keys,
        .key_count = COUNT(service_keys),
        .sections = service_sections,
        .add = add_service,
        .judge = judge_service,
};

/* ---- load_balancer ---- */

static void judge(const struct subject *subject, void *object)
{
        const struct load_balancer_config *balancer = object;

        if (balancer->services.count == 0)
                subject_problem(subject, "",
                        "there is no service in it: add service \"NAME\" { bind = \"ADDRESS:PORT\" servers = "
                        "{\"NAME=ADDRESS:PORT\", ...} }");
}

static const struct key load_balancer_title = {
        .name = "name",
        .rule = &name_of_service,
        .parse = value_string,
        .offset = offsetof(struct load_balancer_config, name),
};

static const struct key load_balancer_keys[] = {
        {.name = "opnsense",
                .rule = &name_of_object,
                .parse = value_string,
                .offset = offsetof(struct load_balancer_config, opnsense),
                .form = "\"fw1\""},
        HOSTS(struct load_balancer_config),
};

static const struct section_schema *const load_balancer_sections[] = {&service, NULL};

const struct section_schema section_load_balancer = {
        .name = "load_balancer",
        .title = &load_balancer_title,
        .keys = load_balancer_keys,
        .key_count = COUNT(load_balancer_keys),
        .sections = load_balancer_sections,
        .add = add_load_balancers,
        .judge = judge,
};
