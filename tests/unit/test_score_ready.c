#include "score_world.h"

#include "plan/ready.h"

static struct guest_config *the_guest(struct world *world)
{
        return &world->config.guests.items[0];
}

static void a_guest_is_wished(struct world *world)
{
        struct guest_config *guest = array_add(&world->config.guests);

        guest->name = string_copy("web");
        guest->is_running = true;
}

static void that_is_waited_for(struct world *world)
{
        struct ready_config *ready = &the_guest(world)->ready;

        ready->wanted[READY_ADDRESS] = ready->wanted[READY_SSH] = true;
        ready->ssh_user = string_copy("ci");
        ready->within_s = 90;
}

static void that_is_waited_for_in_every_way(struct world *world)
{
        struct ready_config *ready = &the_guest(world)->ready;

        that_is_waited_for(world);
        ready->wanted[READY_TCP] = ready->wanted[READY_HTTP] = ready->wanted[READY_CONSOLE] = true;
        ready->tcp_port = 443;
        ready->http = string_copy(":8080/health");
        ready->console = string_copy("it's \"up\"");
}

static void that_is_to_be_off(struct world *world)
{
        the_guest(world)->is_running = false;
}

static void it_runs(struct world *world)
{
        CLEANUP(string_free) char *path = guest_process_path(the_guest(world));

        strings_add(&world->kept, path);
        do_put(world, string_copy(path), string_copy("4711\n"));
        file_answer(world, "/run/libvirt/qemu/web.pid")->modified_us = 1700000000123456;
}

static void it_was_ready(struct world *world)
{
        do_ready(world, the_guest(world), 1700000000123456);
}

static void it_was_restarted(struct world *world)
{
        file_answer(world, "/run/libvirt/qemu/web.pid")->modified_us += 1;
}

static void more_is_wanted(struct world *world)
{
        the_guest(world)->ready.wanted[READY_TCP] = true;
        the_guest(world)->ready.tcp_port = 80;
}

static void the_machine_was_booted(struct world *world)
{
        file_answer(world, "/run/libvirt/qemu/web.pid")->exists = false;
        file_answer(world, "/run/provision/ready/web")->exists = false;
}

static const struct row rows[] = {
        {"no guest is wished", {a_kvm_host}, ""},
        {"nothing is waited for", {a_kvm_host, a_guest_is_wished, it_runs}, ""},
        {"it was ready since it was started",
                {a_kvm_host, a_guest_is_wished, that_is_waited_for, it_runs, it_was_ready}, ""},
        {"it is to be off", {a_kvm_host, a_guest_is_wished, that_is_waited_for, that_is_to_be_off}, ""},
        {"it runs and was never ready", {a_kvm_host, a_guest_is_wished, that_is_waited_for, it_runs},
                "wait until guest web is ready: an address, SSH as ci\n"},
        {"in every way", {a_kvm_host, a_guest_is_wished, that_is_waited_for_in_every_way, it_runs},
                "wait until guest web is ready: an address, SSH as ci, TCP port 443, HTTP :8080/health, "
                "\"it's \"up\"\" on its "
                "console\n"},
        {"it isn't there yet", {a_fresh_host, a_guest_is_wished, that_is_waited_for},
                "? wait until guest web is ready: an address, SSH as ci\n"},
        {"it was restarted since",
                {a_kvm_host, a_guest_is_wished, that_is_waited_for, it_runs, it_was_ready, it_was_restarted},
                "wait until guest web is ready: an address, SSH as ci\n"},
        {"more is waited for since",
                {a_kvm_host, a_guest_is_wished, that_is_waited_for, it_runs, it_was_ready, more_is_wanted},
                "wait until guest web is ready: an address, SSH as ci, TCP port 80\n"},
        {"the machine was booted since",
                {a_kvm_host, a_guest_is_wished, that_is_waited_for, it_runs, it_was_ready,
                        the_machine_was_booted},
                "? wait until guest web is ready: an address, SSH as ci\n"},
};

int main(void)
{
        return RUN_ROWS(&score_ready, NULL, rows);
}
