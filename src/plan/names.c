/* What a network tells about the names of a cluster, and what is wrong with that. */
#include "plan/names.h"

#include <stdbool.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/text.h"

#define MOST_FAULTS 3 /* that are told one by one */

static struct name_answer *add(
        struct names_state *state, const struct cluster_name *name, enum name_question question)
{
        struct name_answer *answer = array_add(&state->answers);

        answer->name = name;
        answer->question = question;
        return answer;
}

void names_state_fill(struct names_state *state, const struct cluster_config *cluster, const char *label)
{
        char address[IP_TEXT];

        state->cluster = cluster;
        for (array_each(const struct cluster_name, name, &cluster->names)) {
                enum name_question question = name->address.family == AF_INET6 ? NAME_IPV6 : NAME_IPV4;
                bool is_wildcard = name->name[0] == '*';

                add(state, name, question)->asked =
                        is_wildcard ? string_format("%s%s", label, name->name + 1) : string_copy(name->name);
                if (name->is_reverse)
                        add(state, name, NAME_REVERSE)->asked =
                                string_copy(ip_address_format(&name->address, address));
        }
}

static const char *wanted(const struct name_answer *answer, char buffer[static IP_TEXT])
{
        return answer->question == NAME_REVERSE ? answer->name->name
                                                : ip_address_format(&answer->name->address, buffer);
}

static bool is_right(const struct name_answer *answer)
{
        char address[IP_TEXT];

        return answer->values.count == 1 && strcasecmp(answer->values.items[0], wanted(answer, address)) == 0;
}

/* What was said instead. */
static const char *said(const struct name_answer *answer, const char *values)
{
        if (!answer->status)
                return "not answered";
        if (answer->values.count)
                return values;
        if (!string_equal(answer->status, "NOERROR"))
                return answer->status;
        return answer->question == NAME_REVERSE ? "without a name" : "without an address";
}

/* Owned by the caller. A wildcard goes by its own name: that of a label would be another each time. */
static char *fault(const struct name_answer *answer)
{
        CLEANUP(string_free) char *values = strings_join(&answer->values, " and ");
        char address[IP_TEXT];

        return string_format("%s is %s, wanted %s",
                answer->question == NAME_REVERSE ? answer->asked : answer->name->name, said(answer, values),
                wanted(answer, address));
}

char *names_faults(const struct names_state *state)
{
        CLEANUP(strings_done) struct strings faults = {0};
        CLEANUP(string_free) char *words = NULL;
        char address[IP_TEXT];
        size_t count = 0;

        if (state->why)
                return string_copy(state->why);
        for (array_each(const struct name_answer, answer, &state->answers))
                if (!is_right(answer) && ++count <= MOST_FAULTS)
                        strings_take(&faults, fault(answer));
        if (count == 0)
                return NULL;
        if (count > MOST_FAULTS)
                strings_take(&faults, string_format("%zu more", count - MOST_FAULTS));
        words = strings_join(&faults, "; ");
        return string_format("by %s, %s", ip_address_format(&state->cluster->dns_server, address), words);
}

void names_state_done(struct names_state *state)
{
        for (array_each(struct name_answer, answer, &state->answers)) {
                free(answer->asked);
                free(answer->status);
                strings_done(&answer->values);
        }
        array_free(&state->answers);
        free(state->why);
        *state = (struct names_state) {0};
}
