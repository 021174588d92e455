/* One question of DNS and its answer, as bytes. */
#include "means/dns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

#include "base/text.h"

static const ns_type types[NAME_QUESTIONS] = {
        [NAME_IPV4] = ns_t_a,
        [NAME_IPV6] = ns_t_aaaa,
        [NAME_REVERSE] = ns_t_ptr,
};

/* "5.150.168.192.in-addr.arpa", owned by the caller. */
static char *reverse_name(const struct ip_address *address)
{
        struct text name = {0};

        if (address->family == AF_INET6) {
                for (size_t i = 16; i-- > 0;)
                        text_format(&name, "%x.%x.", address->bytes[i] & 0xFU, address->bytes[i] >> 4U);
                text_add(&name, "ip6.arpa");
        } else {
                for (size_t i = 4; i-- > 0;)
                        text_format(&name, "%u.", address->bytes[i]);
                text_add(&name, "in-addr.arpa");
        }
        return text_take(&name);
}

size_t dns_question_write(
        const struct name_answer *question, unsigned id, uint8_t ret_message[static DNS_QUESTION_SIZE])
{
        CLEANUP(string_free)
        char *name = question->question == NAME_REVERSE ? reverse_name(&question->name->address)
                                                        : string_copy(question->asked);
        struct __res_state state = {.options = RES_RECURSE}; /* nothing of this machine's resolv.conf */
        int length = res_nmkquery(&state, ns_o_query, name, ns_c_in, types[question->question], NULL, 0, NULL,
                ret_message, DNS_QUESTION_SIZE);

        if (length < NS_HFIXEDSZ)
                return 0;
        ns_put16(id, ret_message);
        return (size_t)length;
}

static char *status_name(unsigned code)
{
        static const char *const names[] = {
                "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};

        return code < sizeof(names) / sizeof(names[0]) ? string_copy(names[code])
                                                       : string_format("status %u", code);
}

static void add_value(ns_msg *message, const ns_rr *record, struct strings *values)
{
        char text[NS_MAXDNAME];

        switch (ns_rr_type(*record)) {
        case ns_t_a:
                if (ns_rr_rdlen(*record) == 4 && inet_ntop(AF_INET, ns_rr_rdata(*record), text, sizeof(text)))
                        strings_add(values, text);
                break;
        case ns_t_aaaa:
                if (ns_rr_rdlen(*record) == 16 &&
                        inet_ntop(AF_INET6, ns_rr_rdata(*record), text, sizeof(text)))
                        strings_add(values, text);
                break;
        case ns_t_ptr:
                if (ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), ns_rr_rdata(*record),
                            text, sizeof(text)) >= 0)
                        strings_add(values, text);
                break;
        default: /* an alias on the way there */
                break;
        }
}

int dns_answer_read(
        const uint8_t *message, size_t length, unsigned id, struct name_answer *answer, struct error *error)
{
        ns_msg parsed;

        if (length > NS_MAXMSG || ns_initparse(message, (int)length, &parsed) < 0 ||
                !ns_msg_getflag(parsed, ns_f_qr))
                return error_set(error, ERROR_FAILED, "what answers doesn't speak DNS");
        if (ns_msg_id(parsed) != id)
                return error_set(
                        error, ERROR_FAILED, "question %u was answered as %u", id, ns_msg_id(parsed));
        answer->status = status_name((unsigned)ns_msg_getflag(parsed, ns_f_rcode));
        for (int i = 0; i < ns_msg_count(parsed, ns_s_an); i++) {
                ns_rr record;

                if (ns_parserr(&parsed, ns_s_an, i, &record) < 0)
                        return error_set(
                                error, ERROR_FAILED, "an answer about %s that can't be read", answer->asked);
                if (ns_rr_type(record) == types[answer->question])
                        add_value(&parsed, &record, &answer->values);
        }
        return 0;
}
