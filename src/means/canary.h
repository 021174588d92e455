/* The throw-away guest: what it proved is kept on the machine, and is worth something for as long as nothing that it
 * depends on has changed.
 *
 * The proof is one line in /run/provision/canary/proof, which is gone after a boot anyway:
 *
 *     1 kvm BOOT-ID FINGERPRINT
 *     1 tcg BOOT-ID FINGERPRINT why it isn't kvm
 *
 * BOOT-ID is the kernel's, FINGERPRINT tells whether there is a /dev/kvm, and path, size and time of QEMU and of
 * libvirt's daemons. */
#pragma once

#include "base/text.h"
#include "plan/answers.h"

/* Adds sh that prints two lines, "canary.proof …" as above (or nothing behind it) and "canary.now BOOT-ID FINGERPRINT":
 * with one process, stat. It changes variables and positional parameters. */
void canary_add_probe(struct text *script);

/* What that printed. Whatever the machine says, this is an answer. */
void canary_read(const char *printed, struct canary_state *ret_state);
