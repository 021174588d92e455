#include "score_world.h"

#define SUM    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define VOLUME "debian-001122334455.qcow2"

static struct image_config *add_image(struct world *world, const char *name)
{
        struct image_config *image = array_add(&world->config.images);

        image->name = string_copy(name);
        image->url = string_copy("https://images.example/debian.qcow2");
        image->sha256 = string_copy(SUM);
        image->pool = string_copy("images");
        return image;
}

static void an_image_is_wished(struct world *world)
{
        add_image(world, "debian");
}

static void a_raw_image_from_here_is_wished(struct world *world)
{
        struct image_config *image = add_image(world, "firewall");

        string_free(&image->url);
        image->file = string_copy("/home/me/firewall.img");
        image->is_raw = true;
}

static void a_hostile_image_is_wished(struct world *world)
{
        struct image_config *image = add_image(world, "a'b\"$(c)&<d>");

        set(&image->url, "https://x/$(reboot)'\"");
}

static void a_pool_is_wished(struct world *world)
{
        struct pool_config *pool = array_add(&world->config.pools);

        pool->name = string_copy("images");
        pool->path = string_copy("/srv/images");
}

static void it_is_there(struct world *world)
{
        struct pool_state *pool = pool_answer(world, "images");

        set(&pool->type, "dir");
        set(&pool->path, "/srv/images");
        pool->active = pool->persistent = true;
}

static void it_was_stopped(struct world *world)
{
        world->answers.pools.items[0].active = false;
}

static void it_is_started(struct world *world)
{
        world->answers.pools.items[0].active = true;
}

static void it_is_a_volume_group(struct world *world)
{
        set(&world->answers.pools.items[0].type, "logical");
}

static void it_is_of_a_type_of_its_own(struct world *world)
{
        set(&world->answers.pools.items[0].type, "rbd");
}

static void the_image_is_there(struct world *world)
{
        struct volume_state *volume = volume_answer(world, "images", VOLUME);

        volume->path = string_copy("/srv/images/" VOLUME);
        volume->format = string_copy("qcow2");
        volume->size_bytes = UINT64_C(2) << 30;
}

static void a_transfer_is_under_way(struct world *world)
{
        struct long_step_state *step = array_add(&world->answers.long_steps);

        step->name = string_copy("provision-image-0123");
        step->words = string_copy("fetch image debian");
}

static void it_is_raw(struct world *world)
{
        set(&world->answers.volumes.items[0].format, "raw");
}

static void it_is_based_on_another(struct world *world)
{
        set(&world->answers.volumes.items[0].backing, "/etc/shadow");
}

static void another_pool_has_it(struct world *world)
{
        set(&world->answers.volumes.items[0].pool, "other");
}

static void its_checksum_is_another_now(struct world *world)
{
        world->config.images.items[0].sha256[0] = 'f';
}

static void libvirt_is_silent(struct world *world)
{
        world->answers.libvirt = REACH_NOT_YET;
        for (array_each(struct pool_state, pool, &world->answers.pools)) {
                free(pool->name);
                free(pool->type);
                free(pool->path);
        }
        world->answers.pools.count = 0;
}

#define FETCH "fetch image debian to pool images (from https://images.example/debian.qcow2)\n"

static const struct row rows[] = {
        {"nothing is wished", {a_kvm_host}, ""},
        {"it is there", {a_kvm_host, a_pool_is_wished, it_is_there, an_image_is_wished, the_image_is_there},
                ""},
        {"it isn't there", {a_kvm_host, a_pool_is_wished, it_is_there, an_image_is_wished}, FETCH},
        {"an earlier run may be at it",
                {a_kvm_host, a_pool_is_wished, it_is_there, an_image_is_wished, a_transfer_is_under_way},
                "? " FETCH},
        {"from a file of this machine, raw",
                {a_kvm_host, a_pool_is_wished, it_is_there, a_raw_image_from_here_is_wished},
                "fetch image firewall to pool images (from /home/me/firewall.img)\n"},
        {"the pool is the machine's own", {a_kvm_host, it_is_there, an_image_is_wished}, FETCH},
        {"the same in another pool isn't it",
                {a_kvm_host, a_pool_is_wished, it_is_there, an_image_is_wished, the_image_is_there,
                        another_pool_has_it},
                FETCH},
        {"another content is another image",
                {a_kvm_host, a_pool_is_wished, it_is_there, an_image_is_wished, the_image_is_there,
                        its_checksum_is_another_now},
                FETCH},
        {"a pool that isn't started doesn't show what is in it",
                {a_kvm_host, a_pool_is_wished, it_is_there, it_was_stopped, an_image_is_wished}, "? " FETCH},
        {"a pool that is started shows it",
                {a_kvm_host, a_pool_is_wished, it_is_there, it_is_started, an_image_is_wished}, FETCH},
        {"a fresh host", {a_fresh_host, a_pool_is_wished, an_image_is_wished}, "? " FETCH},
        {"a fresh host, and a pool that may come with it", {a_fresh_host, an_image_is_wished}, "? " FETCH},
        {"libvirt doesn't answer just now",
                {a_kvm_host, a_pool_is_wished, it_is_there, an_image_is_wished, libvirt_is_silent},
                "? " FETCH},
        {"its pool is nowhere", {a_kvm_host, an_image_is_wished},
                "! image debian: pool images is neither in the configuration nor on the machine: add pool "
                "\"images\" "
                "{ ... }\n"},
        {"its pool is the machine's, and stopped",
                {a_kvm_host, it_is_there, it_was_stopped, an_image_is_wished},
                "! image debian: pool images of the machine isn't active: start it, or add pool \"images\" { "
                "... }\n"},
        {"its pool is a volume group of the machine",
                {a_kvm_host, it_is_there, it_is_a_volume_group, an_image_is_wished},
                "! image debian: pool images is a volume group, and an image is a file: keep it in a pool of "
                "type dir "
                "or netfs\n"},
        {"its pool is something else",
                {a_kvm_host, it_is_there, it_is_of_a_type_of_its_own, an_image_is_wished},
                "! image debian: pool images of the machine is of type rbd, which we don't work with: use "
                "one of type "
                "dir, logical or netfs\n"},
        {"the right content, and the wrong word for it",
                {a_kvm_host, a_pool_is_wished, it_is_there, an_image_is_wished, the_image_is_there,
                        it_is_raw},
                "! image debian in pool images is raw, and its format is qcow2 here: correct format\n"},
        {"an image that stands on something else",
                {a_kvm_host, a_pool_is_wished, it_is_there, an_image_is_wished, the_image_is_there,
                        it_is_based_on_another},
                "! image debian in pool images is itself based on /etc/shadow: make it one file, with "
                "qemu-img convert, "
                "and correct its sha256\n"},
        {"hostile names", {a_kvm_host, a_pool_is_wished, it_is_there, a_hostile_image_is_wished},
                "fetch image a'b\"$(c)&<d> to pool images (from https://x/$(reboot)'\")\n"},
};

int main(void)
{
        return RUN_ROWS(&score_image, NULL, rows);
}
