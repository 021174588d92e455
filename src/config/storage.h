/* How storage is called: kinds of pools, and the volumes that images and disks become. */
#pragma once

#include "config/config.h"

/* "dir", "logical", "netfs": libvirt's words. */
const char *pool_type_name(enum pool_type type);

/* "server:/export" or "[2001:db8::1]:/export" in its two halves, each owned by the caller; false: it is neither. */
bool pool_source_split(const char *source, char **ret_host, char **ret_path);

/* The checksum is known: given, or computed before the run began. It is in the name, so that an image whose content has
 * changed is another volume, and guests made from the old one keep it. A file gets this name once its content was
 * verified, so that whatever has the name is whole. Owned by the caller. */
char *image_volume_name(const struct image_config *image);

/* "web-root.qcow2"; owned by the caller. */
char *disk_volume_name(const struct guest_config *guest, const struct disk_config *disk);

/* What a volume of this name is called until it is whole: ours to throw away. Owned by the caller. */
char *volume_part_name(const char *volume);

/* Where a volume of this name lies in a pool at this path: directories, and volume groups below /dev. */
char *volume_path(const char *pool_path, const char *volume);

/* Of "POOL/VOLUME", by which a volume is told from others, the pool, owned by the caller, and the volume, lent by the name;
 * NULL: it is none. */
char *volume_split(const char *name, const char **ret_volume);

/* What a disk is made from, in words that are kept as a note on the machine: "qcow2 based on debian-1a2b3c4d5e6f.qcow2",
 * "raw copy of ...", "empty qcow2". image_volume: NULL for an empty one. Owned by the caller. */
char *disk_note(const struct disk_config *disk, const char *image_volume);

/* Where on the machine that note is. Owned by the caller. */
char *disk_note_path(const char *pool, const char *volume);

/* "20 GiB", "1.5 GiB", "100 bytes": exactly, or, where that would take more than two decimals, in bytes. Owned by the
 * caller. */
char *size_format(uint64_t bytes);

/* The least size that holds as many, as one would write it in host.conf: "20GiB". Owned by the caller. */
char *size_setting(uint64_t bytes);
