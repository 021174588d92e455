/* What a guest is given at its birth. */
#include "plan/seed.h"

#include "base/sha256.h"
#include "base/yaml.h"

static char *path_of(const struct guest_config *guest, const char *behind)
{
        return string_format(SEED_DIRECTORY "/%s-%s", guest->name, behind);
}

char *seed_note_path(const struct guest_config *guest)
{
        return path_of(guest, "seed.note");
}

char *seed_host_key_path(const struct guest_config *guest)
{
        return path_of(guest, "host_key.pub");
}

/* A key and its value, one line. */
static void add_string(struct text *text, const char *key, const char *value)
{
        text_add(text, key);
        text_add(text, ": ");
        yaml_add_string(text, value);
        text_add(text, "\n");
}

/* Of the wish, not of what is made of it: a later version may write the same in other words. */
char *seed_note(const struct guest_config *guest)
{
        const struct cloud_init_config *wanted = &guest->cloud_init;
        CLEANUP(text_done) struct text wish = {0};
        CLEANUP(string_free) char *fingerprint = NULL;

        add_string(&wish, "name", guest->name);
        add_string(&wish, "user", wanted->user ? wanted->user : "");
        for (array_each(char *, key, &wanted->ssh_keys))
                add_string(&wish, "key", *key);
        if (wanted->user_data)
                add_string(&wish, "user-data", wanted->user_data);
        if (wanted->network_config)
                add_string(&wish, "network-config", wanted->network_config);
        fingerprint = sha256_hex(text_string(&wish), wish.length);
        return string_format("seed 1 %s\n", fingerprint);
}

static void add_keys(struct text *text, const char *indent, const struct strings *keys)
{
        if (keys->count == 0)
                return;
        text_format(text, "%sssh_authorized_keys:\n", indent);
        for (array_each(char *, key, keys)) {
                text_format(text, "%s- ", indent);
                yaml_add_string(text, *key);
                text_add(text, "\n");
        }
}

/* Whom the keys log in as: the user who is named, who may become root, or the image's own. */
static char *make_vendor_data(const struct cloud_init_config *wanted)
{
        const char *user = wanted->user ? wanted->user : "";
        struct text text = {0};

        text_add(&text, "#cloud-config\n");
        if (!*user) {
                add_keys(&text, "", &wanted->ssh_keys);
                return text_take(&text);
        }
        text_add(&text, "users:\n- ");
        add_string(&text, "name", user);
        if (!string_equal(user, "root"))
                text_add(&text, "  lock_passwd: true\n  sudo: \"ALL=(ALL) NOPASSWD:ALL\"\n");
        add_keys(&text, "  ", &wanted->ssh_keys);
        if (string_equal(user, "root"))
                text_add(&text, "disable_root: false\n");
        return text_take(&text);
}

void seed_texts_init(struct seed_texts *texts, const struct guest_config *guest)
{
        const struct cloud_init_config *wanted = &guest->cloud_init;
        struct text meta_data = {0};
        CLEANUP(string_free) char *instance = string_format("provision-%s", guest->name);

        /* Never another one: a guest whose seed is written again stays the instance that it is. */
        add_string(&meta_data, "instance-id", instance);
        add_string(&meta_data, "local-hostname", guest->name);
        *texts = (struct seed_texts) {
                .meta_data = text_take(&meta_data),
                .vendor_data = make_vendor_data(wanted),
                .user_data = string_copy(wanted->user_data ? wanted->user_data : "#cloud-config\n"),
                .network_config = string_copy(wanted->network_config),
        };
}

void seed_texts_done(struct seed_texts *texts)
{
        free(texts->meta_data);
        free(texts->vendor_data);
        free(texts->user_data);
        free(texts->network_config);
        *texts = (struct seed_texts) {0};
}
