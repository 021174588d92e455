/* What an OPNsense is to have, as objects with fields. Names of fields and their values are those of its models. */
#include "plan/opnsense_parts.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/sha256.h"
#include "base/text.h"

#define FINGERPRINT 12 /* hex digits of a service */
#define NUMBER_TEXT 16

const char *opnsense_uuid(enum opnsense_kind kind, const char *key, char buffer[static UUID_TEXT])
{
        CLEANUP(string_free)
        char *uri = string_format("urn:provision:opnsense:%s:%s", opnsense_kind_name(kind), key);

        return uuid_of_uri(uri, buffer);
}

static struct opnsense_object *add(struct opnsense_objects *objects, enum opnsense_kind kind, const char *key)
{
        struct opnsense_object *object = array_add(&objects->list);
        CLEANUP(string_free) char *description = string_format(OPNSENSE_MARK "%s", key);
        char uuid[UUID_TEXT];

        object->kind = kind;
        object->uuid = string_copy(opnsense_uuid(kind, key, uuid));
        opnsense_set(object, "description", description);
        return object;
}

static void set_number(struct opnsense_object *object, const char *field, unsigned number)
{
        char text[NUMBER_TEXT] = "";

        if (number > 0)
                snprintf(text, sizeof(text), "%u", number);
        opnsense_set(object, field, text);
}

/* "provision.lab.api": a dot in a name of host.conf is two here, so that no two names become the same. */
static char *haproxy_name(const char *key)
{
        struct text name = {0};

        text_add(&name, OPNSENSE_NAME);
        for (const char *at = key; *at; at++)
                text_add_n(&name, *at == '/' ? "." : *at == '.' ? ".." : at, *at == '.' ? 2 : 1);
        return text_take(&name);
}

/* A name of a health check has no dots. */
static char *check_name(const char *key)
{
        char *name = string_format("provision %s", key);

        for (char *at = name; *at; at++)
                *at = *at == '.' ? '_' : *at;
        return name;
}

static void add_server(struct opnsense_objects *objects, const char *key,
        const struct balanced_service *service, const struct balanced_server *server)
{
        CLEANUP(string_free) char *server_key = string_format("%s/%s", key, server->name);
        CLEANUP(string_free) char *name = haproxy_name(server_key);
        struct opnsense_object *object = add(objects, OPNSENSE_SERVER, server_key);
        char address[IP_TEXT];

        opnsense_set(object, "enabled", "1");
        opnsense_set(object, "name", name);
        opnsense_set(object, "type", "static");
        opnsense_set(object, "mode", "active");
        opnsense_set(object, "address", ip_address_format(&server->at.address, address));
        set_number(object, "port", server->at.port);
        set_number(object, "checkport", service->check.port);
        opnsense_set(object, "ssl", "0");
        opnsense_set(object, "sslVerify", "0"); /* of a check by HTTPS */
}

static void add_check(struct opnsense_objects *objects, const char *key, const struct health_check *check)
{
        CLEANUP(string_free)
        char *name = check_name(key), *interval = string_format("%us", check->interval_s);
        struct opnsense_object *object = add(objects, OPNSENSE_HEALTHCHECK, key);

        opnsense_set(object, "name", name);
        opnsense_set(object, "type", check->kind == HEALTH_TCP ? "tcp" : "http");
        opnsense_set(object, "interval", interval);
        opnsense_set(object, "ssl", check->kind == HEALTH_HTTPS ? "ssl" : "nossl");
        set_number(object, "checkport", check->port);
        if (check->kind == HEALTH_TCP)
                return;
        opnsense_set(object, "http_method", "get");
        opnsense_set(object, "http_uri", check->path);
        opnsense_set(object, "http_expressionEnabled", "1");
        opnsense_set(object, "http_expression", "status");
        set_number(object, "http_value", check->status);
}

static void add_backend(
        struct opnsense_objects *objects, const char *key, const struct balanced_service *service)
{
        CLEANUP(string_free) char *name = haproxy_name(key);
        CLEANUP(text_done) struct text servers = {0};
        struct opnsense_object *object = add(objects, OPNSENSE_BACKEND, key);
        char uuid[UUID_TEXT];

        for (array_each(const struct balanced_server, server, &service->servers)) {
                CLEANUP(string_free) char *server_key = string_format("%s/%s", key, server->name);

                text_format(&servers, "%s%s", servers.length ? "," : "",
                        opnsense_uuid(OPNSENSE_SERVER, server_key, uuid));
        }
        opnsense_set(object, "enabled", "1");
        opnsense_set(object, "name", name);
        opnsense_set(object, "mode", balanced_mode_name(service->mode));
        opnsense_set(object, "algorithm", "roundrobin");
        opnsense_set(object, "persistence", "");
        opnsense_set(object, "linkedServers", text_string(&servers));
        opnsense_set(object, "healthCheckEnabled", "1");
        opnsense_set(object, "healthCheck", opnsense_uuid(OPNSENSE_HEALTHCHECK, key, uuid));
        set_number(object, "healthCheckFall", service->check.fall);
        set_number(object, "healthCheckRise", service->check.rise);
}

static void add_frontend(
        struct opnsense_objects *objects, const char *key, const struct balanced_service *service)
{
        CLEANUP(text_done) struct text binds = {0};
        struct opnsense_object *object = add(objects, OPNSENSE_FRONTEND, key);
        char at[SOCKET_TEXT], uuid[UUID_TEXT];

        for (array_each(const struct socket_address, bind, &service->binds))
                text_format(&binds, "%s%s", binds.length ? "," : "", socket_address_format(bind, at));
        opnsense_set(object, "enabled", "1");
        opnsense_set(object, "bind", text_string(&binds));
        opnsense_set(object, "mode", balanced_mode_name(service->mode));
        opnsense_set(object, "ssl_enabled", "0");
        opnsense_set(object, "defaultBackend", opnsense_uuid(OPNSENSE_BACKEND, key, uuid));
}

/* Of all that was added for a service. */
static char *fingerprint(const struct opnsense_objects *objects, size_t first)
{
        CLEANUP(text_done) struct text all = {0};
        char *sum;

        for (size_t i = first; i < objects->list.count; i++)
                for (array_each(const struct opnsense_field, field, &objects->list.items[i].fields))
                        text_format(&all, "%s=%s\n", field->name, field->value);
        sum = sha256_hex(text_string(&all), all.length);
        sum[FINGERPRINT] = '\0';
        return sum;
}

void opnsense_add_service(
        struct opnsense_objects *objects, const char *balancer, const struct balanced_service *service)
{
        CLEANUP(string_free) char *key = string_format("%s/%s", balancer, service->name);
        CLEANUP(string_free) char *name = haproxy_name(key), *sum = NULL, *frontend = NULL;
        size_t first = objects->list.count;

        for (array_each(const struct balanced_server, server, &service->servers))
                add_server(objects, key, service, server);
        add_check(objects, key, &service->check);
        add_backend(objects, key, service);
        add_frontend(objects, key, service);
        sum = fingerprint(objects, first);
        frontend = string_format("%s.%s", name, sum);
        opnsense_set(&objects->list.items[objects->list.count - 1], "name", frontend);
}

void opnsense_add_general(struct opnsense_objects *objects)
{
        struct opnsense_object *object = array_add(&objects->list);

        object->kind = OPNSENSE_GENERAL;
        opnsense_set(object, "enabled", "1");
}

/* ---- rules ---- */

static void add_rule(struct opnsense_objects *objects, const struct firewall *firewall,
        const struct port_range *range, const struct subnet *from)
{
        char words[PORT_RANGE_TEXT], subnet[SUBNET_TEXT];
        CLEANUP(string_free) char *interfaces = strings_join(&firewall->interfaces, ",");
        CLEANUP(string_free)
        char *key = string_format("%s/%s from %s", firewall->name, port_range_format(range, words),
                from ? subnet_format(from, subnet) : "any");
        CLEANUP(string_free)
        char *ports = range->first == range->last ? string_format("%u", range->first)
                                                  : string_format("%u-%u", range->first, range->last);
        struct opnsense_object *rule = add(objects, OPNSENSE_RULE, key);

        opnsense_set(rule, "enabled", "1");
        opnsense_set(rule, "action", "pass");
        opnsense_set(rule, "quick", "1");
        opnsense_set(rule, "interface", interfaces);
        opnsense_set(rule, "direction", "in");
        opnsense_set(rule, "ipprotocol",
                !from                              ? "inet46"
                : from->address.family == AF_INET6 ? "inet6"
                                                   : "inet");
        opnsense_set(rule, "protocol", range->protocol == PORT_UDP ? "UDP" : "TCP");
        opnsense_set(rule, "source_net", from ? subnet : "any");
        opnsense_set(rule, "source_not", "0");
        opnsense_set(rule, "destination_net", "(self)");
        opnsense_set(rule, "destination_not", "0");
        opnsense_set(rule, "destination_port", ports);
}

void opnsense_add_rules(struct opnsense_objects *objects, const struct firewall *firewall)
{
        for (array_each(const struct port_range, range, &firewall->ports)) {
                if (firewall->from.count == 0)
                        add_rule(objects, firewall, range, NULL);
                for (array_each(const struct subnet, from, &firewall->from))
                        add_rule(objects, firewall, range, from);
        }
}

char *opnsense_pending(const struct opnsense_object *rule)
{
        const char *description = opnsense_value(rule, "description");

        return strstr(description, OPNSENSE_PENDING) ? string_copy(description)
                                                     : string_format("%s" OPNSENSE_PENDING, description);
}
