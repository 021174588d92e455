/* Writing what a guest is given at its birth.
 *
 * Whoever has the private key can pretend to be the guest: it is in locked memory here, comes on stdin there, and lies in
 * a file that only root and the QEMU of that guest can read. The note comes last: without it all is written again. */
#include "base/iso9660.h"
#include "means/file.h"
#include "means/guest_key.h"
#include "means/parts.h"
#include "means/seed_parts.h"
#include "plan/seed.h"

#define LABEL "cidata" /* by which cloud-init knows it */

/* ---- secrets ---- */

/* As a YAML string: base/yaml.h would leave copies behind. A key's file has printable ASCII only. */
static void locked_add_yaml(struct locked *locked, const struct locked *string)
{
        locked_add_string(locked, "\"");
        for (const char *c = string->bytes; *c; c++) {
                if (*c == '\n')
                        locked_add_string(locked, "\\n");
                else if (*c >= ' ' && *c < 0x7F && *c != '"' && *c != '\\')
                        locked_add(locked, c, 1);
        }
        locked_add_string(locked, "\"");
}

/* ---- the seed ---- */

/* Host keys that came with an image go, and no others are made. */
static void make_vendor_data(struct locked *data, const struct seed_texts *texts, const struct guest_key *key)
{
        CLEANUP(string_free)
        char *before = string_format("%sssh_deletekeys: true\nssh_keys:\n  ed25519_public: \"%s\"\n  "
                                     "ed25519_private: ",
                texts->vendor_data, key->public_half);

        *data = locked_with_room(strlen(before) + 2 * key->private_half.length + 3);
        locked_add_string(data, before);
        locked_add_yaml(data, &key->private_half);
        locked_add_string(data, "\n");
}

static void make_image(const struct guest_config *guest, const struct guest_key *key, struct locked *image)
{
        CLEANUP(seed_texts_done) struct seed_texts texts = {0};
        CLEANUP(locked_done) struct locked vendor_data = {0};

        seed_texts_init(&texts, guest);
        make_vendor_data(&vendor_data, &texts, key);
        const struct iso9660_file files[] = {
                {"meta-data", texts.meta_data, strlen(texts.meta_data)},
                {"user-data", texts.user_data, strlen(texts.user_data)},
                {"vendor-data", vendor_data.bytes, vendor_data.length},
                {"network-config", texts.network_config,
                        texts.network_config ? strlen(texts.network_config) : 0},
        };
        size_t count = sizeof(files) / sizeof(files[0]) - !texts.network_config;

        *image = locked_with_room(iso9660_size(files, count));
        iso9660_write(LABEL, files, count, (unsigned char *)image->bytes);
        image->length = image->room;
}

/* ---- putting files ---- */

/* QEMU isn't root: it must be able to go through the directory, though not to look around in it. */
int seed_make_directory(const struct work *work, struct error *error)
{
        char path[] = SEED_DIRECTORY, root[] = "root";
        const struct file_config directory = {
                .path = path,
                .type = FILE_DIRECTORY,
                .mode = 0711,
                .owner = root,
                .group = root,
        };

        return file_put(work, &directory, error);
}

int seed_put(
        const struct work *work, char *path, mode_t mode, char *content, size_t length, struct error *error)
{
        CLEANUP(string_free) char *owned = path;
        char root[] = "root";
        const struct file_config file = {
                .path = owned,
                .type = FILE_REGULAR,
                .content = content,
                .content_length = length,
                .mode = mode,
                .owner = root,
                .group = root,
        };

        return file_put(work, &file, error);
}

int seed_write(const struct work *work, struct error *error)
{
        const struct guest_config *guest = work->step->seed.guest;
        CLEANUP(guest_key_done) struct guest_key key = {0};
        CLEANUP(locked_done) struct locked image = {0};
        CLEANUP(string_free) char *note = seed_note(guest), *public_half = NULL;

        if (guest_key_read(work->step->seed.host, guest, &key, error) < 0 ||
                seed_make_directory(work, error) < 0)
                return -1;
        make_image(guest, &key, &image);
        if (seed_put(work, guest_seed_path(guest->name), 0600, image.bytes, image.length, error) < 0)
                return -1;
        public_half = string_format("%s\n", key.public_half);
        if (seed_put(work, seed_host_key_path(guest), 0644, public_half, strlen(public_half), error) < 0)
                return -1;
        return seed_put(work, seed_note_path(guest), 0600, note, strlen(note), error);
}

int seed_forget_key(const struct work *work, struct error *error)
{
        return guest_key_forget(work->step->key.host, work->step->key.guest, error);
}
