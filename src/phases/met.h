/* The machines that a run has met so far, so that one which host.conf names twice is worked on once. */
#pragma once

struct met;

struct met *met_new(void);
void met_free(struct met *met);

/* From any worker: the host of this name, which is lent until the end, is that machine, in this boot. Returns NULL, or the name
 * of another host that was it before. (A clone may have the machine id of another; no two machines have the same boot.) */
const char *met_claim(struct met *met, const char *name, const char *boot_id);
