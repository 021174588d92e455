/* A certification request (PKCS #10), by libcrypto. Its struct is filled only with what is written as kubelets write it. */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>

#include "means/csr_read.h"

#define OBJECT_TEXT 80 /* a name, or numbers and dots */

/* What the API server's own library reads, and is strong enough. */
static const struct {
        int type;
        const char *group; /* as libcrypto calls it */
        int least, most;   /* bits */
        const char *words;
} keys[] = {
        {EVP_PKEY_RSA, NULL, 2048, 8192, "RSA"},
        {EVP_PKEY_EC, "prime256v1", 256, 256, "EC P-256"},
        {EVP_PKEY_EC, "secp384r1", 384, 384, "EC P-384"},
        {EVP_PKEY_EC, "secp521r1", 521, 521, "EC P-521"},
        {EVP_PKEY_ED25519, NULL, 1, 256, "Ed25519"},
};

static const char *object_name(const ASN1_OBJECT *object, char name[static OBJECT_TEXT])
{
        name[0] = '\0';
        (void)OBJ_obj2txt(name, OBJECT_TEXT, object, 0);
        return name;
}

/* Owned by the caller; NULL with an oddity. */
static char *copy_text(const ASN1_STRING *string, const char *what, struct csr *csr)
{
        const char *bytes = (const char *)ASN1_STRING_get0_data(string);
        size_t count = (size_t)ASN1_STRING_length(string);
        CLEANUP(string_free) char *shown = NULL;

        if (count == 0)
                return string_copy("");
        if (!memchr(bytes, '\0', count))
                return string_copy_n(bytes, count);
        shown = csr_shown(bytes, count);
        csr_add_oddity(csr, "%s is %s, with a NUL in it", what, shown);
        return NULL;
}

/* ---- the subject ---- */

/* The two forms of a string that everybody reads alike. */
static bool is_common_form(const ASN1_STRING *string)
{
        return ASN1_STRING_type(string) == V_ASN1_PRINTABLESTRING ||
               ASN1_STRING_type(string) == V_ASN1_UTF8STRING;
}

static void read_subject_entry(const X509_NAME_ENTRY *entry, struct csr *csr)
{
        const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object(entry);
        const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);
        int nid = OBJ_obj2nid(object);
        char name[OBJECT_TEXT], what[OBJECT_TEXT + 32];
        char *text;

        snprintf(what, sizeof(what), "the subject's %s", object_name(object, name));
        if (nid != NID_commonName && nid != NID_organizationName) {
                csr_add_oddity(csr, "%s is given, too", what);
        } else if (!is_common_form(value)) {
                csr_add_oddity(csr, "%s is written neither as a PrintableString nor as a UTF8String", what);
        } else if (nid == NID_commonName && csr->common_name) {
                csr_add_oddity(csr, "%s is given twice", what);
        } else if ((text = copy_text(value, what, csr))) {
                if (nid == NID_commonName)
                        csr->common_name = text;
                else
                        strings_take(&csr->organizations, text);
        }
}

static void read_subject(const X509_NAME *subject, struct csr *csr)
{
        int last_set = -1;

        for (int i = 0; i < X509_NAME_entry_count(subject); i++) {
                const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);

                if (X509_NAME_ENTRY_set(entry) == last_set)
                        csr_add_oddity(csr, "the subject has several values in one of its parts");
                last_set = X509_NAME_ENTRY_set(entry);
                read_subject_entry(entry, csr);
        }
}

/* ---- the key ---- */

/* An elliptic curve is told by its name, not described: a description can be made to fit any signature. */
static bool has_named_parameters(X509_REQ *request)
{
        X509_ALGOR *algorithm = NULL;
        int type = V_ASN1_UNDEF;

        return X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, X509_REQ_get_X509_PUBKEY(request)) == 1 &&
               (X509_ALGOR_get0(NULL, &type, NULL, algorithm), type == V_ASN1_OBJECT);
}

static bool is_sound_key(X509_REQ *request, const EVP_PKEY *key, const char **ret_words)
{
        char group[OBJECT_TEXT] = "";
        int type = EVP_PKEY_get_base_id(key), bits = EVP_PKEY_get_bits(key);

        if (type == EVP_PKEY_EC &&
                (!EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) || !has_named_parameters(request)))
                return false;
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
                if (type != keys[i].type || (keys[i].group && !string_equal(group, keys[i].group)))
                        continue;
                *ret_words = keys[i].words;
                return bits >= keys[i].least && bits <= keys[i].most;
        }
        return false;
}

static void read_key(X509_REQ *request, struct csr *csr)
{
        EVP_PKEY *key = X509_REQ_get0_pubkey(request);
        const char *words = key ? EVP_PKEY_get0_type_name(key) : NULL;
        bool is_sound = key && is_sound_key(request, key, &words);

        if (!key) {
                csr_add_oddity(csr, "the key in spec.request can't be read");
                return;
        }
        csr->key = string_format("%s of %d bits", words ? words : "nameless", EVP_PKEY_get_bits(key));
        if (is_sound)
                csr->proves_possession = X509_REQ_verify(request, key) == 1;
        else
                csr_add_oddity(csr, "the key is %s, and kubelets have other ones", csr->key);
}

/* ---- what it asks for besides ---- */

static void read_address(const ASN1_OCTET_STRING *bytes, struct csr *csr)
{
        size_t count = (size_t)ASN1_STRING_length(bytes);
        struct ip_address address = {.family = count == 4 ? AF_INET : AF_INET6};

        if (count != 4 && count != sizeof(address.bytes)) {
                csr_add_oddity(csr, "it asks for an address of %zu bytes", count);
                return;
        }
        memcpy(address.bytes, ASN1_STRING_get0_data(bytes), count);
        *array_add(&csr->addresses) = address;
}

static void add_other_name(const char *kind, const ASN1_STRING *value, struct csr *csr)
{
        CLEANUP(string_free) char *text = copy_text(value, "a subject alternative name", csr);

        if (text)
                strings_take(&csr->other_names, string_format("%s:%s", kind, text));
}

static void read_name(const GENERAL_NAME *name, struct csr *csr)
{
        char *text;

        switch (name->type) {
        case GEN_DNS:
                if ((text = copy_text(name->d.dNSName, "a subject alternative name", csr)))
                        strings_take(&csr->dns_names, text);
                break;
        case GEN_IPADD:
                read_address(name->d.iPAddress, csr);
                break;
        case GEN_EMAIL:
                add_other_name("email", name->d.rfc822Name, csr);
                break;
        case GEN_URI:
                add_other_name("URI", name->d.uniformResourceIdentifier, csr);
                break;
        default:
                strings_take(&csr->other_names, string_format("a name of type %d", name->type));
        }
}

static void read_names(const unsigned char *der, int count, struct csr *csr)
{
        const unsigned char *at = der;
        GENERAL_NAMES *names = d2i_GENERAL_NAMES(NULL, &at, count);

        if (!names || at != der + count)
                csr_add_oddity(csr, "its subject alternative names can't be read");
        else if (sk_GENERAL_NAME_num(names) == 0)
                csr_add_oddity(csr, "its list of subject alternative names is empty");
        for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
                read_name(sk_GENERAL_NAME_value(names, i), csr);
        GENERAL_NAMES_free(names);
}

static void read_other_extension(X509_EXTENSION *extension, struct csr *csr)
{
        const ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
        const char *critical = X509_EXTENSION_get_critical(extension) ? "critical " : "";
        char name[OBJECT_TEXT];
        BASIC_CONSTRAINTS *constraints =
                OBJ_obj2nid(object) == NID_basic_constraints ? X509V3_EXT_d2i(extension) : NULL;

        if (constraints && constraints->ca)
                csr_add_oddity(csr, "it asks for a certificate authority (basicConstraints has CA:TRUE)");
        else
                csr_add_oddity(csr, "it asks for the %sextension %s", critical, object_name(object, name));
        BASIC_CONSTRAINTS_free(constraints);
}

static void read_extensions(const unsigned char *der, int count, struct csr *csr)
{
        const unsigned char *at = der;
        X509_EXTENSIONS *extensions = d2i_X509_EXTENSIONS(NULL, &at, count);
        bool has_names = false;

        if (!extensions || at != der + count)
                csr_add_oddity(csr, "the extensions that it asks for can't be read");
        for (int i = 0; i < sk_X509_EXTENSION_num(extensions); i++) {
                X509_EXTENSION *extension = sk_X509_EXTENSION_value(extensions, i);
                const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);

                if (OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_subject_alt_name) {
                        read_other_extension(extension, csr);
                        continue;
                }
                if (has_names)
                        csr_add_oddity(csr, "it has two lists of subject alternative names");
                has_names = true;
                read_names(ASN1_STRING_get0_data(value), ASN1_STRING_length(value), csr);
        }
        sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

static void read_attributes(X509_REQ *request, struct csr *csr)
{
        bool has_extensions = false;

        for (int i = 0; i < X509_REQ_get_attr_count(request); i++) {
                X509_ATTRIBUTE *attribute = X509_REQ_get_attr(request, i);
                const ASN1_OBJECT *object = X509_ATTRIBUTE_get0_object(attribute);
                const ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(attribute, 0);
                char name[OBJECT_TEXT];

                if (OBJ_obj2nid(object) != NID_ext_req) {
                        csr_add_oddity(csr, "it has the attribute %s", object_name(object, name));
                        continue;
                }
                if (has_extensions)
                        csr_add_oddity(csr, "it asks for extensions in two places");
                has_extensions = true;
                if (X509_ATTRIBUTE_count(attribute) == 1 && value->type == V_ASN1_SEQUENCE)
                        read_extensions(value->value.sequence->data, value->value.sequence->length, csr);
                else
                        csr_add_oddity(csr, "the extensions that it asks for are not one list");
        }
}

void csr_read_request(const unsigned char *der, size_t count, struct csr *csr)
{
        const unsigned char *at = der;
        X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)count);

        if (!request) {
                csr_add_oddity(csr, "spec.request holds no certification request that can be read");
        } else {
                if (at != der + count)
                        csr_add_oddity(csr, "spec.request has more in it behind its end");
                if (X509_REQ_get_version(request) != X509_REQ_VERSION_1)
                        csr_add_oddity(csr, "spec.request is of another version than the one there is");
                read_subject(X509_REQ_get_subject_name(request), csr);
                read_key(request, csr);
                read_attributes(request, csr);
        }
        X509_REQ_free(request);
        ERR_clear_error();
}
