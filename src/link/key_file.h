/* What a private key's file tells without being decrypted. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct key_file {
        bool is_encrypted;
        char *type;                /* "ssh-ed25519", …; NULL: the old format doesn't say */
        unsigned char *public_key; /* public_length bytes; NULL: not told */
        size_t public_length;
};

/* ERROR_REFUSED, in words that follow the path: "is not a private key", "No such file or directory". */
int key_file_read(const char *path, struct key_file *ret_key, struct error *error);
void key_file_done(struct key_file *key);
