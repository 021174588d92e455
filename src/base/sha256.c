#include "base/sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

static char *write_hex(const unsigned char digest[SHA256_DIGEST_LENGTH])
{
        struct text hex = {0};

        for (size_t i = 0; i < SHA256_DIGEST_LENGTH; i++)
                text_format(&hex, "%02x", digest[i]);
        return text_take(&hex);
}

char *sha256_hex(const void *bytes, size_t length)
{
        unsigned char digest[SHA256_DIGEST_LENGTH];

        SHA256(length ? bytes : "", length, digest);
        return write_hex(digest);
}

struct sha256 {
        EVP_MD_CTX *context;
};

/* libcrypto fails here for want of memory only, which ends the program elsewhere, too. */
struct sha256 *sha256_begin(void)
{
        struct sha256 *sum = memory_new(1, sizeof(*sum));

        sum->context = EVP_MD_CTX_new();
        if (!sum->context || EVP_DigestInit_ex(sum->context, EVP_sha256(), NULL) != 1)
                abort();
        return sum;
}

void sha256_add(struct sha256 *sum, const void *bytes, size_t length)
{
        EVP_DigestUpdate(sum->context, bytes, length);
}

char *sha256_end(struct sha256 *sum)
{
        unsigned char digest[SHA256_DIGEST_LENGTH] = {0};

        EVP_DigestFinal_ex(sum->context, digest, NULL);
        EVP_MD_CTX_free(sum->context);
        free(sum);
        return write_hex(digest);
}

const char *sha256_library_version(void)
{
        return OpenSSL_version(OPENSSL_VERSION_STRING);
}
