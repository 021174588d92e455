/* Errors by value: what kind, for the program; one sentence, for the person.
 *
 * The convention everywhere: the last argument is struct error *error, never NULL; a function returns -1 with
 * it set exactly once, or >= 0 with it untouched. A caller that goes on in spite of an error passes one of its
 * own and says why. Each layer that passes an error up prefixes only what it alone knows. */
#pragma once

enum error_kind {
        ERROR_NONE,
        ERROR_FAILED,      /* a step was tried and failed */
        ERROR_USAGE,       /* the command line */
        ERROR_CONFIG,      /* host.conf */
        ERROR_UNREACHABLE, /* the machine was not reached, or its connection was lost: worth another try */
        ERROR_REFUSED,     /* it was reached and said no (host key, login, sudo): not worth another try */
        ERROR_BLOCKED,     /* a capability is missing, or something that is not ours is in the way */
        ERROR_DEADLINE,    /* it took longer than it may */
        ERROR_INTERRUPTED, /* somebody said stop */
        ERROR_KINDS
};

struct error {
        enum error_kind kind;
        char *text; /* owned; one sentence without a full stop at the end and without a newline */
};

/* Sets an error that is not set yet; always returns -1, so that a failure is one statement. */
int error_set(struct error *error, enum error_kind kind, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* As error_set, with ": " and the text of errno at the end. */
int error_set_errno(struct error *error, enum error_kind kind, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Puts what this layer knows and ": " before the text; always returns -1. */
int error_prefix(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Hands *from over to *to, which is not set yet; always returns -1. */
int error_move(struct error *to, struct error *from);

static inline int error_is_set(const struct error *error)
{
        return error->kind != ERROR_NONE;
}

/* The text, or "no error". */
const char *error_text(const struct error *error);

/* The process's exit status for a kind; the numbers are the program's contract (docs/provision.1). */
int error_exit_status(enum error_kind kind);

/* A short word for events: "failed", "deadline", … */
const char *error_kind_name(enum error_kind kind);

void error_done(struct error *error);
