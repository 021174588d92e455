#include "score_world.h"

static struct guest_config *the_guest(struct world *world)
{
        return &world->config.guests.items[0];
}

static void a_guest_is_wished(struct world *world)
{
        array_add(&world->config.guests)->name = string_copy("web");
}

static void with_cloud_init(struct world *world)
{
        the_guest(world)->cloud_init.is_wanted = true;
        the_guest(world)->cloud_init.user_data = string_copy("#cloud-config\n");
}

static void with_a_network_config(struct world *world)
{
        the_guest(world)->cloud_init.network_config = string_copy("version: 2\n");
}

static void with_ignition(struct world *world)
{
        the_guest(world)->ignition = string_copy("{\"ignition\": {\"version\": \"3.4.0\"}}");
}

static void that_may_be_replaced(struct world *world)
{
        the_guest(world)->replace = true;
}

static void all_was_written(struct world *world)
{
        if (the_guest(world)->cloud_init.is_wanted)
                do_seed(world, the_guest(world));
        if (the_guest(world)->ignition)
                do_ignition(world, the_guest(world));
}

static void it_is_there(struct world *world)
{
        struct guest_state *guest = array_add(&world->answers.guests);

        guest->defined.name = string_copy("web");
        guest->ours = guest->persistent = true;
}

static void it_is_somebody_elses(struct world *world)
{
        world->answers.guests.items[0].ours = false;
}

static void the_wish_changed(struct world *world)
{
        if (the_guest(world)->cloud_init.user_data)
                set(&the_guest(world)->cloud_init.user_data, "#cloud-config\n{}\n");
        if (the_guest(world)->ignition)
                set(&the_guest(world)->ignition, "{\"ignition\": {\"version\": \"3.5.0\"}}");
}

static void the_seed_is_gone(struct world *world)
{
        file_answer(world, "/var/lib/libvirt/provision/web-seed.iso")->exists = false;
}

static void it_was_cut_off_before_the_note(struct world *world)
{
        file_answer(world, "/var/lib/libvirt/provision/web-seed.note")->exists = false;
}

static void a_directory_is_in_its_place(struct world *world)
{
        struct file_state *file = file_answer(world, "/var/lib/libvirt/provision/web-seed.iso");

        file->exists = true;
        file->type = FILE_DIRECTORY;
}

#define WRITE          "write the seed (user-data) of guest web\n"
#define WRITE_IGNITION "write the Ignition configuration of guest web\n"
#define READ_ALREADY                                                                                      \
        " has read it when the guest first started, and doesn't again: remove the guest to have it made " \
        "anew\n"

static const struct row rows[] = {
        {"no guest is wished", {a_kvm_host}, ""},
        {"a guest without either", {a_kvm_host, a_guest_is_wished}, ""},
        {"all is there",
                {a_kvm_host, a_guest_is_wished, with_cloud_init, with_ignition, all_was_written, it_is_there},
                ""},
        {"nothing is there", {a_kvm_host, a_guest_is_wished, with_cloud_init}, WRITE},
        {"with a network-config", {a_kvm_host, a_guest_is_wished, with_cloud_init, with_a_network_config},
                "write the seed (user-data, network-config) of guest web\n"},
        {"for Ignition", {a_kvm_host, a_guest_is_wished, with_ignition}, WRITE_IGNITION},
        {"a fresh host", {a_fresh_host, a_guest_is_wished, with_cloud_init, with_ignition},
                "? " WRITE "? " WRITE_IGNITION},
        {"the wish changed before the guest was made",
                {a_kvm_host, a_guest_is_wished, with_cloud_init, with_ignition, all_was_written,
                        the_wish_changed},
                WRITE WRITE_IGNITION},
        {"the wish changed afterwards",
                {a_kvm_host, a_guest_is_wished, with_cloud_init, all_was_written, it_is_there,
                        the_wish_changed},
                "~ the cloud-init data of guest web has changed, but cloud-init" READ_ALREADY},
        {"the wish for Ignition changed afterwards",
                {a_kvm_host, a_guest_is_wished, with_ignition, all_was_written, it_is_there,
                        the_wish_changed},
                "~ the Ignition configuration of guest web has changed, but Ignition" READ_ALREADY},
        {"the wish changed and the guest may be made anew",
                {a_kvm_host, a_guest_is_wished, with_cloud_init, that_may_be_replaced, all_was_written,
                        the_wish_changed},
                WRITE},
        {"the seed was removed, which the guest needs to start",
                {a_kvm_host, a_guest_is_wished, with_cloud_init, all_was_written, it_is_there,
                        the_seed_is_gone},
                WRITE},
        {"cut off before the note",
                {a_kvm_host, a_guest_is_wished, with_cloud_init, all_was_written,
                        it_was_cut_off_before_the_note},
                WRITE},
        {"somebody else's guest has the name",
                {a_kvm_host, a_guest_is_wished, with_cloud_init, it_is_there, it_is_somebody_elses}, ""},
        {"a directory is in its place",
                {a_kvm_host, a_guest_is_wished, with_cloud_init, a_directory_is_in_its_place},
                "! /var/lib/libvirt/provision/web-seed.iso is a directory where a file is wanted: move it "
                "out of the way\n"},
};

int main(void)
{
        return RUN_ROWS(&score_seed, NULL, rows);
}
