/* The one writer of ISO 9660 (ECMA-119), with Joliet. */
#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/iso9660.h"
#include "base/memory.h"

#define SECTOR       2048U
#define NAME_LONGEST 27U
#define MOST_FILES   16U /* their records fit into one sector, in UCS-2 too */

/* What stands in which sector; the first sixteen are nobody's. */
enum {
        PRIMARY = 16,
        JOLIET,
        TERMINATOR,
        PATHS_LITTLE_ENDIAN,
        PATHS_BIG_ENDIAN,
        JOLIET_PATHS_LITTLE_ENDIAN,
        JOLIET_PATHS_BIG_ENDIAN,
        DIRECTORY,
        JOLIET_DIRECTORY,
        CONTENTS,
};

static const unsigned char standard[] = {'C', 'D', '0', '0', '1', 1};
static const unsigned char joliet[] = {'%', '/', 'E'}; /* UCS-2, level 3 */

#define PATH_TABLE_LENGTH 10U
#define DIRECTORY_FLAG    2U

/* One of the two trees that the image is described by. */
static const struct tree {
        unsigned char type;
        bool is_joliet;
        unsigned paths_little_endian, paths_big_endian, directory;
} trees[] = {
        [0] = {1, false, PATHS_LITTLE_ENDIAN, PATHS_BIG_ENDIAN, DIRECTORY},
        [1] = {2, true, JOLIET_PATHS_LITTLE_ENDIAN, JOLIET_PATHS_BIG_ENDIAN, JOLIET_DIRECTORY},
};

static size_t sectors_of(size_t length)
{
        return (length + SECTOR - 1) / SECTOR;
}

static void put_little(unsigned char *at, uint32_t value, unsigned bytes)
{
        for (unsigned i = 0; i < bytes; i++)
                at[i] = (unsigned char)(value >> 8 * i);
}

static void put_big(unsigned char *at, uint32_t value, unsigned bytes)
{
        for (unsigned i = 0; i < bytes; i++)
                at[i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
}

/* Both ways, one behind the other. */
static void put_both(unsigned char *at, uint32_t value, unsigned bytes)
{
        put_little(at, value, bytes);
        put_big(at + bytes, value, bytes);
}

/* As the tree has its letters; returns how many bytes they take. */
static size_t put_letters(const struct tree *tree, unsigned char *at, const char *letters)
{
        size_t length = strlen(letters);

        for (size_t i = 0; i < length; i++) {
                if (tree->is_joliet)
                        put_big(at + 2 * i, (unsigned char)letters[i], 2);
                else
                        at[i] = (unsigned char)letters[i];
        }
        return tree->is_joliet ? 2 * length : length;
}

/* A field of a descriptor: blanks behind what is in it. */
static void put_field(const struct tree *tree, unsigned char *at, const char *letters, size_t size)
{
        char blanks[129];

        memset(blanks, ' ', sizeof(blanks));
        blanks[tree->is_joliet ? size / 2 : size] = '\0';
        put_letters(tree, at, blanks);
        put_letters(tree, at, letters);
}

/* Returns the record's length. name: letters, or one byte for a directory itself ("\0") and what it is in ("\1"). */
static size_t put_record(unsigned char *at, const void *name, size_t name_length, uint32_t sector,
        uint32_t length, bool is_directory)
{
        static const unsigned char date[7] = {80, 1, 1}; /* always the same one */
        size_t record = (33 + name_length + 1) & ~(size_t)1;

        at[0] = (unsigned char)record;
        put_both(at + 2, sector, 4);
        put_both(at + 10, length, 4);
        memcpy(at + 18, date, sizeof(date));
        at[25] = is_directory ? DIRECTORY_FLAG : 0;
        put_both(at + 28, 1, 2);
        at[32] = (unsigned char)name_length;
        memcpy(at + 33, name, name_length);
        return record;
}

static void put_no_date(unsigned char *at)
{
        memset(at, '0', 16);
        at[16] = 0;
}

static void put_descriptor(const struct tree *tree, const char *label, size_t size, unsigned char *at)
{
        at[0] = tree->type;
        memcpy(at + 1, standard, sizeof(standard));
        put_field(tree, at + 8, "", 32);
        put_field(tree, at + 40, label, 32);
        put_both(at + 80, (uint32_t)(size / SECTOR), 4);
        if (tree->is_joliet)
                memcpy(at + 88, joliet, sizeof(joliet));
        put_both(at + 120, 1, 2);
        put_both(at + 124, 1, 2);
        put_both(at + 128, SECTOR, 2);
        put_both(at + 132, PATH_TABLE_LENGTH, 4);
        put_little(at + 140, tree->paths_little_endian, 4);
        put_big(at + 148, tree->paths_big_endian, 4);
        put_record(at + 156, "", 1, tree->directory, SECTOR, true);
        for (size_t field = 190; field < 702; field += 128)
                put_field(tree, at + field, "", 128);
        for (size_t field = 702; field < 813; field += 37)
                put_field(tree, at + field, "", 36);
        for (size_t date = 813; date < 881; date += 17)
                put_no_date(at + date);
        at[881] = 1;
}

/* The root alone, which is its own parent. */
static void put_paths(const struct tree *tree, unsigned char *image)
{
        unsigned char *little = image + SECTOR * tree->paths_little_endian;
        unsigned char *big = image + SECTOR * tree->paths_big_endian;

        little[0] = big[0] = 1;
        put_little(little + 2, tree->directory, 4);
        put_little(little + 6, 1, 2);
        put_big(big + 2, tree->directory, 4);
        put_big(big + 6, 1, 2);
}

static void make_name(const struct tree *tree, const char *name, char ret_name[static NAME_LONGEST + 4])
{
        assert(*name && strlen(name) <= NAME_LONGEST);
        snprintf(ret_name, NAME_LONGEST + 4, "%s%s", name, tree->is_joliet ? ";1" : ".;1");
        for (char *c = ret_name; *c && !tree->is_joliet; c++)
                *c = (char)toupper((unsigned char)*c);
}

static int compare_names(const void *a, const void *b)
{
        const struct iso9660_file *const *first = a, *const *second = b;

        return strcmp((*first)->name, (*second)->name);
}

static void put_directory(
        const struct tree *tree, const struct iso9660_file *files, size_t count, unsigned char *image)
{
        const struct iso9660_file *sorted[MOST_FILES] = {0};
        unsigned char *at = image + SECTOR * tree->directory;

        at += put_record(at, "", 1, tree->directory, SECTOR, true);
        at += put_record(at, "\1", 1, tree->directory, SECTOR, true);
        for (size_t i = 0; i < count; i++)
                sorted[i] = &files[i];
        qsort(sorted, count, sizeof(sorted[0]), compare_names);
        for (size_t i = 0; i < count; i++) {
                char name[NAME_LONGEST + 4] = "";
                unsigned char letters[2 * sizeof(name)] = {0};
                size_t before = iso9660_size(files, (size_t)(sorted[i] - files)) / SECTOR;

                make_name(tree, sorted[i]->name, name);
                at += put_record(at, letters, put_letters(tree, letters, name), (uint32_t)before,
                        (uint32_t)sorted[i]->length, false);
        }
}

size_t iso9660_size(const struct iso9660_file *files, size_t count)
{
        size_t sectors = CONTENTS;

        for (size_t i = 0; i < count; i++)
                sectors += sectors_of(files[i].length);
        return sectors * SECTOR;
}

void iso9660_write(const char *label, const struct iso9660_file *files, size_t count, unsigned char *image)
{
        size_t size = iso9660_size(files, count);

        assert(count <= MOST_FILES && strlen(label) <= 16);
        memset(image, 0, size);
        for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
                put_descriptor(&trees[i], label, size, image + SECTOR * (PRIMARY + i));
                put_paths(&trees[i], image);
                put_directory(&trees[i], files, count, image);
        }
        image[SECTOR * TERMINATOR] = 0xFF;
        memcpy(image + SECTOR * TERMINATOR + 1, standard, sizeof(standard));
        for (size_t i = 0; i < count; i++)
                if (files[i].length)
                        memcpy(image + iso9660_size(files, i), files[i].content, files[i].length);
}
