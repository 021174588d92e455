/* Volumes as libvirt's XML, and back. */
#pragma once

#include "base/error.h"
#include "plan/answers.h"

struct volume_wish {
        const char *name;
        const char *format; /* "qcow2", "raw" */
        uint64_t size_bytes;
        const char *backing; /* the path of what it is based on, or NULL */
        const char *backing_format;
        bool has_space; /* all of it from the start; else it takes none before something is written to it. In a
                         * volume group libvirt would make a snapshot without an origin of one that doesn't */
};

/* Owned by the caller. */
char *volume_xml_write(const struct volume_wish *wish);

/* Fills in name, path, format, size_bytes and backing of any volume; ret_length: the bytes of its file. */
int volume_xml_read(
        const char *xml, struct volume_state *ret_volume, uint64_t *ret_length, struct error *error);
