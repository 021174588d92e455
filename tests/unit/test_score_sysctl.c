#include "score_world.h"

static void wish_sysctl(struct world *world, const char *key, const char *value)
{
        struct sysctl_config *sysctl = array_add(&world->config.sysctls);

        sysctl->key = string_copy(key);
        sysctl->value = string_copy(value);
}

static void sysctl_is(struct world *world, const char *key, const char *value, const char *persistent)
{
        struct sysctl_state *sysctl = sysctl_answer(world, key);

        sysctl->exists = true;
        set(&sysctl->value, value);
        set(&sysctl->persistent_value, persistent);
}

static void forwarding_is_wished(struct world *world)
{
        wish_sysctl(world, "net.ipv4.ip_forward", "1");
}

static void it_is_on(struct world *world)
{
        sysctl_is(world, "net.ipv4.ip_forward", "1", "1");
}

static void it_is_off(struct world *world)
{
        sysctl_is(world, "net.ipv4.ip_forward", "0", NULL);
}

static void it_was_turned_off(struct world *world)
{
        sysctl_is(world, "net.ipv4.ip_forward", "0", "1");
}

static void it_is_on_until_a_reboot(struct world *world)
{
        sysctl_is(world, "net.ipv4.ip_forward", "1", NULL);
}

static void it_is_on_and_kept_off(struct world *world)
{
        sysctl_is(world, "net.ipv4.ip_forward", "1", "0");
}

static void several_fields_are_wished(struct world *world)
{
        wish_sysctl(world, "net.ipv4.tcp_rmem", " 4096\t131072   6291456");
        sysctl_is(world, "net.ipv4.tcp_rmem", "4096 131072 6291456", "4096\t131072 6291456 ");
}

static void fewer_fields_are_there(struct world *world)
{
        sysctl_is(world, "net.ipv4.tcp_rmem", "4096 131072", "4096 131072 6291456");
}

static void bridge_filter_is_wished(struct world *world)
{
        wish_sysctl(world, "net.bridge.bridge-nf-call-iptables", "0");
        wish_sysctl(world, "net/bridge/bridge-nf-call-ip6tables", "0");
}

static void docker_set_it(struct world *world)
{
        sysctl_is(world, "net.bridge.bridge-nf-call-iptables", "1", NULL);
        sysctl_is(world, "net/bridge/bridge-nf-call-ip6tables", "1", NULL);
}

static void it_is_as_wished(struct world *world)
{
        sysctl_is(world, "net.bridge.bridge-nf-call-iptables", "0", NULL);
        sysctl_is(world, "net/bridge/bridge-nf-call-ip6tables", "0", NULL);
}

static void a_hostile_one_is_wished(struct world *world)
{
        wish_sysctl(world, "kernel.core_pattern", "|/bin/sh -c \"$(id)\" '<&>'");
        sysctl_is(world, "kernel.core_pattern", "core", NULL);
}

static void it_can_only_be_written(struct world *world)
{
        sysctl_answer(world, "net.ipv4.ip_forward")->is_mute = true;
}

static void a_hexadecimal_number_is_wished(struct world *world)
{
        wish_sysctl(world, "kernel.sysrq", "0x20");
}

static void it_is_shown_in_decimal(struct world *world)
{
        sysctl_is(world, "kernel.sysrq", "32", "0x20");
}

static void it_is_another_number(struct world *world)
{
        sysctl_is(world, "kernel.sysrq", "31", NULL);
}

static const struct row rows[] = {
        {"nothing is wished", {a_kvm_host}, ""},
        {"it is as wished", {a_kvm_host, forwarding_is_wished, it_is_on}, ""},
        {"a fresh host", {a_fresh_host, forwarding_is_wished, it_is_off},
                "set sysctl net.ipv4.ip_forward to 1 (it is 0)\n"},
        {"it was changed by hand", {a_kvm_host, forwarding_is_wished, it_was_turned_off},
                "set sysctl net.ipv4.ip_forward to 1 (it is 0)\n"},
        {"it would be lost with a reboot", {a_kvm_host, forwarding_is_wished, it_is_on_until_a_reboot},
                "keep sysctl net.ipv4.ip_forward at 1 after a reboot\n"},
        {"our file has another value", {a_kvm_host, forwarding_is_wished, it_is_on_and_kept_off},
                "keep sysctl net.ipv4.ip_forward at 1 after a reboot\n"},
        {"blanks and tabs between fields don't matter", {a_kvm_host, several_fields_are_wished}, ""},
        {"a field too few", {a_kvm_host, several_fields_are_wished, fewer_fields_are_there},
                "set sysctl net.ipv4.tcp_rmem to  4096\t131072   6291456 (it is 4096 131072)\n"},
        {"a key that doesn't exist", {a_kvm_host, forwarding_is_wished},
                "! sysctl net.ipv4.ip_forward doesn't exist on this machine: check its name, or load the "
                "module that "
                "brings it\n"},
        {"a key that can only be written", {a_kvm_host, forwarding_is_wished, it_can_only_be_written},
                "! sysctl net.ipv4.ip_forward can only be written, and has no value to keep: take it out of "
                "the configuration\n"},
        {"a number that the kernel shows in another way",
                {a_kvm_host, a_hexadecimal_number_is_wished, it_is_shown_in_decimal},
                "! sysctl kernel.sysrq: the kernel shows 0x20 as 32: write value = \"32\"\n"},
        {"another number", {a_kvm_host, a_hexadecimal_number_is_wished, it_is_another_number},
                "set sysctl kernel.sysrq to 0x20 (it is 31)\n"},
        {"a key that a package may bring", {a_fresh_host, forwarding_is_wished},
                "? set sysctl net.ipv4.ip_forward to 1\n"},
        {"what Docker set is reported and left alone", {a_kvm_host, bridge_filter_is_wished, docker_set_it},
                "~ sysctl net.bridge.bridge-nf-call-iptables is 1, wanted 0: left alone, because Docker or "
                "Kubernetes may "
                "rely on it\n"
                "~ sysctl net/bridge/bridge-nf-call-ip6tables is 1, wanted 0: left alone, because Docker or "
                "Kubernetes may "
                "rely on it\n"},
        {"bridged packets aren't filtered before the module is loaded", {a_kvm_host, bridge_filter_is_wished},
                ""},
        {"bridged packets aren't filtered", {a_kvm_host, bridge_filter_is_wished, it_is_as_wished}, ""},
        {"a hostile value", {a_kvm_host, a_hostile_one_is_wished},
                "set sysctl kernel.core_pattern to |/bin/sh -c \"$(id)\" '<&>' (it is core)\n"},
};

int main(void)
{
        return RUN_ROWS(&score_sysctl, NULL, rows);
}
