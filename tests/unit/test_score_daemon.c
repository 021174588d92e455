#include "score_world.h"

static void fedora(struct world *world)
{
        world->answers.machine.manager = PACKAGES_DNF;
}

static void a_package_was_removed(struct world *world)
{
        package_answer(world, "qemu-utils")->installed = false;
}

static void debians_daemon_is_idle(struct world *world)
{
        unit_is(world, "libvirtd.service", "enabled", false);
}

static void its_sockets_are_stopped(struct world *world)
{
        unit_is(world, "libvirtd.socket", "enabled", false);
        unit_is(world, "libvirtd-ro.socket", "enabled", false);
        unit_is(world, "libvirtd-admin.socket", "enabled", false);
        world->answers.libvirt = REACH_NOT_YET;
}

static void its_read_only_socket_is_stopped(struct world *world)
{
        unit_is(world, "libvirtd-ro.socket", "enabled", false);
}

static void it_is_just_stopping(struct world *world)
{
        its_sockets_are_stopped(world);
        unit_is_changing(world, "libvirtd.service", "deactivating");
}

static void its_socket_is_just_coming(struct world *world)
{
        its_sockets_are_stopped(world);
        unit_is_changing(world, "libvirtd.socket", "activating");
        unit_is(world, "libvirtd-ro.socket", "enabled", true);
        unit_is(world, "libvirtd-admin.socket", "enabled", true);
        world->answers.libvirt = REACH_ANSWERED;
}

static void its_log_socket_is_stopped(struct world *world)
{
        unit_is(world, "virtlogd.socket", "enabled", false);
        unit_is(world, "virtlogd.service", "indirect", true);
}

static void its_sockets_have_failed_too(struct world *world)
{
        its_sockets_are_stopped(world);
        unit_answer(world, "libvirtd.socket")->failed = true;
        unit_answer(world, "libvirtd-ro.socket")->failed = true;
        unit_answer(world, "libvirtd-admin.socket")->failed = true;
}

static void a_volume_group_is_wished(struct world *world)
{
        struct pool_config *pool = array_add(&world->config.pools);

        pool->name = string_copy("vg");
        pool->type = POOL_LOGICAL;
        strings_add(&world->answers.pool_types, "dir");
}

static void its_driver_is_loaded(struct world *world)
{
        strings_add(&world->answers.pool_types, "logical");
}

static void everything_is_disabled(struct world *world)
{
        unit_is(world, "libvirtd.socket", "disabled", false);
        unit_is(world, "libvirtd-ro.socket", "disabled", false);
        unit_is(world, "libvirtd-admin.socket", "disabled", false);
        unit_is(world, "libvirtd.service", "disabled", false);
        world->answers.libvirt = REACH_NOT_YET;
}

static void its_socket_is_masked(struct world *world)
{
        unit_is(world, "libvirtd.socket", "masked", false);
        world->answers.libvirt = REACH_NOT_YET;
}

static void its_service_is_masked(struct world *world)
{
        unit_is(world, "libvirtd.service", "masked", false);
}

static void its_service_has_failed(struct world *world)
{
        debians_daemon_is_idle(world);
        unit_answer(world, "libvirtd.service")->failed = true;
        world->answers.libvirt = REACH_NOT_YET;
        set(&world->answers.libvirt_why, "end of file");
}

static void it_hangs(struct world *world)
{
        world->answers.libvirt = REACH_NOT_YET;
        set(&world->answers.libvirt_why, "no answer within 60 s");
}

static void nothing_came_back(struct world *world)
{
        world->answers.libvirt = REACH_NOT_YET;
}

static void libvirt_answers(struct world *world)
{
        world->answers.libvirt = REACH_ANSWERED;
}

static void its_units_are_gone(struct world *world)
{
        for (array_each(struct unit_state, unit, &world->answers.units)) {
                unit->exists = unit->active = false;
                set(&unit->file_state, "");
        }
        world->answers.libvirt = REACH_NOT_YET;
}

/* Arch's package: both kinds of daemons, none of them chosen. */
static void modular_units(struct world *world, const char *file_state, bool active)
{
        static const char *const units[] = {"virtqemud.socket", "virtqemud.service", "virtnetworkd.socket",
                "virtnetworkd.service", "virtstoraged.socket", "virtstoraged.service", "virtnodedevd.socket",
                "virtproxyd.socket"};

        for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
                unit_is(world, units[i], file_state, active);
}

static void modular_daemons_run(struct world *world)
{
        modular_units(world, "enabled", true);
}

static void modular_daemons_are_packaged(struct world *world)
{
        modular_units(world, "disabled", false);
}

static void one_is_not_packaged(struct world *world)
{
        unit_answer(world, "virtstoraged.socket")->exists = false;
}

static void an_unknown_distribution(struct world *world)
{
        world->answers.machine.manager = PACKAGES_UNKNOWN;
}

static struct unit_config *turn_off(struct world *world, const char *name)
{
        struct unit_config *unit = array_add(&world->config.units);

        unit->object.place = (struct place) {.file = "host.conf", .line = 12};
        unit->name = string_copy(name);
        return unit;
}

static void libvirtd_is_wished_masked(struct world *world)
{
        turn_off(world, "libvirtd.service")->masked = true;
}

static void libvirtds_socket_is_wished_off(struct world *world)
{
        turn_off(world, "libvirtd.socket")->enabled = true;
}

static void virtnetworkd_is_wished_off(struct world *world)
{
        turn_off(world, "virtnetworkd.service")->active = true;
}

static void the_admin_socket_is_wished_off(struct world *world)
{
        turn_off(world, "libvirtd-admin.socket");
}

static const struct row rows[] = {
        {"a KVM host has nothing to do", {a_kvm_host}, ""},
        {"Debian's daemon ends when idle, which is healthy", {a_kvm_host, debians_daemon_is_idle}, ""},
        {"a fresh Debian host", {a_fresh_host},
                "? enable unit libvirtd.socket\n"
                "? enable unit libvirtd.service\n"
                "? start unit libvirtd.socket\n"},
        {"a fresh Fedora host", {a_fresh_host, fedora},
                "? enable unit virtqemud.socket\n"
                "? enable unit virtqemud.service\n"
                "? start unit virtqemud.socket\n"
                "? enable unit virtnetworkd.socket\n"
                "? enable unit virtnetworkd.service\n"
                "? start unit virtnetworkd.socket\n"
                "? enable unit virtstoraged.socket\n"
                "? enable unit virtstoraged.service\n"
                "? start unit virtstoraged.socket\n"},
        {"a fresh host of an unknown distribution: what is installed can't be said",
                {a_fresh_host, an_unknown_distribution},
                "? enable unit virtqemud.socket\n"
                "? enable unit virtqemud.service\n"
                "? start unit virtqemud.socket\n"
                "? enable unit virtnetworkd.socket\n"
                "? enable unit virtnetworkd.service\n"
                "? start unit virtnetworkd.socket\n"
                "? enable unit virtstoraged.socket\n"
                "? enable unit virtstoraged.service\n"
                "? start unit virtstoraged.socket\n"},
        {"another package is missing, the daemons are there", {a_kvm_host, a_package_was_removed}, ""},
        {"the sockets were stopped, the daemon is idle",
                {a_kvm_host, debians_daemon_is_idle, its_sockets_are_stopped},
                "start unit libvirtd.socket\n"
                "start unit libvirtd-ro.socket\n"
                "start unit libvirtd-admin.socket\n"},
        {"the sockets were stopped, the daemon runs", {a_kvm_host, its_sockets_are_stopped},
                "stop unit libvirtd.service: while it runs, libvirtd.socket can't be started\n"
                "start unit libvirtd.socket\n"
                "start unit libvirtd-ro.socket\n"
                "start unit libvirtd-admin.socket\n"},
        {"everything was disabled and stopped", {a_kvm_host, everything_is_disabled},
                "enable unit libvirtd.socket\n"
                "enable unit libvirtd.service\n"
                "enable unit libvirtd-ro.socket\n"
                "enable unit libvirtd-admin.socket\n"
                "start unit libvirtd.socket\n"
                "start unit libvirtd-ro.socket\n"
                "start unit libvirtd-admin.socket\n"},
        {"its socket was masked", {a_kvm_host, debians_daemon_is_idle, its_socket_is_masked},
                "unmask unit libvirtd.socket\n"
                "? enable unit libvirtd.socket\n"
                "start unit libvirtd.socket\n"},
        {"its service was masked", {a_kvm_host, its_service_is_masked},
                "unmask unit libvirtd.service\n"
                "? enable unit libvirtd.service\n"},
        {"its service has failed", {a_kvm_host, its_service_has_failed},
                "restart unit libvirtd.service, which has failed\n"},
        {"it failed so often that systemd gave its sockets up",
                {a_kvm_host, its_service_has_failed, its_sockets_have_failed_too},
                "start unit libvirtd.socket, which has failed\n"
                "start unit libvirtd-ro.socket, which has failed\n"
                "start unit libvirtd-admin.socket, which has failed\n"
                "restart unit libvirtd.service, which has failed\n"},
        {"only the read-only socket was stopped", {a_kvm_host, its_read_only_socket_is_stopped},
                "stop unit libvirtd.service: while it runs, libvirtd-ro.socket can't be started\n"
                "start unit libvirtd-ro.socket\n"},
        {"the sockets were stopped, the daemon is just stopping", {a_kvm_host, it_is_just_stopping},
                "stop unit libvirtd.service: while it runs, libvirtd.socket can't be started\n"
                "start unit libvirtd.socket\n"
                "start unit libvirtd-ro.socket\n"
                "start unit libvirtd-admin.socket\n"},
        {"its socket is just coming", {a_kvm_host, its_socket_is_just_coming},
                "wait for unit libvirtd.socket, which is activating\n"},
        {"virtlogd is never stopped", {a_kvm_host, its_log_socket_is_stopped},
                "start unit virtlogd.socket\n"},
        {"it listens and hangs", {a_kvm_host, it_hangs},
                "stop unit libvirtd.socket: it listens, but libvirt doesn't answer (no answer within 60 s)\n"
                "stop unit libvirtd.service\nstart unit libvirtd.socket\n"},
        {"it listens and ends without a word", {a_kvm_host, nothing_came_back},
                "stop unit libvirtd.socket: it listens, but libvirt doesn't answer (nothing came back)\n"
                "stop unit libvirtd.service\nstart unit libvirtd.socket\n"},
        {"its socket was masked while it was in use: nobody listens there any more",
                {a_kvm_host, nothing_came_back, debians_daemon_is_idle},
                "restart unit libvirtd.socket: it listens, but libvirt doesn't answer (nothing came back)\n"},
        {"its packages are there and its units aren't", {a_kvm_host, its_units_are_gone},
                "! libvirt's packages are installed, but there is neither a libvirtd.socket nor a "
                "virtqemud.socket: install "
                "them again\n"},
        {"modular daemons run", {a_kvm_host, its_units_are_gone, modular_daemons_run, libvirt_answers}, ""},
        {"modular daemons were just installed",
                {a_kvm_host, its_units_are_gone, modular_daemons_are_packaged},
                "enable unit virtqemud.socket\n"
                "enable unit virtqemud.service\n"
                "enable unit virtnetworkd.socket\n"
                "enable unit virtnetworkd.service\n"
                "enable unit virtstoraged.socket\n"
                "enable unit virtstoraged.service\n"
                "enable unit virtnodedevd.socket\n"
                "enable unit virtproxyd.socket\n"
                "start unit virtqemud.socket\n"
                "start unit virtnetworkd.socket\n"
                "start unit virtstoraged.socket\n"
                "start unit virtnodedevd.socket\n"
                "start unit virtproxyd.socket\n"},
        {"a modular daemon was left out",
                {a_kvm_host, its_units_are_gone, modular_daemons_run, one_is_not_packaged},
                "! unit virtstoraged.socket doesn't exist although others of libvirt's daemons do: install "
                "libvirt's packages "
                "again\n"},
        {"both are packaged and libvirtd runs", {a_kvm_host, modular_daemons_are_packaged}, ""},
        {"both are packaged and libvirtd is enabled but stopped",
                {a_kvm_host, debians_daemon_is_idle, its_sockets_are_stopped, modular_daemons_are_packaged},
                "start unit libvirtd.socket\n"
                "start unit libvirtd-ro.socket\n"
                "start unit libvirtd-admin.socket\n"},
        {"both are packaged and none was chosen",
                {a_kvm_host, everything_is_disabled, modular_daemons_run, libvirt_answers}, ""},
        {"both are packaged, libvirtd runs and is wished off",
                {a_kvm_host, modular_daemons_are_packaged, libvirtd_is_wished_masked, libvirt_answers},
                "enable unit virtqemud.socket\n"
                "enable unit virtqemud.service\n"
                "enable unit virtnetworkd.socket\n"
                "enable unit virtnetworkd.service\n"
                "enable unit virtstoraged.socket\n"
                "enable unit virtstoraged.service\n"
                "enable unit virtnodedevd.socket\n"
                "enable unit virtproxyd.socket\n"
                "start unit virtqemud.socket\n"
                "start unit virtnetworkd.socket\n"
                "start unit virtstoraged.socket\n"
                "start unit virtnodedevd.socket\n"
                "start unit virtproxyd.socket\n"},
        {"both are packaged, the modular ones run and one is wished off",
                {a_kvm_host, everything_is_disabled, modular_daemons_run, virtnetworkd_is_wished_off,
                        libvirt_answers},
                "enable unit libvirtd.socket\n"
                "enable unit libvirtd.service\n"
                "enable unit libvirtd-ro.socket\n"
                "enable unit libvirtd-admin.socket\n"
                "start unit libvirtd.socket\n"
                "start unit libvirtd-ro.socket\n"
                "start unit libvirtd-admin.socket\n"
                "~ libvirtd and virtqemud are both active, and each has its own idea of what runs: disable "
                "one\n"},
        {"libvirtd is all there is and is wished off", {a_kvm_host, libvirtd_is_wished_masked},
                "! unit libvirtd.service is turned off at host.conf:12, but there is no other daemon of "
                "libvirt's here, and guests need one: let it be enabled and active, or install the modular "
                "daemons (virtqemud and kin)\n"},
        {"libvirtd's socket is wished off", {a_kvm_host, libvirtds_socket_is_wished_off},
                "! unit libvirtd.socket is turned off at host.conf:12, but there is no other daemon of "
                "libvirt's here, and guests need one: let it be enabled and active, or install the modular "
                "daemons (virtqemud and kin)\n"},
        {"a modular daemon is wished off and libvirtd isn't there",
                {a_kvm_host, its_units_are_gone, modular_daemons_run, virtnetworkd_is_wished_off},
                "! unit virtnetworkd.service is turned off at host.conf:12, but there is no other daemon of "
                "libvirt's here, and guests need one: let it be enabled and active, or install libvirtd\n"},
        {"libvirtd is wished off on a fresh Debian host", {a_fresh_host, libvirtd_is_wished_masked},
                "~ unit libvirtd.service is turned off at host.conf:12, and libvirt's packages bring "
                "libvirtd.service here: unless there are others, that will be in the way\n"},
        {"libvirtd is wished off on a fresh Fedora host", {a_fresh_host, fedora, libvirtd_is_wished_masked},
                "? enable unit virtqemud.socket\n"
                "? enable unit virtqemud.service\n"
                "? start unit virtqemud.socket\n"
                "? enable unit virtnetworkd.socket\n"
                "? enable unit virtnetworkd.service\n"
                "? start unit virtnetworkd.socket\n"
                "? enable unit virtstoraged.socket\n"
                "? enable unit virtstoraged.service\n"
                "? start unit virtstoraged.socket\n"},
        {"a lesser socket is wished off",
                {a_kvm_host, debians_daemon_is_idle, its_sockets_are_stopped, the_admin_socket_is_wished_off},
                "start unit libvirtd.socket\n"
                "start unit libvirtd-ro.socket\n"},
        {"the driver for a pool came after the daemon", {a_kvm_host, a_volume_group_is_wished},
                "restart unit libvirtd.service, which runs without its driver for pools of type logical\n"},
        {"the same with modular daemons",
                {a_kvm_host, its_units_are_gone, modular_daemons_run, libvirt_answers,
                        a_volume_group_is_wished},
                "restart unit virtstoraged.service, which runs without its driver for pools of type "
                "logical\n"},
        {"the driver is there", {a_kvm_host, a_volume_group_is_wished, its_driver_is_loaded}, ""},
        {"both are active", {a_kvm_host, modular_daemons_run},
                "~ libvirtd and virtqemud are both active, and each has its own idea of what runs: disable "
                "one\n"},
};

int main(void)
{
        return RUN_ROWS(&score_daemon, NULL, rows);
}
