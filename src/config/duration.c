/* Lengths of time as people write them. */
#include <ctype.h>
#include <string.h>

#include "config/duration.h"

static const struct {
        const char *name;
        int seconds;
} units[] = {{"d", 24 * 60 * 60}, {"h", 60 * 60}, {"min", 60}, {"s", 1}};

#define UNITS (sizeof(units) / sizeof(units[0]))

/* The unit at the start of the text, at or after *unit in the table; its length, 0 for none. */
static size_t find_unit(const char *text, size_t *unit)
{
        size_t length = 0;

        while (islower((unsigned char)text[length]))
                length++;
        for (; length > 0 && *unit < UNITS; ++*unit)
                if (strlen(units[*unit].name) == length && strncmp(text, units[*unit].name, length) == 0)
                        return length;
        return 0;
}

int duration_parse(const char *text, int *ret_seconds, struct error *error)
{
        long total = 0;
        size_t unit = 0;
        const char *at = text;

        do {
                long number = 0;
                size_t length, digits = strspn(at, "0123456789");

                for (size_t i = 0; i < digits && number <= DURATION_LONGEST_S; i++)
                        number = 10 * number + (at[i] - '0');
                length = find_unit(at + digits, &unit);
                if (digits == 0 || length == 0)
                        return error_set(error, ERROR_CONFIG,
                                "\"%.80s\" is not a duration: write numbers with their units (d, h, min, s), "
                                "as in "
                                "90s, 15min or 1h30min",
                                text);
                total += number * units[unit++].seconds;
                if (number > DURATION_LONGEST_S || total > DURATION_LONGEST_S)
                        return error_set(error, ERROR_CONFIG, "\"%.80s\" is longer than a week (7d)", text);
                at += digits + length;
        } while (*at);
        if (total == 0)
                return error_set(error, ERROR_CONFIG, "\"%.80s\" leaves no time: write more than 0s", text);
        *ret_seconds = (int)total;
        return 0;
}
