/* Certificate signing requests as plain data. */
#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "plan/csr.h"

#define LONGEST_SHOWN 120

bool csr_is_decided(const struct csr *csr)
{
        return csr->is_approved || csr->is_denied || csr->is_failed || csr->is_issued;
}

bool csr_is_ours(const struct csr *csr)
{
        return !csr_is_decided(csr) && (string_equal(csr->signer, CSR_SIGNER_CLIENT) ||
                                               string_equal(csr->signer, CSR_SIGNER_SERVING));
}

char *csr_shown(const char *bytes, size_t count)
{
        CLEANUP(text_done) struct text shown = {0};

        text_add(&shown, "\"");
        for (size_t i = 0; i < count && i < LONGEST_SHOWN; i++) {
                unsigned char byte = (unsigned char)bytes[i];

                if (byte < ' ' || byte > '~' || byte == '"' || byte == '\\')
                        text_format(&shown, "\\x%02x", byte);
                else
                        text_add_n(&shown, &bytes[i], 1);
        }
        text_add(&shown, count > LONGEST_SHOWN ? "...\"" : "\"");
        return text_take(&shown);
}

void csr_add_oddity(struct csr *csr, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        strings_take(&csr->oddities, string_vformat(format, arguments));
        va_end(arguments);
}

void csr_done(struct csr *csr)
{
        free(csr->name);
        free(csr->version);
        free(csr->signer);
        free(csr->username);
        strings_done(&csr->groups);
        strings_done(&csr->usages);
        free(csr->common_name);
        strings_done(&csr->organizations);
        strings_done(&csr->dns_names);
        array_free(&csr->addresses);
        strings_done(&csr->other_names);
        free(csr->key);
        strings_done(&csr->oddities);
        *csr = (struct csr) {0};
}

void csr_world_done(struct csr_world *world)
{
        strings_done(&world->declared);
        for (array_each(struct csr_node, node, &world->nodes)) {
                free(node->name);
                strings_done(&node->dns_names);
                array_free(&node->addresses);
        }
        array_free(&world->nodes);
        *world = (struct csr_world) {0};
}
