/* What is read of certification requests, made here by libcrypto: each way to write what no kubelet writes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include "csr_items.h"

#define NAMES "DNS:worker1.lab.test,IP:192.168.150.31,IP:fd00:150::31"

/* What a request is made of. NULL in a list of extensions: there is none. */
struct parts {
        X509_REQ *request;
        X509_NAME *subject;
        STACK_OF(X509_EXTENSION) * extensions;
        bool has_other_version;
};

typedef void change(struct parts *parts);

/* That libcrypto makes what the test wants. */
#define must(done)                                 \
        do {                                       \
                if (!(done))                       \
                        fail_msg("no: %s", #done); \
        } while (0)

/* ---- pieces ---- */

static void add_bytes(struct parts *parts, int nid, int type, const char *bytes, int count, int set)
{
        must(X509_NAME_add_entry_by_NID(
                parts->subject, nid, type, (const unsigned char *)bytes, count, -1, set));
}

static void add_entry(struct parts *parts, int nid, const char *text)
{
        add_bytes(parts, nid, V_ASN1_PRINTABLESTRING, text, -1, 0);
}

static void clear_subject(struct parts *parts)
{
        while (X509_NAME_entry_count(parts->subject))
                X509_NAME_ENTRY_free(X509_NAME_delete_entry(parts->subject, 0));
}

static void add_extension(struct parts *parts, X509_EXTENSION *extension)
{
        must(extension != NULL);
        if (!parts->extensions)
                parts->extensions = sk_X509_EXTENSION_new_null();
        sk_X509_EXTENSION_push(parts->extensions, extension);
}

static void extend(struct parts *parts, int nid, const char *value)
{
        add_extension(parts, X509V3_EXT_conf_nid(NULL, NULL, nid, value));
}

/* An extension with these bytes in it, whatever they are. */
static void extend_raw(struct parts *parts, const char *name, int is_critical, const char *bytes, int count)
{
        ASN1_OBJECT *object = OBJ_txt2obj(name, 0);
        ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();

        ASN1_OCTET_STRING_set(value, (const unsigned char *)bytes, count);
        add_extension(parts, X509_EXTENSION_create_by_OBJ(NULL, object, is_critical, value));
        ASN1_OCTET_STRING_free(value);
        ASN1_OBJECT_free(object);
}

static void forget_extensions(struct parts *parts)
{
        sk_X509_EXTENSION_pop_free(parts->extensions, X509_EXTENSION_free);
        parts->extensions = NULL;
}

#define NAMES_ARE(bytes)                                                                  \
        do {                                                                              \
                forget_extensions(parts);                                                 \
                extend_raw(parts, "subjectAltName", 0, "" bytes, (int)sizeof(bytes) - 1); \
        } while (0)

/* ---- one thing changed ---- */

static void nothing(struct parts *parts)
{
        (void)parts;
}

static void utf8(struct parts *parts)
{
        clear_subject(parts);
        add_bytes(parts, NID_organizationName, V_ASN1_UTF8STRING, "system:nodes", -1, 0);
        add_bytes(parts, NID_commonName, V_ASN1_UTF8STRING, "system:node:worker1", -1, 0);
}

static void no_subject(struct parts *parts)
{
        clear_subject(parts);
}

static void empty_name(struct parts *parts)
{
        clear_subject(parts);
        add_entry(parts, NID_organizationName, "system:nodes");
        add_bytes(parts, NID_commonName, V_ASN1_UTF8STRING, "", 0, 0);
}

static void name_twice(struct parts *parts)
{
        add_entry(parts, NID_commonName, "system:node:worker1");
}

static void another_name_first(struct parts *parts)
{
        clear_subject(parts);
        add_entry(parts, NID_commonName, "system:admin");
        add_entry(parts, NID_organizationName, "system:nodes");
        add_entry(parts, NID_commonName, "system:node:worker1");
}

static void masters_too(struct parts *parts)
{
        add_entry(parts, NID_organizationName, "system:masters");
}

static void several_in_one(struct parts *parts)
{
        clear_subject(parts);
        add_entry(parts, NID_organizationName, "system:nodes");
        add_bytes(parts, NID_commonName, V_ASN1_PRINTABLESTRING, "system:node:worker1", -1, -1);
}

static void a_country(struct parts *parts)
{
        add_entry(parts, NID_countryName, "CH");
}

static void a_unit(struct parts *parts)
{
        add_entry(parts, NID_organizationalUnitName, "system:masters");
}

static void a_serial_number(struct parts *parts)
{
        add_entry(parts, NID_serialNumber, "1");
}

static void nul_behind_name(struct parts *parts)
{
        clear_subject(parts);
        add_entry(parts, NID_organizationName, "system:nodes");
        add_bytes(parts, NID_commonName, V_ASN1_UTF8STRING, "system:node:worker1\0.evil", 25, 0);
}

static void nul_in_organization(struct parts *parts)
{
        clear_subject(parts);
        add_bytes(parts, NID_organizationName, V_ASN1_UTF8STRING, "system:nodes\0", 13, 0);
        add_entry(parts, NID_commonName, "system:node:worker1");
}

static void wide_letters(struct parts *parts)
{
        clear_subject(parts);
        add_entry(parts, NID_organizationName, "system:nodes");
        add_bytes(parts, NID_commonName, V_ASN1_BMPSTRING, "\0s\0y", 4, 0);
}

static void teletex(struct parts *parts)
{
        clear_subject(parts);
        add_bytes(parts, NID_organizationName, V_ASN1_T61STRING, "system:nodes", -1, 0);
        add_entry(parts, NID_commonName, "system:node:worker1");
}

static void no_names(struct parts *parts)
{
        forget_extensions(parts);
}

static void critical_names(struct parts *parts)
{
        forget_extensions(parts);
        extend(parts, NID_subject_alt_name, "critical," NAMES);
}

static void email(struct parts *parts)
{
        forget_extensions(parts);
        extend(parts, NID_subject_alt_name, NAMES ",email:root@lab.test");
}

static void uri(struct parts *parts)
{
        forget_extensions(parts);
        extend(parts, NID_subject_alt_name, NAMES ",URI:spiffe://lab.test/worker1");
}

static void registered_id(struct parts *parts)
{
        forget_extensions(parts);
        extend(parts, NID_subject_alt_name, NAMES ",RID:1.2.3.4");
}

static void other_name(struct parts *parts)
{
        forget_extensions(parts);
        extend(parts, NID_subject_alt_name, NAMES ",otherName:1.2.3.4;UTF8:admin");
}

static void another_address(struct parts *parts)
{
        forget_extensions(parts);
        extend(parts, NID_subject_alt_name, NAMES ",IP:192.168.150.21");
}

static void nul_in_names(struct parts *parts)
{
        NAMES_ARE("\x30\x0b\x82\x09worker1\0x");
}

static void high_byte_in_names(struct parts *parts)
{
        NAMES_ARE("\x30\x0a\x82\x08worker1\xff");
}

static void nul_in_email(struct parts *parts)
{
        NAMES_ARE("\x30\x05\x81\x03"
                  "a\0b");
}

static void five_byte_address(struct parts *parts)
{
        NAMES_ARE("\x30\x07\x87\x05\xc0\xa8\x96\x1f\x00");
}

static void address_with_mask(struct parts *parts)
{
        NAMES_ARE("\x30\x0a\x87\x08\xc0\xa8\x96\x1f\xff\xff\xff\x00");
}

static void empty_address(struct parts *parts)
{
        NAMES_ARE("\x30\x02\x87\x00");
}

static void empty_names(struct parts *parts)
{
        NAMES_ARE("\x30\x00");
}

static void cut_names(struct parts *parts)
{
        NAMES_ARE("\x30\x0b\x82\x09work");
}

static void more_behind_names(struct parts *parts)
{
        NAMES_ARE("\x30\x06\x87\x04\xc0\xa8\x96\x1f\x30\x00");
}

static void nothing_in_names(struct parts *parts)
{
        forget_extensions(parts);
        extend_raw(parts, "subjectAltName", 0, "", 0);
}

static void names_twice(struct parts *parts)
{
        extend(parts, NID_subject_alt_name, "DNS:worker1");
}

static void authority(struct parts *parts)
{
        extend(parts, NID_basic_constraints, "critical,CA:TRUE");
}

static void no_authority(struct parts *parts)
{
        extend(parts, NID_basic_constraints, "CA:FALSE");
}

static void broken_constraints(struct parts *parts)
{
        extend_raw(parts, "basicConstraints", 1, "\x30\x7f", 2);
}

static void key_usage(struct parts *parts)
{
        extend(parts, NID_key_usage, "keyCertSign");
}

static void unknown(struct parts *parts)
{
        extend_raw(parts, "1.2.3.4.5", 0, "\x05\x00", 2);
}

static void unknown_critical(struct parts *parts)
{
        extend_raw(parts, "1.2.3.4.5", 1, "\x05\x00", 2);
}

static void password(struct parts *parts)
{
        must(X509_REQ_add1_attr_by_NID(parts->request, NID_pkcs9_challengePassword, MBSTRING_ASC,
                (const unsigned char *)"secret", -1));
}

/* libcrypto doesn't add an attribute again, but lets one be renamed. */
static void extensions_twice(struct parts *parts)
{
        must(X509_REQ_add_extensions(parts->request, parts->extensions));
        must(X509_REQ_add_extensions_nid(parts->request, parts->extensions, NID_pkcs9_challengePassword));
        must(X509_ATTRIBUTE_set1_object(X509_REQ_get_attr(parts->request, 1), OBJ_nid2obj(NID_ext_req)));
        forget_extensions(parts);
}

static void extensions_twice_in_one(struct parts *parts)
{
        must(X509_REQ_add_extensions(parts->request, parts->extensions));
        must(X509_ATTRIBUTE_set1_data(
                X509_REQ_get_attr(parts->request, 0), V_ASN1_SEQUENCE, (const unsigned char *)"\x30\x00", 2));
        forget_extensions(parts);
}

static void their_extensions(struct parts *parts)
{
        must(X509_REQ_add_extensions_nid(parts->request, parts->extensions, NID_ms_ext_req));
        forget_extensions(parts);
}

static void no_list_of_extensions(struct parts *parts)
{
        forget_extensions(parts);
        must(X509_REQ_add1_attr_by_NID(
                parts->request, NID_ext_req, V_ASN1_UTF8STRING, (const unsigned char *)"x", 1));
}

static void broken_extensions(struct parts *parts)
{
        forget_extensions(parts);
        must(X509_REQ_add1_attr_by_NID(parts->request, NID_ext_req, V_ASN1_SEQUENCE,
                (const unsigned char *)"\x30\x03\x02\x01\x01", 5));
}

static void another_version(struct parts *parts)
{
        parts->has_other_version = true;
}

/* ---- a request ---- */

static EVP_PKEY *usual, *others;

/* In PEM, owned by the caller. */
static char *make(change *change_it, bool has_names, EVP_PKEY *key, EVP_PKEY *signer)
{
        struct parts parts = {.request = X509_REQ_new()};
        unsigned char *der = NULL;
        char *pem;
        int count;

        parts.subject = X509_NAME_new();
        add_entry(&parts, NID_organizationName, "system:nodes");
        add_entry(&parts, NID_commonName, "system:node:worker1");
        if (has_names)
                extend(&parts, NID_subject_alt_name, NAMES);
        change_it(&parts);
        if (parts.extensions)
                must(X509_REQ_add_extensions(parts.request, parts.extensions));
        must(X509_REQ_set_subject_name(parts.request, parts.subject));
        must(X509_REQ_set_pubkey(parts.request, key));
        must(X509_REQ_sign(parts.request, signer,
                     EVP_PKEY_is_a(signer, "ED25519") || EVP_PKEY_is_a(signer, "ED448") ? NULL
                                                                                        : EVP_sha256()) > 0);
        count = i2d_X509_REQ(parts.request, &der);
        must(count > 0);
        if (parts.has_other_version) { /* newer libraries set no other */
                unsigned char *version = memmem(der, (size_t)count, "\x02\x01\x00", 3);

                must(version != NULL);
                version[2] = 2;
        }
        pem = pem_of(der, (size_t)count);
        OPENSSL_free(der);
        forget_extensions(&parts);
        X509_NAME_free(parts.subject);
        X509_REQ_free(parts.request);
        return pem;
}

struct row {
        const char *name;
        change *change;
        const char *why; /* a part of it; NULL: it is approved */
};

static void check_pem(const char *name, const char *item, const char *pem, const char *wanted)
{
        CLEANUP(string_free) char *why = NULL;
        enum csr_verdict verdict = judge_pem(item, pem, &why);

        if (verdict != (wanted ? CSR_REPORT : CSR_APPROVE))
                fail_msg("%s: %d (%s)", name, verdict, why ? why : "no reason");
        if (wanted && !strstr(why, wanted))
                fail_msg("%s: \"%s\" isn't in: %s", name, wanted, why);
}

static void a_serving_request_is_what_a_kubelet_writes(void **state)
{
        static const struct row rows[] = {
                {"as it should be", nothing, NULL},
                {"in UTF-8", utf8, NULL},
                {"names that are critical", critical_names, NULL},
                {"no subject", no_subject, "common name is not given"},
                {"an empty name", empty_name, "common name is \"\""},
                {"a name twice", name_twice, "the subject's commonName is given twice"},
                {"another name first", another_name_first, "the subject's commonName is given twice"},
                {"masters, too", masters_too, "\"system:nodes\", \"system:masters\""},
                {"several values in one part", several_in_one, "several values in one of its parts"},
                {"a country", a_country, "the subject's countryName is given, too"},
                {"a unit", a_unit, "the subject's organizationalUnitName is given, too"},
                {"a serial number", a_serial_number, "the subject's serialNumber is given, too"},
                {"a NUL behind the name", nul_behind_name,
                        "is \"system:node:worker1\\x00.evil\", with a NUL"},
                {"a NUL behind the organization", nul_in_organization, "\"system:nodes\\x00\", with a NUL"},
                {"wide letters", wide_letters, "commonName is written neither as"},
                {"teletex", teletex, "organizationName is written neither as"},
                {"no names", no_names, "no name and no address"},
                {"an e-mail address", email, "asks for \"email:root@lab.test\""},
                {"a URI", uri, "asks for \"URI:spiffe://lab.test/worker1\""},
                {"a registered ID", registered_id, "asks for \"a name of type 8\""},
                {"another kind of name", other_name, "asks for \"a name of type 0\""},
                {"another address", another_address, "asks for the address 192.168.150.21"},
                {"a NUL in a name", nul_in_names,
                        "a subject alternative name is \"worker1\\x00x\", with a NUL"},
                {"a NUL in an e-mail address", nul_in_email, "\"a\\x00b\", with a NUL"},
                {"a byte that is no letter", high_byte_in_names,
                        "the name \"worker1\\xff\", which is no host's"},
                {"an address of 5 bytes", five_byte_address, "an address of 5 bytes"},
                {"an address and its mask", address_with_mask, "an address of 8 bytes"},
                {"an empty address", empty_address, "an address of 0 bytes"},
                {"an empty list of names", empty_names, "list of subject alternative names is empty"},
                {"a list of names that ends early", cut_names, "alternative names can't be read"},
                {"a list with more behind it", more_behind_names, "alternative names can't be read"},
                {"no list of names in it", nothing_in_names, "alternative names can't be read"},
                {"two lists of names", names_twice, "two lists of subject alternative names"},
                {"an authority", authority, "certificate authority (basicConstraints has CA:TRUE)"},
                {"no authority", no_authority, "the extension X509v3 Basic Constraints"},
                {"constraints that can't be read", broken_constraints, "the critical extension X509v3 Basic"},
                {"a key's usage", key_usage, "the extension X509v3 Key Usage"},
                {"an unknown extension", unknown, "the extension 1.2.3.4.5"},
                {"a critical one", unknown_critical, "the critical extension 1.2.3.4.5"},
                {"a password", password, "the attribute challengePassword"},
                {"extensions in two places", extensions_twice, "asks for extensions in two places"},
                {"two lists of extensions in one", extensions_twice_in_one, "are not one list"},
                {"extensions elsewhere", their_extensions, "the attribute Microsoft Extension Request"},
                {"no list of extensions", no_list_of_extensions, "are not one list"},
                {"extensions that can't be read", broken_extensions,
                        "extensions that it asks for can't be read"},
                {"another version", another_version, "of another version"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *pem = make(rows[i].change, true, usual, usual);

                check_pem(rows[i].name, serving_item, pem, rows[i].why);
        }
}

static void a_client_request_has_no_names(void **state)
{
        CLEANUP(string_free) char *plain = make(nothing, false, usual, usual);
        CLEANUP(string_free) char *named = make(nothing, true, usual, usual);

        (void)state;
        check_pem("without", client_item, plain, NULL);
        check_pem("with", client_item, named, "asks for the name \"worker1.lab.test\"");
}

static void who_signs_has_the_key(void **state)
{
        CLEANUP(string_free) char *stolen = make(nothing, false, others, usual);

        (void)state;
        check_pem("another's key", client_item, stolen, "isn't signed with the key that it asks");
}

/* With the curve described in it, not named. */
static EVP_PKEY *described_curve(void)
{
        EVP_PKEY *key = EVP_EC_gen("P-256");

        must(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"));
        return key;
}

static void keys_are_of_a_kind_and_size_that_kubelets_have(void **state)
{
        const struct {
                const char *name;
                EVP_PKEY *key;
                const char *why;
        } rows[] = {
                {"RSA 1024", EVP_RSA_gen(1024), "the key is RSA of 1024 bits"},
                {"P-256", EVP_EC_gen("P-256"), NULL},
                {"P-384", EVP_EC_gen("P-384"), NULL},
                {"P-521", EVP_EC_gen("P-521"), NULL},
                {"another curve of the same size", EVP_EC_gen("secp256k1"), "the key is EC of 256 bits"},
                {"a curve that is described", described_curve(), "the key is EC of 256 bits"},
                {"Ed25519", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL},
                {"Ed448", EVP_PKEY_Q_keygen(NULL, NULL, "ED448"), "the key is ED448 of"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(string_free) char *pem = make(nothing, false, rows[i].key, rows[i].key);

                check_pem(rows[i].name, client_item, pem, rows[i].why);
                EVP_PKEY_free(rows[i].key);
        }
}

static int make_keys(void **state)
{
        (void)state;
        usual = EVP_EC_gen("P-256");
        others = EVP_EC_gen("P-256");
        return usual && others ? 0 : -1;
}

static int free_keys(void **state)
{
        (void)state;
        EVP_PKEY_free(usual);
        EVP_PKEY_free(others);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_serving_request_is_what_a_kubelet_writes),
                cmocka_unit_test(a_client_request_has_no_names),
                cmocka_unit_test(who_signs_has_the_key),
                cmocka_unit_test(keys_are_of_a_kind_and_size_that_kubelets_have),
        };

        return cmocka_run_group_tests(tests, make_keys, free_keys);
}
