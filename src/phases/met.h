/* The machines that a run has met so far, so that one which host.conf names twice is worked on once. */
#pragma once

#include <stddef.h>

struct met;

/* For so many hosts. */
struct met *met_new(size_t hosts);
void met_free(struct met *met);

/* From any worker: this host is that machine, in this boot. Returns NULL, or the name of another host, lent by that, that
 * was it before. (A clone may have the machine id of another; no two machines have the same boot.) */
const char *met_claim(struct met *met, size_t host, const char *name, const char *boot_id);
