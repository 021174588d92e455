/* A load balancer's services as their owner means them: where clients come in, who answers, and how it is known who can.
 * What host.conf wishes and what a balancer's own configuration says are both brought into this form, and compared in it. */
#pragma once

#include <stdbool.h>

#include "base/array.h"
#include "topology/ip.h"

#define SOCKET_TEXT 54 /* an IPv6 address in brackets, a colon and a port */

struct socket_address {
        struct ip_address address;
        unsigned port; /* 1 to 65535 */
};

enum balanced_mode {
        BALANCED_TCP,
        BALANCED_HTTP, /* each request by itself */
        BALANCED_MODES
};

enum health_check_kind {
        HEALTH_TCP,   /* a connection comes about */
        HEALTH_HTTP,  /* GET path answers with status */
        HEALTH_HTTPS, /* the same; whose certificate it is doesn't matter */
        HEALTH_CHECK_KINDS
};

struct health_check {
        enum health_check_kind kind;
        char *path; /* NULL for HEALTH_TCP */
        unsigned status;
        unsigned port; /* 0: the server's own */
        unsigned interval_s;
        unsigned rise, fall; /* good ones in a row that bring a server in, bad ones that take it out */
};

struct balanced_server {
        char *name;
        struct socket_address at;
};

struct balanced_service {
        char *name;
        enum balanced_mode mode;
        ARRAY(struct socket_address) binds;
        ARRAY(struct balanced_server) servers;
        struct health_check check;
};

/* "tcp", "http"; "tcp", "http", "https". */
const char *balanced_mode_name(enum balanced_mode mode);
const char *health_check_kind_name(enum health_check_kind kind);

/* "ADDRESS:PORT", an IPv6 address in brackets. ERROR_CONFIG with what would be right. */
int socket_address_parse(const char *text, struct socket_address *ret_socket, struct error *error);
/* Returns buffer. */
const char *socket_address_format(const struct socket_address *at, char buffer[static SOCKET_TEXT]);
bool socket_address_equal(const struct socket_address *a, const struct socket_address *b);

/* All of the machine's addresses of one family: 0.0.0.0 or ::. */
bool ip_address_is_any(const struct ip_address *address);

/* Only one of the two can be listened at: they are equal, or one stands for all addresses and includes the other. */
bool socket_address_meets(const struct socket_address *a, const struct socket_address *b);

/* What differs, in words, one string a difference, added to ret_words; nothing when they say the same. Their names aren't
 * compared; the order of binds and servers is. */
void balanced_service_differences(const struct balanced_service *wanted, const struct balanced_service *found,
        struct strings *ret_words);

/* Takes the servers of those names out. */
void balanced_service_leave_out(struct balanced_service *service, const struct strings *names);

/* to is overwritten: it is empty, or its content belongs to somebody else by now. */
void balanced_service_copy(struct balanced_service *to, const struct balanced_service *from);
void balanced_service_done(struct balanced_service *service);
