/* Comparing two guests by what they mean: each difference by itself, because some of them can be mended while the guest
 * runs. */
#pragma once

#include "topology/guest.h"

enum guest_part {
        GUEST_MEMORY,
        GUEST_VCPUS,
        GUEST_CD,
        GUEST_LACKS_DISK, /* disk is the wanted one */
        GUEST_LACKS_NIC,  /* nic is the wanted one */
        GUEST_HAS_NIC,    /* nic is the found one */
        GUEST_OTHER_NIC,  /* nic is the wanted one: network or link differ */
        GUEST_OTHER_PART, /* whatever else: as it is when it is started */
};

struct guest_difference {
        enum guest_part part;
        char *words;                   /* "memory is 1 GiB, wanted 2 GiB", "lacks nic …" */
        const struct guest_disk *disk; /* lent by the guests, as the next */
        const struct guest_nic *nic;
};

struct guest_differences {
        ARRAY(struct guest_difference) list;
};

/* Their names aren't compared, nor the order of nics. */
void guest_compare(
        const struct guest *wanted, const struct guest *found, struct guest_differences *ret_differences);

/* Another one, of GUEST_OTHER_PART; takes the words. */
void guest_differences_add(struct guest_differences *differences, char *words);

/* The words with "; " between them, owned by the caller. */
char *guest_differences_words(const struct guest_differences *differences);

void guest_differences_done(struct guest_differences *differences);

/* "64 MiB", "2 GiB"; owned by the caller. */
char *guest_memory_words(uint64_t kib);
