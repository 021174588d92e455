/* Public keys as lines of authorized_keys. */
#include "config/authorized_key.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/wire_string.h"

#define BLANKS " \t"

static const char *const types[] = {
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
};

static bool is_private(const char *line)
{
        return strstr(line, "PRIVATE KEY-----") || strncmp(line, "PuTTY-User-Key-File-", 20) == 0;
}

/* NULL: the first word is none. */
static const char *type_at(const char *line)
{
        size_t length = strcspn(line, BLANKS);

        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
                if (strlen(types[i]) == length && memcmp(types[i], line, length) == 0)
                        return types[i];
        return NULL;
}

/* Behind the options: what is quoted may have blanks and quotes in it. */
static const char *skip_options(const char *line)
{
        bool is_quoted = false;

        for (; *line && (is_quoted || !strchr(BLANKS, *line)); line++) {
                if (*line == '\\' && line[1] == '"')
                        line++;
                else if (*line == '"')
                        is_quoted = !is_quoted;
        }
        return line + strspn(line, BLANKS);
}

/* It begins with its type, and all else is strings, too: what was cut off when it was copied doesn't end with one. */
static bool is_key(const unsigned char *at, const unsigned char *end, const char *type)
{
        size_t length, strings = 0;
        const unsigned char *first = wire_string(&at, end, &length);

        if (!first || length != strlen(type) || memcmp(first, type, length) != 0)
                return false;
        while (at < end && wire_string(&at, end, &length))
                strings++;
        return at == end && strings > 0;
}

static bool is_key_of(const char *text, const char *type)
{
        size_t length = strcspn(text, BLANKS), count = 0;
        unsigned char *bytes = base64_decode(text, length, &count);
        bool is_right = bytes && length % 4 == 0 && is_key(bytes, bytes + count, type);

        free(bytes);
        return is_right;
}

int authorized_key_check(const char *line, struct error *error)
{
        const char *type;

        if (is_private(line))
                return error_set(error, ERROR_CONFIG,
                        "this is a private key, which is for nobody else: name the public one's file, which "
                        "ends in .pub");
        type = type_at(line);
        if (!type) {
                line = skip_options(line);
                type = type_at(line);
        }
        if (!type)
                return error_set(error, ERROR_CONFIG,
                        "this is no public key: write a line as authorized_keys has them, \"ssh-ed25519 "
                        "AAAA...\"");
        line += strlen(type);
        if (!is_key_of(line + strspn(line, BLANKS), type))
                return error_set(error, ERROR_CONFIG,
                        "this begins as a key of type %s, and what follows is none, or not all of it: copy "
                        "it anew",
                        type);
        return 0;
}
