/* Whatever answers at a network's port 53: values that can be shown, or one sentence. The first byte is what was asked for. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "means/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void demand(bool holds)
{
        if (!holds)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
        CLEANUP(error_done) struct error error = {0};
        struct name_answer answer = {.asked = (char *)"api.a"};
        int result;

        if (count < 3)
                return 0;
        answer.question = (enum name_question)(bytes[0] % NAME_QUESTIONS);
        result = dns_answer_read(bytes + 1, count - 1, (unsigned)bytes[1] << 8U | bytes[2], &answer, &error);
        demand((result < 0) == error_is_set(&error));
        demand(result < 0 || answer.status);
        for (array_each(char *, value, &answer.values))
                for (const char *byte = *value; *byte; byte++)
                        demand(isprint((unsigned char)*byte));
        free(answer.status);
        strings_done(&answer.values);
        return 0;
}
