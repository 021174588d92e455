/* What a private key's file tells without being decrypted. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/wire_string.h"
#include "link/key_file.h"

#define LARGEST 65536

static const char magic[] = "openssh-key-v1"; /* its NUL counts */

/* OpenSSH's own format: magic, cipher, key derivation and its options, number of keys, public key, private key. */
static int read_openssh(const unsigned char *at, const unsigned char *end, struct key_file *key)
{
        const unsigned char *cipher, *public, *type;
        size_t cipher_length, ignored, length, type_length;

        if ((size_t)(end - at) < sizeof(magic) || memcmp(at, magic, sizeof(magic)) != 0)
                return -1;
        at += sizeof(magic);
        cipher = wire_string(&at, end, &cipher_length);
        if (!cipher || !wire_string(&at, end, &ignored) || !wire_string(&at, end, &ignored) || end - at < 4)
                return -1;
        at += 4;
        public = wire_string(&at, end, &length);
        if (!public)
                return -1;
        key->is_encrypted = cipher_length != 4 || memcmp(cipher, "none", 4) != 0;
        key->public_key = memory_new(length + 1, 1);
        memcpy(key->public_key, public, length);
        key->public_length = length;
        at = key->public_key;
        type = wire_string(&at, key->public_key + length, &type_length);
        key->type = type ? string_copy_n((const char *)type, type_length) : NULL;
        return 0;
}

static int parse(const char *text, struct key_file *key)
{
        static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
        const char *body = strstr(text, begin), *end;
        unsigned char *bytes;
        size_t count;
        int done;

        if (!body) {
                if (!strstr(text, "-----BEGIN ") || !strstr(text, "PRIVATE KEY-----"))
                        return -1;
                key->is_encrypted = strstr(text, "ENCRYPTED") != NULL;
                if (strstr(text, "BEGIN RSA "))
                        key->type = string_copy("ssh-rsa");
                return 0;
        }
        body += sizeof(begin) - 1;
        end = strstr(body, "-----END");
        bytes = end ? base64_decode(body, (size_t)(end - body), &count) : NULL;
        if (!bytes)
                return -1;
        done = read_openssh(bytes, bytes + count, key);
        memory_free_secret(bytes, count);
        return done;
}

int key_file_read(const char *path, struct key_file *ret_key, struct error *error)
{
        /* Non-blocking: a path may lead to a pipe that nobody writes. */
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        CLEANUP(key_file_done) struct key_file key = {0};
        struct stat status;
        char *text;
        ssize_t count;
        int parsed;

        if (fd < 0 || fstat(fd, &status) < 0)
                return error_set_errno(error, ERROR_REFUSED, "can't be read");
        if (!S_ISREG(status.st_mode) || status.st_size > LARGEST)
                return error_set(error, ERROR_REFUSED, "is not a private key");
        text = memory_new(LARGEST + 1, 1);
        count = read(fd, text, LARGEST);
        parsed = count > 0 ? parse(text, &key) : -1;
        memory_free_secret(text, LARGEST + 1);
        if (parsed < 0)
                return error_set(error, ERROR_REFUSED, "is not a private key");
        *ret_key = key;
        key = (struct key_file) {0};
        return 0;
}

void key_file_done(struct key_file *key)
{
        free(key->type);
        free(key->public_key);
        *key = (struct key_file) {0};
}
