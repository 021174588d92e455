/* The one writer of ISO 9660: a small image with a label and a few files in its root directory, made in memory.
 *
 * Ours, because what goes into it is secret and must come out the same every time: libarchive's writer keeps contents in
 * a temporary file and puts the time of day into the image. Each name stands there twice: in the primary directory, in
 * capitals as the standard wants them (Linux shows them in small letters), and in a Joliet directory, as it is. */
#pragma once

#include <stddef.h>

struct iso9660_file {
        const char *name; /* 1 to 27 of a-z, 0-9, '-', '_'; no other of the image has the same */
        const void *content;
        size_t length;
};

/* How many bytes the image takes. */
size_t iso9660_size(const struct iso9660_file *files, size_t count);

/* Fills image, which has that size. The same files in the same order give the same bytes. label: at most 16 letters. */
void iso9660_write(const char *label, const struct iso9660_file *files, size_t count, unsigned char *image);
