#include "base/sha256.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "base/text.h"

char *sha256_hex(const void *bytes, size_t length)
{
        unsigned char digest[SHA256_DIGEST_LENGTH];
        struct text hex = {0};

        SHA256(length ? bytes : "", length, digest);
        for (size_t i = 0; i < sizeof(digest); i++)
                text_format(&hex, "%02x", digest[i]);
        return text_take(&hex);
}

const char *sha256_library_version(void)
{
        return OpenSSL_version(OPENSSL_VERSION_STRING);
}
