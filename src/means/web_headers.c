/* Reading the headers that count. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "means/web.h"

#define LONGEST_PAUSE_S 3600

static void take_date(struct web_answer *answer, const char *value)
{
        struct tm when = {0};

        if (strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &when))
                answer->at_s = timegm(&when);
}

static void take_location(struct web_answer *answer, const char *value)
{
        free(answer->location);
        answer->location = string_copy(value);
}

static void take_etag(struct web_answer *answer, const char *value)
{
        free(answer->etag);
        answer->etag = string_copy(value);
}

/* A date, which it may be, too, is nothing that we wait for. */
static void take_pause(struct web_answer *answer, const char *value)
{
        size_t digits = strspn(value, "0123456789");
        long seconds = digits > 0 && digits < 10 && !value[digits] ? strtol(value, NULL, 10) : 0;

        answer->pause_s = seconds < LONGEST_PAUSE_S ? (int)seconds : LONGEST_PAUSE_S;
}

static const struct {
        const char *name;
        void (*take)(struct web_answer *answer, const char *value);
} headers[] = {
        {"date:", take_date},
        {"location:", take_location},
        {"etag:", take_etag},
        {"retry-after:", take_pause},
};

void web_take_header(struct web_answer *answer, const char *line, size_t length)
{
        CLEANUP(string_free) char *text = string_copy_n(line, length);

        text[strcspn(text, "\r\n")] = '\0';
        for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
                size_t name = strlen(headers[i].name);

                if (strncasecmp(text, headers[i].name, name) == 0)
                        headers[i].take(answer, text + name + strspn(text + name, " \t"));
        }
}
