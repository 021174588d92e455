/* How long certificates last. */
#include "means/certificate.h"

#include <limits.h>
#include <time.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static int64_t end_of(const X509 *certificate)
{
        struct tm end = {0};

        return ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1 ? (int64_t)timegm(&end)
                                                                           : INT64_MAX;
}

int64_t certificate_first_end(const char *text, size_t length)
{
        BIO *bio = length <= INT_MAX ? BIO_new_mem_buf(text, (int)length) : NULL;
        int64_t first = INT64_MAX;
        X509 *certificate;

        while (bio && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
                int64_t end = end_of(certificate);

                first = end < first ? end : first;
                X509_free(certificate);
        }
        BIO_free(bio);
        ERR_clear_error(); /* the text's end is one */
        return first;
}
