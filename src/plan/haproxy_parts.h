/* What the two halves of haproxy's reader share: haproxy_read.c knows sections, haproxy_lines.c the lines in one. */
#pragma once

#include "plan/haproxy.h"

enum haproxy_section_kind { HAPROXY_LISTEN, HAPROXY_FRONTEND, HAPROXY_BACKEND, HAPROXY_SECTION_KINDS };

struct haproxy_section {
        enum haproxy_section_kind kind;
        struct haproxy_service said;
        char *backend; /* that a frontend leads to, or NULL */
        char *why;     /* it isn't clear where it listens; or NULL: it is */
        bool is_checked;
};

/* One of the addresses behind `bind`: "192.168.150.1:80", ":80", "[::]:8000-8010". */
void haproxy_take_bind(struct haproxy_section *section, const char *text);

/* A line of the section, which isn't empty. */
void haproxy_take_line(struct haproxy_section *section, const struct haproxy_line *line);
