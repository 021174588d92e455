#include "score_world.h"

static struct file_config *wish_file(
        struct world *world, enum file_type type, const char *path, const char *content)
{
        struct file_config *file = array_add(&world->config.files);

        file->type = type;
        file->path = string_copy(path);
        file->content = string_copy(content);
        file->content_length = content ? strlen(content) : 0;
        file->mode = type == FILE_DIRECTORY ? 0755 : 0644;
        file->owner = string_copy("root");
        file->group = string_copy("root");
        return file;
}

static void a_file_is_wished(struct world *world)
{
        wish_file(world, FILE_REGULAR, "/etc/lab.conf", "a = 1\n");
}

static void an_empty_file_is_wished(struct world *world)
{
        wish_file(world, FILE_REGULAR, "/etc/lab.conf", NULL);
}

static void a_directory_is_wished(struct world *world)
{
        wish_file(world, FILE_DIRECTORY, "/srv/images", NULL);
}

static void a_file_is_wished_gone(struct world *world)
{
        wish_file(world, FILE_ABSENT, "/etc/lab.conf", NULL);
}

static void a_hostile_file_is_wished(struct world *world)
{
        wish_file(world, FILE_REGULAR, "/etc/$(reboot) 'a\" <b>&", "x");
}

static void bobs_file_is_wished(struct world *world)
{
        struct file_config *file = wish_file(world, FILE_REGULAR, "/home/bob/.profile", "x");

        set(&file->owner, "bob");
        set(&file->group, "users");
}

static void the_group_is_wished(struct world *world)
{
        array_add(&world->config.groups)->name = string_copy("users");
}

static void bob_exists(struct world *world)
{
        user_answer(world, "bob")->exists = true;
}

static void everything_is_there(struct world *world)
{
        for (array_each(struct file_config, file, &world->config.files))
                do_file(world, file);
}

static struct file_state *first(struct world *world)
{
        return &world->answers.files.items[0];
}

static void it_was_edited(struct world *world)
{
        set(&first(world)->sha256, "0000000000000000000000000000000000000000000000000000000000000000");
}

static void it_grew(struct world *world)
{
        it_was_edited(world);
        first(world)->size++;
        first(world)->mode = 0600;
}

static void it_was_given_away(struct world *world)
{
        first(world)->mode = 04777;
        set(&first(world)->owner, "bob");
        set(&first(world)->group, "users");
}

static void it_cannot_be_read(struct world *world)
{
        string_free(&first(world)->sha256);
}

static void it_is_a_directory(struct world *world)
{
        struct file_state *file = file_answer(world, world->config.files.items[0].path);

        file->exists = true;
        file->type = FILE_DIRECTORY;
}

static void it_is_a_symbolic_link(struct world *world)
{
        struct file_state *file = file_answer(world, world->config.files.items[0].path);

        file->exists = true;
        file->type = FILE_ABSENT;
        set(&file->what, "symbolic link");
}

static void it_is_a_file(struct world *world)
{
        struct file_state *file = file_answer(world, world->config.files.items[0].path);

        file->exists = true;
        file->type = FILE_REGULAR;
        set(&file->sha256, "00");
}

static void a_file_stands_in_its_directorys_place(struct world *world)
{
        set(&file_answer(world, world->config.files.items[0].path)->obstacle, "/etc");
}

static const struct row rows[] = {
        {"nothing is wished", {a_kvm_host}, ""},
        {"a file that isn't there", {a_kvm_host, a_file_is_wished},
                "write file /etc/lab.conf (mode 0644, owner root, group root)\n"},
        {"an empty file that isn't there", {a_kvm_host, an_empty_file_is_wished},
                "write file /etc/lab.conf (mode 0644, owner root, group root)\n"},
        {"a directory that isn't there", {a_kvm_host, a_directory_is_wished},
                "make directory /srv/images (mode 0755, owner root, group root)\n"},
        {"all is as wished", {a_kvm_host, a_file_is_wished, a_directory_is_wished, everything_is_there}, ""},
        {"an empty file is as wished", {a_kvm_host, an_empty_file_is_wished, everything_is_there}, ""},
        {"cut off between two files",
                {a_kvm_host, a_file_is_wished, everything_is_there, a_directory_is_wished},
                "make directory /srv/images (mode 0755, owner root, group root)\n"},
        {"a file was edited to the same length",
                {a_kvm_host, a_file_is_wished, everything_is_there, it_was_edited},
                "rewrite file /etc/lab.conf: its content differs\n"},
        {"a file was edited and its mode changed",
                {a_kvm_host, a_file_is_wished, everything_is_there, it_grew},
                "rewrite file /etc/lab.conf: its content differs, mode from 0600 to 0644\n"},
        {"a file was given away", {a_kvm_host, a_file_is_wished, everything_is_there, it_was_given_away},
                "change file /etc/lab.conf: mode from 4777 to 0644, owner from bob to root, group from users "
                "to root\n"},
        {"a directory was given away",
                {a_kvm_host, a_directory_is_wished, everything_is_there, it_was_given_away},
                "change directory /srv/images: mode from 4777 to 0755, owner from bob to root, group from "
                "users to root\n"},
        {"a file that can't be compared",
                {a_kvm_host, a_file_is_wished, everything_is_there, it_cannot_be_read},
                "! file /etc/lab.conf is there but can't be read, so it can't be compared: remove it, or "
                "leave it out\n"},
        {"a directory where a file is wanted", {a_kvm_host, a_file_is_wished, it_is_a_directory},
                "! /etc/lab.conf is a directory where a file is wanted: move it out of the way\n"},
        {"a symbolic link where a file is wanted is neither followed nor replaced",
                {a_kvm_host, a_file_is_wished, it_is_a_symbolic_link},
                "! /etc/lab.conf is a symbolic link where a file is wanted: move it out of the way\n"},
        {"a file where a directory is wanted", {a_kvm_host, a_directory_is_wished, it_is_a_file},
                "! /srv/images is a file where a directory is wanted: move it out of the way\n"},
        {"a file in its directory's place",
                {a_kvm_host, a_file_is_wished, a_file_stands_in_its_directorys_place},
                "! file /etc/lab.conf can't be made, because /etc is there and is no directory: move that "
                "out "
                "of the way, or choose another path\n"},
        {"a file in the place of the directory of what is wished gone",
                {a_kvm_host, a_file_is_wished_gone, a_file_stands_in_its_directorys_place}, ""},
        {"what is wished gone is gone", {a_kvm_host, a_file_is_wished_gone}, ""},
        {"a file is wished gone", {a_kvm_host, a_file_is_wished_gone, it_is_a_file},
                "remove file /etc/lab.conf\n"},
        {"a symbolic link is wished gone", {a_kvm_host, a_file_is_wished_gone, it_is_a_symbolic_link},
                "remove symbolic link /etc/lab.conf\n"},
        {"a directory is never removed", {a_kvm_host, a_file_is_wished_gone, it_is_a_directory},
                "! /etc/lab.conf is to be gone, but it is a directory, which is never removed: remove it by "
                "hand\n"},
        {"an owner who doesn't exist", {a_kvm_host, bobs_file_is_wished},
                "! file /home/bob/.profile is to belong to user bob, who doesn't exist: create the user "
                "first\n"},
        {"a group that doesn't exist", {a_kvm_host, bobs_file_is_wished, bob_exists},
                "! file /home/bob/.profile is to belong to group users, which doesn't exist: add a group "
                "section for it\n"},
        {"a group that the configuration makes",
                {a_kvm_host, bobs_file_is_wished, bob_exists, the_group_is_wished},
                "write file /home/bob/.profile (mode 0644, owner bob, group users)\n"},
        {"an owner whom a package may bring", {a_fresh_host, bobs_file_is_wished},
                "write file /home/bob/.profile (mode 0644, owner bob, group users)\n"},
        {"a hostile path", {a_kvm_host, a_hostile_file_is_wished},
                "write file /etc/$(reboot) 'a\" <b>& (mode 0644, owner root, group root)\n"},
};

int main(void)
{
        return RUN_ROWS(&score_file, NULL, rows);
}
