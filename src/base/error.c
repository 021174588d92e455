/* Errors by value. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static const struct {
        const char *name;
        int exit_status;
} kinds[] = {
        [ERROR_NONE] = {"none", 0},
        [ERROR_FAILED] = {"failed", 1},
        [ERROR_USAGE] = {"usage", 2},
        [ERROR_CONFIG] = {"configuration", 3},
        [ERROR_UNREACHABLE] = {"unreachable", 4},
        [ERROR_REFUSED] = {"refused", 4},
        [ERROR_BLOCKED] = {"blocked", 5},
        [ERROR_DEADLINE] = {"deadline", 6},
        [ERROR_INTERRUPTED] = {"interrupted", 8},
};
_Static_assert(
        sizeof(kinds) / sizeof(kinds[0]) == ERROR_KINDS, "every kind of error has a name and a status");

int error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
        va_list arguments;

        assert(kind != ERROR_NONE);
        assert(!error_is_set(error));
        va_start(arguments, format);
        error->text = string_vformat(format, arguments);
        va_end(arguments);
        error->kind = kind;
        return -1;
}

int error_set_errno(struct error *error, enum error_kind kind, const char *format, ...)
{
        int number = errno;
        char buffer[128];
        va_list arguments;
        char *text;

        va_start(arguments, format);
        text = string_vformat(format, arguments);
        va_end(arguments);
        error_set(error, kind, "%s: %s", text, strerror_r(number, buffer, sizeof(buffer)));
        free(text);
        return -1;
}

int error_prefix(struct error *error, const char *format, ...)
{
        va_list arguments;
        char *prefix, *text;

        assert(error_is_set(error));
        va_start(arguments, format);
        prefix = string_vformat(format, arguments);
        va_end(arguments);
        text = string_format("%s: %s", prefix, error_text(error));
        free(prefix);
        free(error->text);
        error->text = text;
        return -1;
}

int error_move(struct error *to, struct error *from)
{
        assert(error_is_set(from));
        assert(!error_is_set(to));
        *to = *from;
        *from = (struct error) {0};
        return -1;
}

const char *error_text(const struct error *error)
{
        return error->text ? error->text : "no error";
}

int error_exit_status(enum error_kind kind)
{
        return kinds[kind].exit_status;
}

const char *error_kind_name(enum error_kind kind)
{
        return kinds[kind].name;
}

void error_done(struct error *error)
{
        free(error->text);
        *error = (struct error) {0};
}
