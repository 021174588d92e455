#include "score_world.h"

static void a_pool_is_wished(struct world *world)
{
        struct pool_config *pool = array_add(&world->config.pools);

        pool->name = string_copy("images");
        pool->path = string_copy("/srv/images");
        pool->autostart = true;
}

static void a_hostile_pool_is_wished(struct world *world)
{
        struct pool_config *pool = array_add(&world->config.pools);

        pool->name = string_copy("a'b\"$(c)&<d>");
        pool->path = string_copy("/srv/$(reboot) \"x\"");
}

static void a_volume_group_is_wished(struct world *world)
{
        struct pool_config *pool = array_add(&world->config.pools);

        pool->name = string_copy("images");
        pool->type = POOL_LOGICAL;
        pool->path = string_copy("/dev/vg0");
        pool->source = string_copy("vg0");
        pool->autostart = true;
}

static void with_devices(struct world *world)
{
        strings_add(&world->config.pools.items[0].devices, "/dev/vdb");
        strings_add(&world->config.pools.items[0].devices, "/dev/vdc");
}

static void a_share_is_wished(struct world *world)
{
        struct pool_config *pool = array_add(&world->config.pools);

        pool->name = string_copy("images");
        pool->type = POOL_NETFS;
        pool->path = string_copy("/srv/images");
        pool->source = string_copy("nas:/export/lab");
        pool->autostart = true;
}

static struct pool_state *pool_is(struct world *world, const char *name, const char *path)
{
        struct pool_state *pool = pool_answer(world, name);

        pool->active = pool->autostart = pool->persistent = true;
        set(&pool->type, "dir");
        set(&pool->path, path);
        return pool;
}

static void it_is_there(struct world *world)
{
        pool_is(world, "images", "/srv/images")->ours = true;
}

static void theirs_is_there(struct world *world)
{
        pool_is(world, "images", "/srv/images/");
}

static void it_was_stopped(struct world *world)
{
        world->answers.pools.items[0].active = false;
}

static void it_lost_autostart(struct world *world)
{
        world->answers.pools.items[0].autostart = false;
}

static void without_autostart(struct world *world)
{
        world->config.pools.items[0].autostart = false;
}

static void it_was_undefined_while_active(struct world *world)
{
        world->answers.pools.items[0].persistent = world->answers.pools.items[0].autostart = false;
}

static void it_is_elsewhere(struct world *world)
{
        set(&world->answers.pools.items[0].path, "/var/lib/libvirt/images");
}

static void it_is_a_volume_group(struct world *world)
{
        set(&world->answers.pools.items[0].type, "logical");
        set(&world->answers.pools.items[0].path, "/dev/vg0");
}

static void its_volume_group_is_there(struct world *world)
{
        it_is_there(world);
        it_is_a_volume_group(world);
        set(&world->answers.pools.items[0].source, "vg0");
}

static void its_share_is_there(struct world *world)
{
        it_is_there(world);
        set(&world->answers.pools.items[0].type, "netfs");
        set(&world->answers.pools.items[0].source, "nas:/export/lab");
}

static void it_is_of_another_source(struct world *world)
{
        set(&world->answers.pools.items[0].source, "nas:/export/old");
}

static void it_is_of_another_group(struct world *world)
{
        set(&world->answers.pools.items[0].path, "/dev/vg1");
        set(&world->answers.pools.items[0].source, "vg1");
}

static void another_is_in_its_place(struct world *world)
{
        pool_is(world, "default", "/srv/images");
}

static void another_is_below_it(struct world *world)
{
        pool_is(world, "default", "/srv/images/more");
}

static void another_is_around_it(struct world *world)
{
        pool_is(world, "default", "/srv//");
}

static void another_is_beside_it(struct world *world)
{
        pool_is(world, "default", "/srv/images-of-old");
        set(&pool_is(world, "group", "/srv")->type, "logical");
}

static void more_is_wished_in_it(struct world *world)
{
        struct pool_config *pool = array_add(&world->config.pools);

        pool->name = string_copy("default");
        pool->path = string_copy("/srv/images/more");
        pool->autostart = true;
}

static void libvirt_is_silent(struct world *world)
{
        world->answers.libvirt = REACH_NOT_YET;
}

static void a_file_is_above_its_place(struct world *world)
{
        struct file_state *file = array_add(&world->answers.files);

        file->path = "/srv/images";
        set(&file->obstacle, "/srv");
}

static void a_file_is_in_its_place(struct world *world)
{
        struct file_state *file = array_add(&world->answers.files);

        file->path = "/srv/images";
        file->exists = true;
        file->type = FILE_REGULAR;
}

static void its_group_is_missing(struct world *world)
{
        strings_add(&world->answers.missing_groups, "vg1");
        strings_add(&world->answers.missing_groups, "vg0");
}

static void another_group_is_missing(struct world *world)
{
        strings_add(&world->answers.missing_groups, "vg1");
}

static void its_first_device_is_there(struct world *world)
{
        file_answer(world, "/dev/vdb")->exists = true;
        file_answer(world, "/dev/vdc");
}

static void its_devices_are_there(struct world *world)
{
        its_first_device_is_there(world);
        file_answer(world, "/dev/vdc")->exists = true;
}

static void the_mount_helper_is_missing(struct world *world)
{
        file_answer(world, "/sbin/mount.nfs");
}

static void its_package_is_installed(struct world *world)
{
        package_answer(world, "nfs-common")->installed = true;
}

static const struct row rows[] = {
        {"nothing is wished", {a_kvm_host}, ""},
        {"all is as wished", {a_kvm_host, a_pool_is_wished, it_is_there}, ""},
        {"nothing is there", {a_kvm_host, a_pool_is_wished, another_is_below_it},
                "define pool images at /srv/images\nstart pool images\nlet pool images start with the "
                "machine\n"
                "~ pool images: its path /srv/images has that of pool default (/srv/images/more) in it and "
                "shows it as a volume: choose another path, or remove that pool\n"},
        {"it is there, and in another one's directory",
                {a_kvm_host, a_pool_is_wished, it_is_there, another_is_around_it},
                "~ pool images: its path /srv/images lies in that of pool default (/srv//), which shows it "
                "as "
                "a volume: choose a path outside, or remove that pool\n"},
        {"it is there, and another one's path begins alike, or is a volume group's",
                {a_kvm_host, a_pool_is_wished, it_is_there, another_is_beside_it}, ""},
        {"another one in it is wished, too",
                {a_kvm_host, a_pool_is_wished, it_is_there, another_is_below_it, more_is_wished_in_it}, ""},
        {"nothing is there and it isn't to start by itself",
                {a_kvm_host, a_pool_is_wished, without_autostart},
                "define pool images at /srv/images\nstart pool images\n"},
        {"a fresh host", {a_fresh_host, a_pool_is_wished},
                "? define pool images at /srv/images\n? start pool images\n? let pool images start with the "
                "machine\n"},
        {"libvirt doesn't answer just now", {a_kvm_host, a_pool_is_wished, it_is_there, libvirt_is_silent},
                "? define pool images at /srv/images\n? start pool images\n? let pool images start with the "
                "machine\n"},
        {"cut off after the definition",
                {a_kvm_host, a_pool_is_wished, it_is_there, it_was_stopped, it_lost_autostart},
                "start pool images\nlet pool images start with the machine\n"},
        {"it was stopped", {a_kvm_host, a_pool_is_wished, it_is_there, it_was_stopped},
                "start pool images\n"},
        {"it doesn't start with the machine any more",
                {a_kvm_host, a_pool_is_wished, it_is_there, it_lost_autostart},
                "let pool images start with the machine\n"},
        {"it starts with the machine and isn't to",
                {a_kvm_host, a_pool_is_wished, it_is_there, without_autostart},
                "don't let pool images start with the machine\n"},
        {"it was undefined while active",
                {a_kvm_host, a_pool_is_wished, it_is_there, it_was_undefined_while_active},
                "define pool images, which is active but would be gone after a reboot\n"
                "let pool images start with the machine\n"},
        {"not ours and the same: used as it is", {a_kvm_host, a_pool_is_wished, theirs_is_there}, ""},
        {"not ours, the same and stopped", {a_kvm_host, a_pool_is_wished, theirs_is_there, it_was_stopped},
                "start pool images\n"},
        {"not ours and elsewhere", {a_kvm_host, a_pool_is_wished, theirs_is_there, it_is_elsewhere},
                "! pool images is there, is not ours and is at /var/lib/libvirt/images, wanted at "
                "/srv/images: rename the "
                "wanted pool, or make the configuration say the same\n"},
        {"ours and elsewhere: its volumes are never left behind",
                {a_kvm_host, a_pool_is_wished, it_is_there, it_is_elsewhere},
                "! pool images is at /var/lib/libvirt/images, wanted at /srv/images: its volumes are not "
                "moved; keep the path, "
                "or undefine the pool (its files stay) and run again\n"},
        {"ours, elsewhere and never started: the configuration was corrected",
                {a_kvm_host, a_pool_is_wished, it_is_there, it_is_elsewhere, it_was_stopped,
                        it_lost_autostart},
                "define pool images again, at /srv/images: at /var/lib/libvirt/images it was never started\n"
                "start pool images\nlet pool images start with the machine\n"},
        {"a file is in its place", {a_kvm_host, a_pool_is_wished, a_file_is_in_its_place},
                "! pool images is to be at /srv/images, which is no directory: choose another path, or move "
                "it away\n"},
        {"a file is above its place", {a_kvm_host, a_pool_is_wished, a_file_is_above_its_place},
                "! pool images is to be at /srv/images, but /srv is there and is no directory: choose "
                "another "
                "path, or move it away\n"},
        {"of another type", {a_kvm_host, a_pool_is_wished, theirs_is_there, it_is_a_volume_group},
                "! pool images is there as a pool of type logical, wanted dir at /srv/images: rename the "
                "wanted pool, or "
                "remove the one that is there\n"},
        {"another pool has its directory", {a_kvm_host, a_pool_is_wished, another_is_in_its_place},
                "! pool images is to be at /srv/images, where pool default is: choose another path, or use "
                "that pool\n"},
        {"a volume group", {a_kvm_host, a_volume_group_is_wished},
                "define pool images of volume group vg0\nstart pool images\nlet pool images start with the "
                "machine\n"},
        {"a volume group that may have to be made", {a_kvm_host, a_volume_group_is_wished, with_devices},
                "define pool images of volume group vg0\nstart pool images; if there is no volume group vg0, "
                "make it "
                "of /dev/vdb, /dev/vdc, should nothing be on them\nlet pool images start with the machine\n"},
        {"a volume group as wished",
                {a_kvm_host, a_volume_group_is_wished, with_devices, its_volume_group_is_there}, ""},
        {"another volume group",
                {a_kvm_host, a_volume_group_is_wished, its_volume_group_is_there, it_is_of_another_group},
                "! pool images is of volume group vg1, wanted of volume group vg0: its volumes are not "
                "moved; keep "
                "the path, or undefine the pool (its files stay) and run again\n"},
        {"a volume group instead of a directory", {a_kvm_host, a_pool_is_wished, its_volume_group_is_there},
                "! pool images is there as a pool of type logical, wanted dir at /srv/images: rename the "
                "wanted "
                "pool, or remove the one that is there\n"},
        {"an NFS server's directory", {a_kvm_host, a_share_is_wished},
                "define pool images at /srv/images, from nas:/export/lab\nstart pool images\nlet pool images "
                "start "
                "with the machine\n"},
        {"an NFS server's directory as wished", {a_kvm_host, a_share_is_wished, its_share_is_there}, ""},
        {"another directory of the server",
                {a_kvm_host, a_share_is_wished, its_share_is_there, it_is_of_another_source},
                "! pool images is at /srv/images, from nas:/export/old, wanted at /srv/images, from "
                "nas:/export/lab: its volumes are not moved; keep the path, or undefine the pool (its files "
                "stay) "
                "and run again\n"},
        {"another directory of the server, never started",
                {a_kvm_host, a_share_is_wished, its_share_is_there, it_is_of_another_source, it_was_stopped,
                        it_lost_autostart},
                "define pool images again, at /srv/images, from nas:/export/lab: at /srv/images, from "
                "nas:/export/old it was never started\nstart pool images\nlet pool images start with the "
                "machine\n"},
        {"a volume group that the machine doesn't have",
                {a_kvm_host, a_volume_group_is_wished, its_group_is_missing},
                "! pool images is to be of volume group vg0, which this machine doesn't have: make it by "
                "vgcreate, or say by devices what it is to be made of\n"},
        {"a volume group that the machine doesn't have, and libvirt isn't there either",
                {a_fresh_host, a_volume_group_is_wished, its_group_is_missing},
                "! pool images is to be of volume group vg0, which this machine doesn't have: make it by "
                "vgcreate, or say by devices what it is to be made of\n"},
        {"the volume group of a pool that was stopped has gone",
                {a_kvm_host, a_volume_group_is_wished, its_volume_group_is_there, it_was_stopped,
                        its_group_is_missing},
                "! pool images is to be of volume group vg0, which this machine doesn't have: make it by "
                "vgcreate, or say by devices what it is to be made of\n"},
        {"another pool's volume group is missing",
                {a_kvm_host, a_volume_group_is_wished, its_volume_group_is_there, it_was_stopped,
                        another_group_is_missing},
                "start pool images\n"},
        {"a volume group that is to be made of devices that are there",
                {a_kvm_host, a_volume_group_is_wished, with_devices, its_devices_are_there,
                        its_group_is_missing},
                "define pool images of volume group vg0\nstart pool images; if there is no volume group vg0, "
                "make it of /dev/vdb, /dev/vdc, should nothing be on them\nlet pool images start with the "
                "machine\n"},
        {"a volume group that is to be made of a device that isn't there",
                {a_kvm_host, a_volume_group_is_wished, with_devices, its_first_device_is_there,
                        its_group_is_missing},
                "! pool images: volume group vg0 isn't there, nor is /dev/vdc, of which it is to be made: "
                "attach that device, or correct devices\n"},
        {"a volume group that was made, and one of its devices has another name now",
                {a_kvm_host, a_volume_group_is_wished, with_devices, its_first_device_is_there,
                        its_volume_group_is_there},
                ""},
        {"an NFS server's directory, and its package is still to be installed",
                {a_kvm_host, a_share_is_wished, the_mount_helper_is_missing},
                "define pool images at /srv/images, from nas:/export/lab\nstart pool images\nlet pool images "
                "start with the machine\n"},
        {"an NFS server's directory, and its package lacks what mounts it",
                {a_kvm_host, a_share_is_wished, its_package_is_installed, the_mount_helper_is_missing},
                "! pool images is to be mounted from nas:/export/lab, and there is no /sbin/mount.nfs, "
                "although its package is installed: install that again\n"},
        {"hostile names", {a_kvm_host, a_hostile_pool_is_wished},
                "define pool a'b\"$(c)&<d> at /srv/$(reboot) \"x\"\nstart pool a'b\"$(c)&<d>\n"},
};

int main(void)
{
        return RUN_ROWS(&score_pool, NULL, rows);
}
