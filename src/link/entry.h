/* Getting in: what happens on a command's streams before the command begins.
 *
 * A login shell may greet, sudo may ask for a password or refuse. All of that ends with a mark on both streams;
 * what was said until then is kept for the error's sentence, and never taken for the command's output. */
#pragma once

#include "base/text.h"
#include "link/far.h"
#include "link/mark.h"

enum become {
        BECOME_NOBODY,   /* runs as whoever logged in */
        BECOME_ROOT,     /* sudo, which must not ask */
        BECOME_ROOT_ASK, /* sudo, which is given the password */
};

struct entry {
        enum become become;
        char nonce[NONCE_LENGTH + 1];
        const char *password_file; /* BECOME_ROOT_ASK: read at the moment it is asked for, not kept */
        struct mark out, err;      /* out's number: the process that leads the group */
        struct text said;
        int asked; /* how often sudo did */
        struct error refusal;
};

void entry_init(struct entry *entry, enum become become, const char *password_file);
void entry_done(struct entry *entry);

/* Both marks were seen. */
bool entry_is_over(const struct entry *entry);
/* The command's input may be written: sudo won't take it for a password. */
bool entry_takes_input(const struct entry *entry);

/* Takes bytes of one half until its mark; returns how many it took. */
size_t entry_feed(struct entry *entry, struct far *far, enum far_half half, const char *bytes, size_t count);

/* Why a command that ended here never began. Always sets an error. */
void entry_explain(const struct entry *entry, struct error *error);
