/* What a guest is given at its birth, as files on its machine: for cloud-init a seed (a CD labelled "cidata"), for Ignition
 * its configuration. Where they lie and what stands in them, apart from the one thing that is made when they are written:
 * the host key. Pure.
 *
 * What is ours, the host key and who logs in, goes into the seed's vendor-data, which cloud-init reads like user-data and lets
 * user-data overrule. So what the user wrote stays, byte for byte, whatever form it has: a cloud-config, a script, an
 * archive of several parts. (The other way that cloud-init documents, an archive of theirs and ours, would have to
 * understand theirs first.)
 *
 * Both programs read them at a guest's first start only. So the wish they were written from is noted beside them, by its
 * fingerprint: that tells whether the wish has changed without looking into a seed, whose host key is nobody's business. */
#pragma once

#include "config/config.h"

/* As topology/guest.c has it. */
#define SEED_DIRECTORY "/var/lib/libvirt/provision"

/* Beside the seed itself (topology/guest.h), owned by the caller: what it was written from, and the public half of the host
 * key that is in it. */
char *seed_note_path(const struct guest_config *guest);
char *seed_host_key_path(const struct guest_config *guest);

/* The note's content, a line; owned by the caller. */
char *seed_note(const struct guest_config *guest);

/* What stands on the CD, each owned. */
struct seed_texts {
        char *meta_data;
        char *vendor_data; /* a cloud-config, to which its host key is still to be added */
        char *user_data;
        char *network_config; /* NULL: there is none */
};

void seed_texts_init(struct seed_texts *texts, const struct guest_config *guest);
void seed_texts_done(struct seed_texts *texts);
