/* The one writer of haproxy's configuration. */
#include <string.h>
#include <sys/socket.h>

#include "base/sha256.h"
#include "plan/haproxy.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

static const char names[] = LETTERS DIGITS "-_.:";
static const char plain[] = LETTERS DIGITS "-_.:/[]=,?&%+~@";

/* The timeouts are for long connections that say nothing for a while, as who watches an API's changes does. `redispatch`
 * after the first try: while a dead server isn't out yet, nobody who connects notices. */
static const char head[] =
        "# Made by provision, from the sections load_balancer of its host.conf: changes go there, they are\n"
        "# written over here. It is read by " HAPROXY_UNIT " alone.\n";

static const char global[] = "global\n"
                             "\tlog stdout format raw daemon notice\n"
                             "\tuser haproxy\n"
                             "\tgroup haproxy\n";

static const char defaults[] = "defaults\n"
                               "\tlog global\n"
                               "\ttimeout connect 5s\n"
                               "\ttimeout client 1h\n"
                               "\ttimeout server 1h\n"
                               "\ttimeout http-request 30s\n"
                               "\ttimeout http-keep-alive 1m\n"
                               "\tretries 3\n"
                               "\toption redispatch 1\n";

int haproxy_add_word(struct text *text, const char *word, struct error *error)
{
        for (const char *at = word; *at; at++)
                if ((unsigned char)*at < ' ' || *at == 0x7F)
                        return error_set(error, ERROR_CONFIG,
                                "\"%.80s\" holds a control character, which haproxy can't read", word);
        if (*word && word[strspn(word, plain)] == '\0') {
                text_add(text, word);
                return 0;
        }
        text_add(text, "'");
        for (const char *at = word; *at; at++) {
                if (*at == '\'')
                        text_add(text, "'\\''");
                else
                        text_add_n(text, at, 1);
        }
        text_add(text, "'");
        return 0;
}

static int add_name(struct text *text, const char *name, struct error *error)
{
        if (!name || !*name || name[strspn(name, names)])
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" can't be a name in haproxy's configuration: it has letters, digits and "
                        "\"-_.:\"",
                        name ? name : "");
        text_add(text, name);
        return 0;
}

/* A blank would end the request's path; haproxy sends what it reads. */
static int add_path(struct text *text, const char *path, struct error *error)
{
        if (!path || path[0] != '/' || strchr(path, ' '))
                return error_set(
                        error, ERROR_CONFIG, "\"%.80s\" is no path of an HTTP request", path ? path : "");
        return haproxy_add_word(text, path, error);
}

static int add_check(struct text *text, const struct health_check *check, struct error *error)
{
        if (check->kind != HEALTH_TCP) {
                text_add(text, "\toption httpchk GET ");
                if (add_path(text, check->path, error) < 0)
                        return -1;
                text_format(text, "\n\thttp-check expect status %u\n", check->status);
        }
        text_format(text, "\tdefault-server check%s inter %us rise %u fall %u",
                check->kind == HEALTH_HTTPS ? " check-ssl verify none" : "", check->interval_s, check->rise,
                check->fall);
        if (check->port)
                text_format(text, " port %u", check->port);
        text_add(text, "\n");
        return 0;
}

static int add_service(struct text *text, const struct balanced_service *service, struct error *error)
{
        char at[SOCKET_TEXT];

        text_add(text, "\nlisten ");
        if (add_name(text, service->name, error) < 0)
                return -1;
        text_format(text, "\n\tmode %s\n", balanced_mode_name(service->mode));
        for (array_each(const struct socket_address, bind, &service->binds))
                text_format(text, "\tbind %s%s\n", socket_address_format(bind, at),
                        bind->address.family == AF_INET6 && ip_address_is_any(&bind->address) ? " v6only"
                                                                                              : "");
        if (add_check(text, &service->check, error) < 0)
                return -1;
        for (array_each(const struct balanced_server, server, &service->servers)) {
                text_add(text, "\tserver ");
                if (add_name(text, server->name, error) < 0)
                        return -1;
                text_format(text, " %s\n", socket_address_format(&server->at, at));
        }
        return 0;
}

char *haproxy_write(const struct haproxy *haproxy, char **ret_fingerprint, struct error *error)
{
        CLEANUP(text_done) struct text services = {0};
        CLEANUP(text_done) struct text all = {0};
        CLEANUP(string_free) char *sum = NULL, *fingerprint = NULL;

        for (array_each(const struct haproxy_service, service, &haproxy->services)) {
                if (add_service(&services, &service->service, error) < 0) {
                        error_prefix(error, "service %s", service->service.name);
                        return NULL;
                }
        }
        text_format(&all, "%s%s%s%s", head, global, defaults, text_string(&services));
        sum = sha256_hex(text_string(&all), all.length);
        fingerprint = string_copy_n(sum, HAPROXY_FINGERPRINT);
        text_clear(&all);
        text_format(&all, "%s%s\tstats socket " HAPROXY_RUN "/%s.sock mode 600 level admin\n%s%s", head,
                global, fingerprint, defaults, text_string(&services));
        *ret_fingerprint = STEAL(fingerprint);
        return text_take(&all);
}

void haproxy_add(struct haproxy *haproxy, const char *name, const struct balanced_service *service)
{
        struct haproxy_service *added = array_add(&haproxy->services);

        balanced_service_copy(&added->service, service);
        string_replace(&added->service.name, name);
}

const struct haproxy_service *haproxy_find(const struct haproxy *haproxy, const char *name)
{
        for (array_each(const struct haproxy_service, service, &haproxy->services))
                if (string_equal(service->service.name, name))
                        return service;
        return NULL;
}

void haproxy_done(struct haproxy *haproxy)
{
        for (array_each(struct haproxy_service, service, &haproxy->services)) {
                balanced_service_done(&service->service);
                strings_done(&service->unmodelled);
        }
        array_free(&haproxy->services);
        for (array_each(struct haproxy_skipped, skipped, &haproxy->skipped)) {
                free(skipped->name);
                free(skipped->why);
        }
        array_free(&haproxy->skipped);
}
