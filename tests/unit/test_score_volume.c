#include "score_world.h"

#define SUM        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define IMAGE      "debian-001122334455.qcow2"
#define IMAGE_PATH "/srv/images/" IMAGE
#define GIB        (UINT64_C(1) << 30)

/* ---- wishes ---- */

static void a_guest_is_wished(struct world *world)
{
        struct guest_config *guest = array_add(&world->config.guests);
        struct disk_config *disk = array_add(&guest->disks);
        struct image_config *image = array_add(&world->config.images);
        struct pool_config *pool = array_add(&world->config.pools);

        guest->name = string_copy("web");
        guest->is_running = true;
        disk->name = string_copy("root");
        disk->pool = string_copy("images");
        disk->image = string_copy("debian");
        disk->origin = DISK_BACKED;
        disk->size_bytes = 20 * GIB;
        image->name = string_copy("debian");
        image->sha256 = string_copy(SUM);
        image->pool = string_copy("images");
        pool->name = string_copy("images");
        pool->path = string_copy("/srv/images");
}

static struct disk_config *wished(struct world *world)
{
        return &world->config.guests.items[0].disks.items[0];
}

static void as_a_copy(struct world *world)
{
        wished(world)->origin = DISK_COPIED;
}

static void as_a_raw_copy(struct world *world)
{
        as_a_copy(world);
        wished(world)->is_raw = true;
}

static void as_large_as_its_image(struct world *world)
{
        wished(world)->size_bytes = 0;
}

static void smaller_than_its_image(struct world *world)
{
        wished(world)->size_bytes = GIB;
}

static void empty(struct world *world)
{
        string_free(&wished(world)->image);
        wished(world)->origin = DISK_EMPTY;
}

static void larger(struct world *world)
{
        wished(world)->size_bytes = 30 * GIB;
}

static void smaller(struct world *world)
{
        wished(world)->size_bytes = 10 * GIB;
}

static void it_may_be_replaced(struct world *world)
{
        world->config.guests.items[0].replace = true;
}

static void of_another_image(struct world *world)
{
        memset(world->config.images.items[0].sha256, 'f', 12);
}

static void in_a_volume_group(struct world *world)
{
        world->config.pools.items[0].type = POOL_LOGICAL;
        set(&world->config.pools.items[0].path, "/dev/vg0");
}

static void the_configuration_has_no_pool(struct world *world)
{
        struct pool_config *pool = &world->config.pools.items[0];

        free(pool->name);
        free(pool->path);
        world->config.pools.count = 0;
}

/* ---- what is there ---- */

static void its_pool_is_there(struct world *world)
{
        const struct pool_config *config = &world->config.pools.items[0];
        struct pool_state *pool = pool_answer(world, "images");

        a_kvm_host(world);
        set(&pool->type, pool_type_name(config->type));
        set(&pool->path, config->path);
        pool->active = pool->persistent = true;
}

static void its_image_is_there(struct world *world)
{
        CLEANUP(string_free) char *name = image_volume_name(&world->config.images.items[0]);
        struct volume_state *volume = volume_answer(world, "images", name);

        if (!world->answers.pools.count)
                its_pool_is_there(world);
        free(volume->path); /* it may have been there before */
        volume->path = volume_path("/srv/images", name);
        set(&volume->format, "qcow2");
        volume->size_bytes = 2 * GIB;
}

/* As wished so far, made by us. */
static void it_is_there(struct world *world)
{
        const struct disk_config *disk = wished(world);
        CLEANUP(string_free) char *name = disk_volume_name(&world->config.guests.items[0], disk);
        CLEANUP(string_free) char *note = disk_note_path("images", name);
        struct volume_state *volume = volume_answer(world, "images", name);

        its_image_is_there(world);
        volume = volume_answer(world, "images", name);
        volume->path = volume_path("/srv/images", name);
        volume->format = string_copy(disk->is_raw ? "raw" : "qcow2");
        volume->size_bytes = disk->size_bytes ? disk->size_bytes : 2 * GIB;
        if (disk->origin == DISK_BACKED)
                volume->backing = string_copy(IMAGE_PATH);
        note_answer(world, note)->text = disk_note(disk, IMAGE);
}

static struct volume_state *there(struct world *world)
{
        return volume_answer(world, "images", "web-root.qcow2");
}

static void nobody_noted_it(struct world *world)
{
        string_free(&world->answers.notes.items[0].text);
}

static void it_has_become_larger(struct world *world)
{
        there(world)->size_bytes = 25 * GIB;
}

static struct volume_state *the_raw_one(struct world *world)
{
        return volume_answer(world, "images", "web-root.raw");
}

static void it_was_rounded_up_to_an_extent(struct world *world)
{
        wished(world)->size_bytes += 1 << 20;
        the_raw_one(world)->size_bytes += 4 << 20;
}

static void it_is_larger_than_rounded_up(struct world *world)
{
        wished(world)->size_bytes += 1 << 20;
        the_raw_one(world)->size_bytes += GIB;
}

static void it_stands_on_something_else(struct world *world)
{
        set(&there(world)->backing, "/srv/images/arch.qcow2");
}

static void a_guest_of_ours_has_it(struct world *world)
{
        struct guest_state *guest = guest_answer(world, "web");
        struct guest_disk *disk = array_add(&guest->defined.disks);

        guest->ours = guest->persistent = true;
        disk->target = string_copy("vda");
        disk->path = string_copy("/srv/images/web-root.qcow2");
}

static void its_guest_has_it_elsewhere(struct world *world)
{
        a_guest_of_ours_has_it(world);
        set(&guest_answer(world, "web")->defined.disks.items[0].path, "/srv/old/web-root.qcow2");
}

static void nobody_has_made_it(struct world *world)
{
        string_free(&there(world)->path);
        set(&there(world)->name, "another.qcow2");
}

static void a_guest_of_theirs_has_it(struct world *world)
{
        a_guest_of_ours_has_it(world);
        guest_answer(world, "web")->ours = false;
}

static void its_guest_runs(struct world *world)
{
        a_guest_of_ours_has_it(world);
        guest_copy(&guest_answer(world, "web")->running, &guest_answer(world, "web")->defined);
}

static void guests_may_be_restarted(struct world *world)
{
        world->may_restart = true;
}

static void its_guest_is_to_be_off(struct world *world)
{
        world->config.guests.items[0].is_running = false;
}

static void its_new_image_is_there(struct world *world)
{
        of_another_image(world);
        its_image_is_there(world);
}

static void the_machines_pool_is_a_volume_group(struct world *world)
{
        set(&world->answers.pools.items[0].type, "logical");
        set(&world->answers.pools.items[0].path, "/dev/vg0");
        the_configuration_has_no_pool(world);
}

static void an_image_is_elsewhere(struct world *world)
{
        struct pool_state *pool = pool_answer(world, "files");

        set(&world->config.images.items[0].pool, "files");
        set(&pool->type, "dir");
        set(&pool->path, "/srv/files");
        pool->active = pool->persistent = true;
}

static void the_pool_is_stopped(struct world *world)
{
        world->answers.pools.items[0].active = false;
}

#define OTHER "/srv/images/debian-ffffffffffff.qcow2"

static const struct row rows[] = {
        {"nothing is wished", {a_kvm_host}, ""},

        /* making */
        {"it isn't there", {a_guest_is_wished, its_image_is_there},
                "create volume web-root.qcow2 in pool images, 20 GiB, on image debian\n"},
        {"a copy", {a_guest_is_wished, as_a_copy, its_image_is_there},
                "create volume web-root.qcow2 in pool images, 20 GiB, as a copy of image debian\n"},
        {"a raw copy", {a_guest_is_wished, as_a_raw_copy, its_image_is_there},
                "create volume web-root.raw in pool images, 20 GiB, as a copy of image debian\n"},
        {"as large as its image", {a_guest_is_wished, as_large_as_its_image, its_image_is_there},
                "create volume web-root.qcow2 in pool images, 2 GiB, on image debian\n"},
        {"empty", {a_guest_is_wished, empty, its_pool_is_there},
                "create volume web-root.qcow2 in pool images, 20 GiB, empty\n"},
        {"smaller than its image", {a_guest_is_wished, smaller_than_its_image, its_image_is_there},
                "! disk root of guest web is to have 1 GiB, and its image debian has 2 GiB: a disk is at "
                "least as "
                "large as its image\n"},
        {"a raw copy in a volume group",
                {a_guest_is_wished, as_a_raw_copy, in_a_volume_group, its_image_is_there},
                "create volume web-root.raw in pool images, 20 GiB, as a copy of image debian\n"},
        {"in a volume group of the machine's own",
                {a_guest_is_wished, empty, its_pool_is_there, the_machines_pool_is_a_volume_group},
                "! disk root of guest web: pool images is a volume group, which holds raw volumes only: add "
                "format = raw\n"},
        {"on an image, in a volume group of the machine's own",
                {a_guest_is_wished, its_pool_is_there, the_machines_pool_is_a_volume_group,
                        an_image_is_elsewhere},
                "! disk root of guest web: pool images is a volume group, which holds raw volumes only: add "
                "format = raw and copy = true\n"},

        /* what can't be known yet */
        {"a fresh host", {a_fresh_host, a_guest_is_wished},
                "? create volume web-root.qcow2 in pool images, 20 GiB, on image debian\n"},
        {"its image isn't there", {a_guest_is_wished, its_pool_is_there},
                "? create volume web-root.qcow2 in pool images, 20 GiB, on image debian\n"},
        {"its image isn't there, nor then its size",
                {a_guest_is_wished, as_large_as_its_image, its_pool_is_there},
                "? create volume web-root.qcow2 in pool images, on image debian\n"},
        {"its pool isn't started", {a_guest_is_wished, empty, its_pool_is_there, the_pool_is_stopped},
                "? create volume web-root.qcow2 in pool images, 20 GiB, empty\n"},

        /* there */
        {"it is there", {a_guest_is_wished, it_is_there}, ""},
        {"a copy is there", {a_guest_is_wished, as_a_copy, it_is_there}, ""},
        {"a copy as large as its image is there",
                {a_guest_is_wished, as_a_copy, as_large_as_its_image, it_is_there}, ""},
        {"an empty one is there", {a_guest_is_wished, empty, it_is_there}, ""},
        {"it has grown, and nobody said how large it is to be",
                {a_guest_is_wished, as_large_as_its_image, it_is_there, it_has_become_larger}, ""},
        {"larger is wished", {a_guest_is_wished, it_is_there, larger},
                "grow volume web-root.qcow2 in pool images from 20 GiB to 30 GiB\n"},
        {"larger is wished of a running guest's", {a_guest_is_wished, it_is_there, its_guest_runs, larger},
                "grow volume web-root.qcow2 in pool images from 20 GiB to 30 GiB\n"},
        {"in a volume group it was rounded up",
                {a_guest_is_wished, as_a_raw_copy, in_a_volume_group, it_is_there,
                        it_was_rounded_up_to_an_extent},
                ""},
        {"in a volume group it is larger than that",
                {a_guest_is_wished, as_a_raw_copy, in_a_volume_group, it_is_there,
                        it_is_larger_than_rounded_up},
                "! volume web-root.raw in pool images has 21 GiB, wanted 21475885056 bytes: disks never "
                "shrink; say size = \"21GiB\" or more\n"},
        {"in a volume group larger is wished",
                {a_guest_is_wished, as_a_raw_copy, in_a_volume_group, it_is_there, larger},
                "grow volume web-root.raw in pool images from 20 GiB to 30 GiB\n"},
        {"in a directory nothing is rounded up",
                {a_guest_is_wished, as_a_raw_copy, it_is_there, it_was_rounded_up_to_an_extent},
                "! volume web-root.raw in pool images has 21479030784 bytes, wanted 21475885056 "
                "bytes: disks never shrink; say size = \"20484MiB\" or more\n"},
        {"smaller is wished", {a_guest_is_wished, it_is_there, smaller},
                "! volume web-root.qcow2 in pool images has 20 GiB, wanted 10 GiB: disks never shrink; say "
                "size = \"20GiB\" or more\n"},
        {"smaller is wished, and it may be replaced: that isn't meant",
                {a_guest_is_wished, it_is_there, smaller, it_may_be_replaced},
                "! volume web-root.qcow2 in pool images has 20 GiB, wanted 10 GiB: disks never shrink; say "
                "size = \"20GiB\" or more\n"},

        /* whose */
        {"somebody else's", {a_guest_is_wished, it_is_there, nobody_noted_it},
                "! volume web-root.qcow2 in pool images is there and is not ours (qcow2, 20 GiB, based "
                "on " IMAGE_PATH
                "): guest web would write to it; rename the disk or the guest, or move the volume away\n"},
        {"somebody else's, and it may be replaced: ours is meant",
                {a_guest_is_wished, it_is_there, nobody_noted_it, it_may_be_replaced, its_new_image_is_there},
                "! volume web-root.qcow2 in pool images is there and is not ours (qcow2, 20 GiB, based "
                "on " IMAGE_PATH
                "): guest web would write to it; rename the disk or the guest, or move the volume away\n"},
        {"notes were lost, and a guest of ours has it",
                {a_guest_is_wished, it_is_there, nobody_noted_it, a_guest_of_ours_has_it}, ""},
        {"somebody else's guest has it",
                {a_guest_is_wished, it_is_there, nobody_noted_it, a_guest_of_theirs_has_it},
                "! volume web-root.qcow2 in pool images is there and is not ours (qcow2, 20 GiB, based "
                "on " IMAGE_PATH
                "): guest web would write to it; rename the disk or the guest, or move the volume away\n"},

        /* made from something else */
        {"its image has changed", {a_guest_is_wished, it_is_there, its_new_image_is_there},
                "! volume web-root.qcow2 in pool images is based on " IMAGE_PATH ", wanted " OTHER
                ": make the configuration say the same, or say replace = true in guest \"web\" to have it "
                "made anew, "
                "which gives up all that is on it\n"},
        {"its image has changed, and it may be replaced",
                {a_guest_is_wished, it_is_there, its_new_image_is_there, it_may_be_replaced},
                "make volume web-root.qcow2 in pool images anew, 20 GiB, on image debian, WHICH GIVES UP ALL "
                "THAT IS ON "
                "IT, as replace says (it is based on " IMAGE_PATH ", wanted " OTHER ")\n"},
        {"its image has changed, it may be replaced, and its guest runs",
                {a_guest_is_wished, it_is_there, its_guest_runs, its_new_image_is_there, it_may_be_replaced},
                "~ volume web-root.qcow2 in pool images is based on " IMAGE_PATH ", wanted " OTHER
                ", and stays as it is while guest web runs: once that is off a run makes it anew, as replace "
                "says; "
                "--allow-restart would do that now\n"},
        {"its image has changed, it may be replaced, and its guest may be restarted",
                {a_guest_is_wished, it_is_there, its_guest_runs, its_new_image_is_there, it_may_be_replaced,
                        guests_may_be_restarted},
                "shut guest web down and make its volume web-root.qcow2 in pool images anew, 20 GiB, on "
                "image debian, "
                "WHICH GIVES UP ALL THAT IS ON IT, as replace says (it is based on " IMAGE_PATH
                ", wanted " OTHER ")\n"},
        {"its image has changed, it may be replaced, and its guest is to be off",
                {a_guest_is_wished, it_is_there, its_guest_runs, its_new_image_is_there, it_may_be_replaced,
                        its_guest_is_to_be_off},
                "shut guest web down and make its volume web-root.qcow2 in pool images anew, 20 GiB, on "
                "image debian, "
                "WHICH GIVES UP ALL THAT IS ON IT, as replace says (it is based on " IMAGE_PATH
                ", wanted " OTHER ")\n"},
        {"its image has changed and isn't there yet",
                {a_guest_is_wished, it_is_there, of_another_image, it_may_be_replaced},
                "? make volume web-root.qcow2 in pool images anew, 20 GiB, on image debian, WHICH GIVES UP "
                "ALL THAT IS "
                "ON IT, as replace says (it is based on " IMAGE_PATH ", wanted " OTHER ")\n"},
        {"a copy of another image", {a_guest_is_wished, as_a_copy, it_is_there, its_new_image_is_there},
                "! volume web-root.qcow2 in pool images was made as \"qcow2 copy of " IMAGE
                "\", wanted \"qcow2 copy of debian-ffffffffffff.qcow2\": make the configuration say the "
                "same, or say "
                "replace = true in guest \"web\" to have it made anew, which gives up all that is on it\n"},
        {"a copy instead of a backing", {a_guest_is_wished, it_is_there, as_a_copy, it_may_be_replaced},
                "make volume web-root.qcow2 in pool images anew, 20 GiB, as a copy of image debian, WHICH "
                "GIVES UP ALL "
                "THAT IS ON IT, as replace says (it is based on " IMAGE_PATH ", wanted nothing)\n"},
        {"another format than its guest has",
                {a_guest_is_wished, it_is_there, a_guest_of_ours_has_it, as_a_raw_copy},
                "! disk root of guest web is /srv/images/web-root.qcow2, wanted volume web-root.raw in pool "
                "images: "
                "make the configuration say the same, or say replace = true in guest \"web\" to have it made "
                "anew, "
                "which gives up all that is on it\n"},
        {"another format than a guest of theirs has",
                {a_guest_is_wished, it_is_there, a_guest_of_theirs_has_it, as_a_raw_copy},
                "create volume web-root.raw in pool images, 20 GiB, as a copy of image debian\n"},
        {"another format, it may be replaced, and its guest isn't there",
                {a_guest_is_wished, it_is_there, as_a_raw_copy, it_may_be_replaced},
                "create volume web-root.raw in pool images, 20 GiB, as a copy of image debian\n"
                "? delete volume web-root.qcow2 of pool images, in whose place web-root.raw is\n"},
        {"another format, it may be replaced, and its guest runs on with what it has",
                {a_guest_is_wished, it_is_there, its_guest_runs, as_a_raw_copy, it_may_be_replaced},
                "make volume web-root.raw in pool images anew, 20 GiB, as a copy of image debian, WHICH "
                "GIVES UP ALL "
                "THAT IS ON /srv/images/web-root.qcow2, as replace says\n"},
        {"another format, once its guest has let go of it",
                {a_guest_is_wished, it_is_there, as_a_raw_copy, it_is_there, it_may_be_replaced},
                "delete volume web-root.qcow2 of pool images, in whose place web-root.raw is\n"},
        {"another format, and nobody said that it may be deleted",
                {a_guest_is_wished, it_is_there, as_a_raw_copy, it_is_there}, ""},
        {"another pool than its guest has it in",
                {a_guest_is_wished, it_is_there, its_guest_has_it_elsewhere, nobody_has_made_it},
                "! disk root of guest web is /srv/old/web-root.qcow2, wanted volume web-root.qcow2 in pool "
                "images: "
                "make the configuration say the same, or say replace = true in guest \"web\" to have it made "
                "anew, "
                "which gives up all that is on it\n"},
        {"it is gone, and its guest has it still",
                {a_guest_is_wished, it_is_there, a_guest_of_ours_has_it, nobody_has_made_it},
                "create volume web-root.qcow2 in pool images, 20 GiB, on image debian\n"},
        {"it stands on something else", {a_guest_is_wished, it_is_there, it_stands_on_something_else},
                "! volume web-root.qcow2 in pool images is based on /srv/images/arch.qcow2, "
                "wanted " IMAGE_PATH ": make the configuration say the same, or say replace = true in guest "
                "\"web\" to have it made anew, "
                "which gives up all that is on it\n"},
};

int main(void)
{
        return RUN_ROWS(&score_volume, NULL, rows);
}
