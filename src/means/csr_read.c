/* Certificate signing requests and nodes, from the API server's JSON. */
#include <string.h>

#include "base/base64.h"
#include "base/record_read.h"
#include "base/text.h"
#include "means/csr_read.h"

#define LONGEST_REQUEST (64 * 1024) /* characters of base64; a kubelet's has some 600 */
#define PEM_BEGIN       "-----BEGIN CERTIFICATE REQUEST-----"
#define PEM_END         "-----END CERTIFICATE REQUEST-----"

/* ---- JSON of any shape ---- */

/* Nothing where there is none; what is neither nothing nor of that type is odd. Lent. */
static const struct json *member(
        const struct json *object, const char *key, enum json_kind kind, const char *path, struct csr *csr)
{
        const struct json *value = json_member(object, key);

        if (json_kind(value) == JSON_KIND_NOTHING)
                return NULL;
        if (json_kind(value) == kind)
                return value;
        csr_add_oddity(csr, "%s isn't of the type that it has to have", path);
        return NULL;
}

/* An owned copy of a string; NULL for nothing. */
static char *copy_string(const struct json *string, const char *path, struct csr *csr)
{
        if (!string)
                return NULL;
        if (json_text(string))
                return string_copy(json_text(string));
        csr_add_oddity(csr, "%s has a NUL in it", path);
        return NULL;
}

static char *member_string(const struct json *object, const char *key, const char *path, struct csr *csr)
{
        return copy_string(member(object, key, JSON_KIND_TEXT, path, csr), path, csr);
}

static void read_strings(
        const struct json *spec, const char *key, const char *path, struct strings *strings, struct csr *csr)
{
        const struct json *list = member(spec, key, JSON_KIND_LIST, path, csr);

        for (size_t i = 0; i < json_count(list); i++) {
                const struct json *item = json_item(list, i);
                char *string = json_kind(item) == JSON_KIND_TEXT ? copy_string(item, path, csr) : NULL;

                if (string)
                        strings_take(strings, string);
                else if (json_kind(item) != JSON_KIND_TEXT)
                        csr_add_oddity(csr, "%s have something in them that is no string", path);
        }
}

/* ---- the request's wrappings ---- */

/* Only what is base64 in the one form that encoders write: of others, readers may read different things. NULL with an oddity;
 * owned by the caller. */
static unsigned char *decode(
        const char *text, size_t length, const char *what, size_t *ret_count, struct csr *csr)
{
        size_t count = 0;
        unsigned char *bytes = base64_decode(text, length, &count);
        CLEANUP(string_free) char *again = bytes ? base64_encode(bytes, count) : NULL;

        if (again && count > 0 && strlen(again) == length && memcmp(again, text, length) == 0) {
                *ret_count = count;
                return bytes;
        }
        free(bytes);
        csr_add_oddity(csr, "%s isn't base64", what);
        return NULL;
}

/* Moves *from behind the words, if they are there. */
static bool skip(const char **from, const char *end, const char *words)
{
        size_t length = strlen(words);

        if ((size_t)(end - *from) < length || memcmp(*from, words, length) != 0)
                return false;
        *from += length;
        return true;
}

static bool skip_line_end(const char **from, const char *end)
{
        return skip(from, end, "\n") || skip(from, end, "\r\n");
}

/* One block and nothing else: where there are two, or text around one, it depends on the reader which it takes. What stands in
 * the block is added, without its line ends. */
static bool unwrap_pem(const char *pem, const char *end, struct text *base64)
{
        if (!skip(&pem, end, PEM_BEGIN) || !skip_line_end(&pem, end))
                return false;
        while (pem < end && *pem != '-')
                if (!skip_line_end(&pem, end))
                        text_add_n(base64, pem++, 1);
        if (!skip(&pem, end, PEM_END))
                return false;
        skip_line_end(&pem, end);
        return pem == end;
}

static void read_request(const struct json *spec, struct csr *csr)
{
        const struct json *request = member(spec, "request", JSON_KIND_TEXT, "spec.request", csr);
        CLEANUP(string_free) char *pem = NULL;
        CLEANUP(text_done) struct text base64 = {0};
        unsigned char *der;
        size_t count;

        if (!request) {
                csr_add_oddity(csr, "spec.request is not given");
                return;
        }
        if (json_text_length(request) > LONGEST_REQUEST) {
                csr_add_oddity(csr, "spec.request has %zu characters, and is read up to %d",
                        json_text_length(request), LONGEST_REQUEST);
                return;
        }
        pem = (char *)decode(json_text(request), json_text(request) ? json_text_length(request) : 0,
                "spec.request", &count, csr);
        if (!pem)
                return;
        if (!unwrap_pem(pem, pem + count, &base64)) {
                csr_add_oddity(csr, "spec.request isn't one PEM block \"CERTIFICATE REQUEST\"");
                return;
        }
        der = decode(text_string(&base64), base64.length, "what is in spec.request's PEM block", &count, csr);
        if (der)
                csr_read_request(der, count, csr);
        free(der);
}

/* ---- a CertificateSigningRequest ---- */

static void read_expiration(const struct json *spec, struct csr *csr)
{
        const struct json *seconds =
                member(spec, "expirationSeconds", JSON_KIND_INTEGER, "spec.expirationSeconds", csr);

        csr->expiration_s = json_integer_of(seconds);
        if (seconds && csr->expiration_s <= 0)
                csr_add_oddity(csr, "spec.expirationSeconds is %lld", (long long)csr->expiration_s);
}

/* The API server takes none of the three that isn't "True", so their presence is the decision. */
static void read_status(const struct json *status, struct csr *csr)
{
        static const char conditions_path[] = "status.conditions";
        const struct json *conditions = member(status, "conditions", JSON_KIND_LIST, conditions_path, csr);
        CLEANUP(string_free)
        char *certificate = member_string(status, "certificate", "status.certificate", csr);

        csr->is_issued = certificate && certificate[0];
        for (size_t i = 0; i < json_count(conditions); i++) {
                const struct json *condition = json_item(conditions, i);
                CLEANUP(string_free) char *type = member_string(condition, "type", conditions_path, csr);

                if (!type)
                        csr_add_oddity(csr, "%s have one without a type", conditions_path);
                csr->is_approved |= string_equal(type, "Approved");
                csr->is_denied |= string_equal(type, "Denied");
                csr->is_failed |= string_equal(type, "Failed");
        }
}

void csr_read(const struct json *item, struct csr *ret_csr)
{
        struct csr *csr = ret_csr;
        const struct json *metadata = member(item, "metadata", JSON_KIND_OBJECT, "metadata", csr);
        const struct json *spec = member(item, "spec", JSON_KIND_OBJECT, "spec", csr);

        csr->name = member_string(metadata, "name", "metadata.name", csr);
        csr->version = member_string(metadata, "resourceVersion", "metadata.resourceVersion", csr);
        csr->signer = member_string(spec, "signerName", "spec.signerName", csr);
        csr->username = member_string(spec, "username", "spec.username", csr);
        read_strings(spec, "groups", "spec.groups", &csr->groups, csr);
        read_strings(spec, "usages", "spec.usages", &csr->usages, csr);
        read_expiration(spec, csr);
        read_status(member(item, "status", JSON_KIND_OBJECT, "status", csr), csr);
        if (csr_is_ours(csr))
                read_request(spec, csr);
}

/* ---- a Node ---- */

/* What kubelets ask a certificate for by each type of address: a Hostname may be an address, a DNS name is never one. */
static const struct {
        const char *type;
        bool may_be_address, may_be_name;
} address_types[] = {
        {"InternalIP", true, false},
        {"ExternalIP", true, false},
        {"Hostname", true, true},
        {"InternalDNS", false, true},
        {"ExternalDNS", false, true},
};

static void add_address(const char *type, const char *text, struct csr_node *node)
{
        CLEANUP(error_done) struct error no_address = {0}; /* then it may be a name */
        struct ip_address address;

        for (size_t i = 0; i < sizeof(address_types) / sizeof(address_types[0]); i++) {
                if (!string_equal(type, address_types[i].type))
                        continue;
                if (address_types[i].may_be_address && ip_address_parse(text, &address, &no_address) == 0)
                        *array_add(&node->addresses) = address;
                else if (address_types[i].may_be_name)
                        strings_add(&node->dns_names, text);
        }
}

int csr_read_node(const struct json *item, struct csr_world *world, struct error *error)
{
        const char *name = json_text_at(json_member(item, "metadata"), "name");
        const struct json *addresses = json_member(json_member(item, "status"), "addresses");
        struct csr_node *node;

        if (!name || !name[0])
                return error_set(
                        error, ERROR_FAILED, "a node in the list of nodes has no name that can be read");
        node = array_add(&world->nodes);
        node->name = string_copy(name);
        for (size_t i = 0; i < json_count(addresses); i++) {
                const struct json *address = json_item(addresses, i);
                const char *type = json_text_at(address, "type");
                const char *text = json_text_at(address, "address");

                if (type && text && text[0])
                        add_address(type, text, node);
        }
        return 0;
}
