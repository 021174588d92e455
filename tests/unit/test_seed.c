/* What a guest is given at its birth, read back by programs that aren't ours: the image by libarchive, every string by
 * PyYAML, which is what cloud-init reads with. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "base/iso9660.h"
#include "base/shell.h"
#include "base/yaml.h"
#include "plan/seed.h"

#define REPLACEMENT "\xEF\xBF\xBD"

/* ---- other programs ---- */

static char directory[] = "/tmp/test_seed.XXXXXX";

static char *put(const char *name, const void *bytes, size_t count)
{
        char *path = string_format("%s/%s", directory, name);
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, count, file), count);
        fclose(file);
        return path;
}

/* What the words print; they must succeed. */
static void run(const char *const words[], struct text *ret_out)
{
        CLEANUP(text_done) struct text line = {0};
        char buffer[4096];
        size_t count;
        FILE *pipe;

        for (size_t i = 0; words[i]; i++) {
                text_add(&line, i ? " " : "");
                shell_add_word(&line, words[i]);
        }
        pipe = popen(text_string(&line), "r");
        assert_non_null(pipe);
        while ((count = fread(buffer, 1, sizeof(buffer), pipe)) > 0)
                text_add_n(ret_out, buffer, count);
        if (pclose(pipe) != 0)
                fail_msg("%s failed", text_string(&line));
}

static void member(const char *image, const char *name, struct text *ret_out)
{
        const char *const words[] = {"bsdtar", "-xOf", image, name, NULL};

        run(words, ret_out);
}

/* The document as JSON with sorted keys, in ASCII. */
static void parsed(const char *document, struct text *ret_out)
{
        CLEANUP(string_free) char *path = put("document", document, strlen(document));
        const char *const words[] = {"python3", "-c",
                "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], 'rb')), "
                "sort_keys=True), end='')",
                path, NULL};

        run(words, ret_out);
        unlink(path);
}

/* ---- strings ---- */

/* read: what comes out, where it isn't what went in. */
static const struct {
        const char *name, *string, *read;
} hostile[] = {
        {"nothing", "", NULL},
        {"what would be no string", "yes", NULL},
        {"a number", "0x10", NULL},
        {"null", "~", NULL},
        {"quotes", "it's \"quoted\"", NULL},
        {"backslashes", "a\\b\\\\n\\", NULL},
        {"a mapping", "a: b\n- c: d", NULL},
        {"a comment", "a # b", NULL},
        {"markers", "---\n...\n%YAML 9", NULL},
        {"an alias", "*a &b !c |d >e @f `g", NULL},
        {"blanks", "  a  b \t ", NULL},
        {"line ends",
                "a\nb\r\nc\rd\xC2\x85"
                "e\xE2\x80\xA8"
                "f\xE2\x80\xA9g",
                NULL},
        {"control characters", "\x01\x1B[31m\x08\x7F\xC2\x9F", NULL},
        {"UTF-8", "K\xC3\xBChlschrank \xE2\x82\xAC \xF0\x9F\x90\xA7", NULL},
        {"a mark of byte order",
                "\xEF\xBB\xBF"
                "a",
                NULL},
        {"no characters", "\xEF\xBF\xBE\xEF\xBF\xBF\xF0\x9F\xBF\xBE", NULL},
        {"a template", "{{ v1.instance_id }} {% if 1 %}", NULL},
        {"a lone byte", "a\xFFz", "a" REPLACEMENT "z"},
        {"half a pair", "\xED\xA0\x80", REPLACEMENT REPLACEMENT REPLACEMENT},
};
#define HOSTILE (sizeof(hostile) / sizeof(hostile[0]))

/* All in one document: starting PyYAML takes longer than reading. */
static void every_string_comes_out_as_it_went_in(void **state)
{
        CLEANUP(text_done) struct text document = {0}, out = {0};
        CLEANUP(string_free) char *path = NULL;
        const char *words[] = {"python3", "-c",
                "import sys, yaml; sys.stdout.buffer.write(b''.join(b'%s\\0' % s.encode() for s in "
                "yaml.safe_load(open(sys.argv[1], 'rb'))))",
                NULL, NULL};

        (void)state;
        for (size_t i = 0; i < HOSTILE; i++) {
                text_add(&document, "- ");
                yaml_add_string(&document, hostile[i].string);
                text_add(&document, "\n");
        }
        path = put("document", text_string(&document), document.length);
        words[3] = path;
        run(words, &out);
        unlink(path);
        const char *at = text_string(&out);
        for (size_t i = 0; i < HOSTILE; i++) {
                const char *read = hostile[i].read ? hostile[i].read : hostile[i].string;

                if (strcmp(at, read) != 0)
                        fail_msg("%s: \"%s\" came out", hostile[i].name, at);
                at += strlen(at) + 1;
        }
        assert_int_equal(at - text_string(&out), out.length);
}

/* ---- texts ---- */

static void guest_is(struct guest_config *guest, const char *user, const char *user_data, const char *key)
{
        *guest = (struct guest_config) {.name = string_copy("web"),
                .cloud_init = {
                        .is_wanted = true, .user = string_copy(user), .user_data = string_copy(user_data)}};
        if (key)
                strings_add(&guest->cloud_init.ssh_keys, key);
}

static void guest_done_here(struct guest_config *guest)
{
        free(guest->name);
        free(guest->cloud_init.user);
        free(guest->cloud_init.user_data);
        free(guest->cloud_init.network_config);
        strings_done(&guest->cloud_init.ssh_keys);
}

static const struct {
        const char *name, *user, *key, *then;
} made[] = {
        {"the image's own user", "", "ssh-ed25519 AAAA a@b",
                "{\"ssh_authorized_keys\": [\"ssh-ed25519 AAAA a@b\"]}"},
        {"a user of his own", "ci", "ssh-ed25519 AAAA",
                "{\"users\": [{\"lock_passwd\": true, \"name\": \"ci\", \"ssh_authorized_keys\": "
                "[\"ssh-ed25519 AAAA\"], "
                "\"sudo\": \"ALL=(ALL) NOPASSWD:ALL\"}]}"},
        {"root, whom cloud-init would keep out", "root", "ssh-ed25519 AAAA",
                "{\"disable_root\": false, \"users\": [{\"name\": \"root\", \"ssh_authorized_keys\": "
                "[\"ssh-ed25519 AAAA\"]}]}"},
        {"a key that would be more than a key", "", "command=\"a: b\" ssh-ed25519 AAAA # x",
                "{\"ssh_authorized_keys\": [\"command=\\\"a: b\\\" ssh-ed25519 AAAA # x\"]}"},
        {"nobody", "", NULL, "null"},
};

static void vendor_data_is_made_of_a_user_and_keys(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
                CLEANUP(guest_done_here) struct guest_config guest = {0};
                CLEANUP(seed_texts_done) struct seed_texts texts = {0};
                CLEANUP(text_done) struct text out = {0};

                guest_is(&guest, made[i].user, NULL, made[i].key);
                seed_texts_init(&texts, &guest);
                assert_int_equal(strncmp(texts.vendor_data, "#cloud-config\n", 14), 0);
                assert_string_equal(texts.user_data, "#cloud-config\n");
                parsed(texts.vendor_data, &out);
                if (strcmp(text_string(&out), made[i].then) != 0)
                        fail_msg("%s: %s", made[i].name, text_string(&out));
        }
}

static void user_data_that_is_given_stays_as_it_is(void **state)
{
        static const char script[] = "#!/bin/sh\necho \"it's mine: $1\"\n";
        CLEANUP(guest_done_here) struct guest_config guest = {0};
        CLEANUP(seed_texts_done) struct seed_texts texts = {0};
        CLEANUP(text_done) struct text out = {0};

        (void)state;
        guest_is(&guest, "", script, NULL);
        guest.cloud_init.network_config = string_copy("version: 2\n");
        seed_texts_init(&texts, &guest);
        assert_string_equal(texts.user_data, script);
        assert_string_equal(texts.network_config, "version: 2\n");
        parsed(texts.meta_data, &out);
        assert_string_equal(
                text_string(&out), "{\"instance-id\": \"provision-web\", \"local-hostname\": \"web\"}");
}

static void the_note_changes_with_every_part_of_the_wish(void **state)
{
        static const char *const wishes[][4] = {/* user, key, user-data, network-config */
                {"", NULL, NULL, NULL}, {"a", NULL, NULL, NULL}, {"", "a", NULL, NULL}, {"", NULL, "a", NULL},
                {"", NULL, NULL, "a"}, {"", NULL, "", NULL}, {"", NULL, "a\"\nnetwork-config: \"a", NULL}};
        CLEANUP(strings_done) struct strings notes = {0};

        (void)state;
        for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
                CLEANUP(guest_done_here) struct guest_config guest = {0};
                CLEANUP(string_free) char *again = NULL;
                char *note;

                guest_is(&guest, wishes[i][0], wishes[i][2], wishes[i][1]);
                guest.cloud_init.network_config = string_copy(wishes[i][3]);
                note = seed_note(&guest);
                again = seed_note(&guest);
                assert_string_equal(note, again);
                assert_false(strings_has(&notes, note));
                strings_take(&notes, note);
        }
}

/* ---- the image ---- */

static void an_image_holds_what_was_put_in(void **state)
{
        char large[5000];
        const struct iso9660_file files[] = {
                {"user-data", "#cloud-config\n", 14},
                {"meta-data", "", 0},
                {"vendor-data", large, sizeof(large)},
                {"network-config", large, 2048},
        };
        const size_t count = sizeof(files) / sizeof(files[0]), size = iso9660_size(files, count);
        CLEANUP(string_free) char *image = memory_new(size, 1), *again = memory_new(size, 1), *path = NULL;
        CLEANUP(text_done) struct text names = {0};

        (void)state;
        for (size_t i = 0; i < sizeof(large); i++)
                large[i] = (char)(i * 7 % 256);
        memset(again, 'x', size);
        iso9660_write("cidata", files, count, (unsigned char *)image);
        iso9660_write("cidata", files, count, (unsigned char *)again);
        assert_memory_equal(image, again, size);
        path = put("image", image, size);
        run((const char *const[]) {"bsdtar", "-tf", path, NULL}, &names); /* in an order of its own */
        assert_int_equal(names.length, strlen(".\nuser-data\nmeta-data\nvendor-data\nnetwork-config\n"));
        for (size_t i = 0; i < count; i++) {
                CLEANUP(text_done) struct text content = {0};

                member(path, files[i].name, &content);
                assert_int_equal(content.length, files[i].length);
                assert_memory_equal(text_string(&content), files[i].content, files[i].length);
        }
        unlink(path);
}

/* blkid is what udev and so cloud-init find it by. */
static void an_image_has_its_label(void **state)
{
        const struct iso9660_file file = {"meta-data", "a", 1};
        const size_t size = iso9660_size(&file, 1);
        CLEANUP(string_free) char *image = memory_new(size, 1), *path = NULL;
        CLEANUP(text_done) struct text label = {0};

        (void)state;
        iso9660_write("cidata", &file, 1, (unsigned char *)image);
        path = put("image", image, size);
        run((const char *const[]) {"/sbin/blkid", "-p", "-o", "value", "-s", "LABEL", "-s", "TYPE", path,
                    NULL},
                &label);
        assert_string_equal(text_string(&label), "cidata\niso9660\n");
        unlink(path);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_string_comes_out_as_it_went_in),
                cmocka_unit_test(vendor_data_is_made_of_a_user_and_keys),
                cmocka_unit_test(user_data_that_is_given_stays_as_it_is),
                cmocka_unit_test(the_note_changes_with_every_part_of_the_wish),
                cmocka_unit_test(an_image_holds_what_was_put_in),
                cmocka_unit_test(an_image_has_its_label),
        };
        int failed;

        if (!mkdtemp(directory))
                return 99;
        failed = cmocka_run_group_tests(tests, NULL, NULL);
        rmdir(directory);
        return failed;
}
