/* UUIDs that are made of a name. */
#include "base/uuid.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define NAMESPACE_LENGTH 16
#define VERSION_BYTE     6
#define VARIANT_BYTE     8

/* That of URLs, and of URIs besides: RFC 9562, section 6.6. */
static const unsigned char namespace[NAMESPACE_LENGTH] = {
        0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

const char *uuid_of_uri(const char *uri, char buffer[static UUID_TEXT])
{
        size_t length = strlen(uri);
        unsigned char *named = memory_new(NAMESPACE_LENGTH + length + 1, 1), digest[SHA_DIGEST_LENGTH];
        size_t written = 0;

        memcpy(named, namespace, NAMESPACE_LENGTH);
        memcpy(named + NAMESPACE_LENGTH, uri, length + 1);
        SHA1(named, NAMESPACE_LENGTH + length, digest);
        free(named);
        digest[VERSION_BYTE] = (unsigned char)((digest[VERSION_BYTE] & 0x0f) | 0x50);
        digest[VARIANT_BYTE] = (unsigned char)((digest[VARIANT_BYTE] & 0x3f) | 0x80);
        for (size_t i = 0; i < NAMESPACE_LENGTH; i++)
                written += (size_t)snprintf(buffer + written, UUID_TEXT - written, "%s%02x",
                        i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", digest[i]);
        return buffer;
}
