/* All Scores together, in the order and with the needs of the phase table: a fresh machine's whole plan as it is
 * printed, and that it ends in an empty one, wherever it was cut off on the way. */
#include "score_world.h"

#include "phases/table.h"

#define EVERYTHING  SIZE_MAX
#define LOOKS_MAX   8
#define ENTRIES_MAX 32

static void add_units(struct world *world)
{
        struct unit_config *unit = array_add(&world->config.units);

        unit->name = string_copy("lab.service");
        unit->enabled = unit->active = true;
        strings_add(&unit->restart_on, "/etc/lab.conf");
}

static void add_file(struct world *world, const char *path, const char *content)
{
        struct file_config *file = array_add(&world->config.files);

        file->path = string_copy(path);
        file->content = string_copy(content);
        file->content_length = strlen(content);
        file->mode = 0640;
        file->owner = string_copy("root");
        file->group = string_copy("libvirt");
}

static void add_guest(struct world *world)
{
        struct guest_config *guest = array_add(&world->config.guests);
        struct disk_config *disk = array_add(&guest->disks);
        struct nic_config *nic = array_add(&guest->nics);

        guest->name = string_copy("web");
        guest->memory_kib = guest->memory_max_kib = 1U << 20;
        guest->vcpus = guest->vcpus_max = 1;
        guest->is_running = guest->autostart = true;
        disk->name = string_copy("root");
        disk->pool = string_copy("images");
        disk->size_bytes = UINT64_C(1) << 30;
        nic->name = string_copy("lan");
        nic->network = string_copy("lab");
        nic->link_is_up = true;
}

static void add_load_balancer(struct world *world)
{
        struct load_balancer_config *balancer = array_add(&world->config.load_balancers);
        struct balanced_service *service = &array_add(&balancer->services)->service;
        struct socket_address *bind = array_add(&service->binds);
        struct error error = {0};

        balancer->name = string_copy("lab");
        service->name = string_copy("api");
        service->check = (struct health_check) {.interval_s = 5, .rise = 2, .fall = 3};
        assert_int_equal(socket_address_parse("192.168.150.1:6443", bind, &error), 0);
        file_answer(world, HAPROXY_OURS);
        file_answer(world, HAPROXY_UNIT_FILE);
}

static void add_firewall(struct world *world)
{
        struct firewall *firewall = &array_add(&world->config.firewalls)->firewall;

        firewall->name = string_copy("wan");
        strings_add(&firewall->interfaces, "eth0");
        *array_add(&firewall->ports) = (struct port_range) {PORT_TCP, 22, 22};
        *array_add(&firewall->ports) = (struct port_range) {PORT_TCP, 6443, 6443};
        array_add(&world->answers.interfaces)->name = string_copy("eth0");
        file_answer(world, NFTABLES_FILE);
        file_answer(world, NFTABLES_UNIT_FILE);
}

static void a_lab_is_wished(struct world *world)
{
        struct error error = {0};
        struct network_config *network = array_add(&world->config.networks);
        struct pool_config *pool = array_add(&world->config.pools);
        struct packages_config *packages = array_add(&world->config.packages);
        struct sysctl_config *sysctl = array_add(&world->config.sysctls);
        struct group_config *group = array_add(&world->config.groups);

        network->network.name = string_copy("lab");
        network->autostart = true;
        assert_int_equal(subnet_parse("192.168.150.1/24", &network->network.address, &error), 0);
        pool->name = string_copy("images");
        pool->path = string_copy("/srv/images");
        strings_add(&packages->names[PACKAGES_UNKNOWN], "curl");
        sysctl->key = string_copy("net.ipv4.ip_forward");
        sysctl->value = string_copy("1");
        sysctl_answer(world, "net.ipv4.ip_forward")->exists = true;
        set(&sysctl_answer(world, "net.ipv4.ip_forward")->value, "0");
        group->name = string_copy("libvirt");
        strings_add(&group->members, "ci");
        user_answer(world, "ci")->exists = true;
        add_file(world, "/etc/lab.conf", "a = 1\n");
        add_file(world, "/etc/systemd/system/lab.service", "[Service]\nExecStart=/bin/true\n");
        add_units(world);
        add_guest(world);
        add_load_balancer(world);
        add_firewall(world);
}

/* One look at everything. What is ready is carried out, up to *left steps. True when nothing is left to do. */
static bool look_at_all(struct world *world, size_t *left, struct text *lines)
{
        capabilities can = 0;
        bool is_done = true;

        for (enum phase_name name = 0; name < PHASE_COUNT; name++) {
                const struct phase *phase = phase_get(name);
                struct plan plans[ENTRIES_MAX] = {0};
                bool is_ready[ENTRIES_MAX] = {0};

                assert_true(phase->entry_count <= ENTRIES_MAX);
                for (size_t i = 0; i < phase->entry_count; i++) {
                        CLEANUP(string_free) char *some = NULL;

                        look(world, phase->entries[i].score, &plans[i]);
                        is_ready[i] = (phase->entries[i].needs & ~can) == 0;
                        if (is_ready[i] && plan_is_empty(&plans[i]))
                                can |= phase->entries[i].gives;
                        is_done &= plan_is_empty(&plans[i]);
                        assert_int_equal(plans[i].blocks.count, 0);
                        some = plan_lines(&plans[i]);
                        text_add(lines, some);
                }
                for (size_t i = 0; i < phase->entry_count; i++) {
                        for (array_each(const struct step, step, &plans[i].steps)) {
                                if (!is_ready[i] || step->expected || *left == 0)
                                        continue;
                                do_step(world, step);
                                (*left)--;
                        }
                        plan_done(&plans[i]);
                }
        }
        return is_done;
}

/* Returns how many steps were made. */
static size_t run(struct world *world, size_t limit, bool *ret_is_done)
{
        size_t left = limit;
        bool is_done = false;

        for (int i = 0; i < LOOKS_MAX && !is_done && left; i++) {
                CLEANUP(text_done) struct text lines = {0};

                is_done = look_at_all(world, &left, &lines);
        }
        *ret_is_done = is_done;
        return limit - left;
}

static void begin(struct world *world)
{
        world->now_us = 1000000;
        world->host.name = string_copy("lab1");
        a_fresh_host(world);
        a_lab_is_wished(world);
}

static void test_whole_plan(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(text_done) struct text lines = {0};
        size_t none = 0;

        (void)state;
        begin(&world);
        assert_false(look_at_all(&world, &none, &lines));
        assert_string_equal(text_string(&lines),
                "install packages libvirt-daemon-system, libvirt-clients, qemu-utils, dnsmasq-base, "
                "nftables, "
                "qemu-system-x86, haproxy, curl\n"
                "set sysctl net.ipv4.ip_forward to 1 (it is 0)\n"
                "? create group libvirt\n"
                "? add user ci to group libvirt\n"
                "write file /etc/lab.conf (mode 0640, owner root, group libvirt)\n"
                "write file /etc/systemd/system/lab.service (mode 0640, owner root, group libvirt)\n"
                "? enable unit lab.service\n"
                "? start unit lab.service\n"
                "let in over eth0 only 22/tcp, 6443/tcp\n"
                "write file /etc/systemd/system/provision-firewall.service\n"
                "enable unit provision-firewall.service\n"
                "start unit provision-firewall.service\n"
                "? enable unit libvirtd.socket\n"
                "? enable unit libvirtd.service\n"
                "? start unit libvirtd.socket\n"
                "? define network lab (nat, 192.168.150.1/24)\n"
                "? start network lab\n"
                "? let network lab start with the machine\n"
                "write /etc/haproxy/provision.cfg: lab:api\n"
                "write file /etc/systemd/system/provision-haproxy.service\n"
                "enable unit provision-haproxy.service\n"
                "start unit provision-haproxy.service\n"
                "see haproxy listen for lab:api\n"
                "? define pool images at /srv/images\n"
                "? start pool images\n"
                "? create volume web-root.qcow2 in pool images, 1 GiB, empty\n"
                "boot a throw-away guest (KVM if it works, else TCG)\n"
                "? define guest web (1 GiB, 1 vcpu)\n"
                "? let guest web start with the machine\n"
                "? start guest web\n");
}

static void test_ends_empty(void **state)
{
        CLEANUP(world_done) struct world world = {0};
        CLEANUP(text_done) struct text lines = {0};
        size_t none = 0;
        bool is_done;

        (void)state;
        begin(&world);
        assert_int_equal(run(&world, EVERYTHING, &is_done), 26);
        assert_true(is_done);
        assert_true(look_at_all(&world, &none, &lines));
        assert_string_equal(text_string(&lines), "");
}

static void test_cut_off_anywhere(void **state)
{
        bool is_done = false;

        (void)state;
        for (size_t cut = 1; !is_done; cut++) {
                CLEANUP(world_done) struct world world = {0};
                bool is_done_later;

                begin(&world);
                run(&world, cut, &is_done);
                world.now_us += 1000000;
                run(&world, EVERYTHING, &is_done_later);
                assert_true(is_done_later);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                {"a fresh machine's plan shows the whole way", test_whole_plan, NULL, NULL, NULL},
                {"carried out, nothing is left to do", test_ends_empty, NULL, NULL, NULL},
                {"cut off after any step, a second run ends it", test_cut_off_anywhere, NULL, NULL, NULL},
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
