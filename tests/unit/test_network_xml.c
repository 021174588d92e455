/* Networks and pools in libvirt's XML: what is written is read back the same, and what libvirt 9 and 11 say (their own
 * words, as virsh showed them) is understood. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "config/storage.h"
#include "means/network_xml.h"
#include "means/owner.h"
#include "means/pool_xml.h"
#include "means/xml_tree.h"

#define UUID "11111111-2222-8333-8444-555555555555"

/* A network in few words; lists end with NULL. */
struct wish_row {
        const char *title, *name;
        enum network_mode mode;
        const char *bridge, *uplink, *domain;
        unsigned mtu;
        const char *address;
        const char *ranges[3];
        const char *leases[3][3];    /* MAC, address, name */
        const char *dns[3][4];       /* address, names */
        const char *wildcards[5][2]; /* address or "", domain */
        const char *boot_file, *loaders;
};

static void build(const struct wish_row *row, struct network *ret_network)
{
        struct error error = {0};
        struct network network = {
                .name = string_copy(row->name),
                .mode = row->mode,
                .bridge = string_copy(row->bridge),
                .uplink = string_copy(row->uplink),
                .domain = string_copy(row->domain),
                .boot_file = string_copy(row->boot_file),
                .loaders = string_copy(row->loaders),
                .mtu = row->mtu,
        };

        if (row->address)
                assert_int_equal(subnet_parse(row->address, &network.address, &error), 0);
        for (size_t i = 0; row->ranges[i]; i++)
                assert_int_equal(ip_range_parse(row->ranges[i], array_add(&network.ranges), &error), 0);
        for (size_t i = 0; row->leases[i][0]; i++) {
                struct fixed_lease *lease = array_add(&network.leases);

                assert_int_equal(mac_address_parse(row->leases[i][0], &lease->mac, &error), 0);
                assert_int_equal(ip_address_parse(row->leases[i][1], &lease->address, &error), 0);
                lease->name = string_copy(row->leases[i][2]);
        }
        for (size_t i = 0; row->dns[i][0]; i++) {
                struct dns_host *dns = array_add(&network.dns);

                assert_int_equal(ip_address_parse(row->dns[i][0], &dns->address, &error), 0);
                for (size_t n = 1; n < 4 && row->dns[i][n]; n++)
                        strings_add(&dns->names, row->dns[i][n]);
        }
        for (size_t i = 0; row->wildcards[i][0]; i++) {
                struct dns_wildcard *wildcard = array_add(&network.wildcards);

                if (*row->wildcards[i][0])
                        assert_int_equal(
                                ip_address_parse(row->wildcards[i][0], &wildcard->address, &error), 0);
                wildcard->domain = string_copy(row->wildcards[i][1]);
        }
        *ret_network = network;
}

static const struct wish_row wishes[] = {
        {.title = "a bare isolated network", .name = "lab", .mode = NETWORK_ISOLATED},
        {.title = "everything at once",
                .name = "lab",
                .mode = NETWORK_NAT,
                .bridge = "virbr-lab",
                .uplink = "eth0",
                .domain = "lab.test",
                .mtu = 9000,
                .address = "192.168.150.1/24",
                .ranges = {"192.168.150.10-192.168.150.99", "192.168.150.110-192.168.150.120"},
                .leases = {{"52:54:00:00:00:01", "192.168.150.5", "one"},
                        {"52:54:00:00:00:02", "192.168.150.6"}},
                .dns = {{"192.168.150.5", "api.lab.test", "api-int.lab.test"},
                        {"192.168.150.6", "b.lab.test"}},
                .wildcards = {{"192.168.150.5", "apps.lab.test"}, {"192.168.150.6", "test"},
                        {"fd00::5", "apps.lab.test"}, {"", "api.lab.test"}},
                .boot_file = "http://192.168.150.1:8080/boot.ipxe"},
        {.title = "a boot file alone, with XML's own characters",
                .name = "boot",
                .mode = NETWORK_ISOLATED,
                .address = "10.0.0.1/24",
                .boot_file = "http://10.0.0.1/?a='&b=\"<c>"},
        {.title = "boot loaders by TFTP, and a wildcard",
                .name = "boot",
                .mode = NETWORK_ISOLATED,
                .address = "10.0.0.1/24",
                .wildcards = {{"10.0.0.5", "apps.lab.test"}},
                .boot_file = "http://10.0.0.1/boot.ipxe",
                .loaders = "/usr/lib/'ipxe'"},
        {.title = "boot loaders by TFTP",
                .name = "boot",
                .mode = NETWORK_ISOLATED,
                .address = "10.0.0.1/24",
                .boot_file = "http://10.0.0.1/boot.ipxe",
                .loaders = "/usr/lib/ipxe"},
        {.title = "IPv6 behind NAT", .name = "six", .mode = NETWORK_NAT, .address = "fd00:1::1/64"},
        {.title = "routed IPv6", .name = "six", .mode = NETWORK_ROUTED, .address = "fd00:1::1/48"},
        {.title = "routed out of one interface",
                .name = "r",
                .mode = NETWORK_ROUTED,
                .uplink = "eth1.5",
                .address = "10.0.0.1/8"},
        {.title = "the machine's own bridge", .name = "lan", .mode = NETWORK_BRIDGE, .bridge = "br0"},
        {.title = "XML's own characters in every string",
                .name = "<a&b>'\"]]>",
                .mode = NETWORK_NAT,
                .bridge = "'/><script x='",
                .uplink = "\"&amp;\"",
                .domain = "&lt;<!--",
                .address = "10.1.0.1/24",
                .leases = {{"52:54:00:00:00:01", "10.1.0.5", "'/><host mac='52:54:00:00:00:09"}},
                .dns = {{"10.1.0.5", "</hostname><hostname>x", "<![CDATA[y]]>", "&name;"}},
                .wildcards = {{"10.1.0.5", "'><dnsmasq:option value='x&quot;"}}},
        {.title = "blanks, tabs and line ends inside strings",
                .name = " a\tb\nc\r ",
                .bridge = "\n",
                .domain = " x\n y "},
};

static void test_written_is_read_back(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
                CLEANUP(network_done) struct network wanted = {0}, found = {0};
                CLEANUP(strings_done) struct strings differences = {0}, unmodelled = {0};
                CLEANUP(string_free) char *xml = NULL, *words = NULL;
                struct error error = {0};

                build(&wishes[i], &wanted);
                xml = network_xml_write(&wanted, UUID);
                if (network_xml_read(xml, &found, &unmodelled, &error) < 0)
                        fail_msg("%s: %s: %s", wishes[i].title, error_text(&error), xml);
                network_differences(&wanted, &found, &differences);
                words = strings_join(&differences, "; ");
                if (differences.count || unmodelled.count || !string_equal(wanted.name, found.name) ||
                        !string_equal(wanted.bridge, found.bridge))
                        fail_msg("%s: %s, %zu unmodelled: %s", wishes[i].title, words, unmodelled.count, xml);
        }
}

struct dump_row {
        const char *title;
        const char *xml;
        struct wish_row meaning;
        const char *unmodelled; /* joined by ", " */
};

#define OPTION(value) "<dnsmasq:option value='" value "'/>"
#define OPTIONS(options)                                                                         \
        "<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'><name>n</name>" \
        "<dnsmasq:options>" options "</dnsmasq:options></network>"

static const struct dump_row dumps[] = {
        {.title = "libvirt 9 and 11: default, as defined by their packages",
                .xml = "<network>\n"
                       "  <name>default</name>\n"
                       "  <uuid>7a92dd9a-5944-4439-81e6-bd0fb4f75385</uuid>\n"
                       "  <forward mode='nat'/>\n"
                       "  <bridge name='virbr0' stp='on' delay='0'/>\n"
                       "  <mac address='52:54:00:ff:4b:b3'/>\n"
                       "  <ip address='192.168.122.1' netmask='255.255.255.0'>\n"
                       "    <dhcp>\n"
                       "      <range start='192.168.122.2' end='192.168.122.254'/>\n"
                       "    </dhcp>\n"
                       "  </ip>\n"
                       "</network>\n",
                .meaning = {.name = "default",
                        .mode = NETWORK_NAT,
                        .bridge = "virbr0",
                        .address = "192.168.122.1/24",
                        .ranges = {"192.168.122.2-192.168.122.254"}},
                .unmodelled = ""},
        {.title = "libvirt 9 and 11: ours, running, with a guest on it",
                .xml = "<network connections='1'>\n"
                       "  <name>lab</name>\n"
                       "  <uuid>11111111-2222-4333-8444-555555555555</uuid>\n"
                       "  <title>x title</title>\n"
                       "  <metadata>\n"
                       "    <p:owner xmlns:p=\"urn:provision:owner:1\" by=\"me\"/>\n"
                       "  </metadata>\n"
                       "  <forward dev='eth0' mode='nat'>\n"
                       "    <nat>\n"
                       "      <port start='1024' end='65535'/>\n"
                       "    </nat>\n"
                       "    <interface dev='eth0' connections='1'/>\n"
                       "  </forward>\n"
                       "  <bridge name='virbr-lab' stp='on' delay='0'/>\n"
                       "  <mtu size='1400'/>\n"
                       "  <mac address='52:54:00:62:16:a1'/>\n"
                       "  <domain name='lab.test'/>\n"
                       "  <dns>\n"
                       "    <host ip='192.168.160.5'>\n"
                       "      <hostname>a</hostname>\n"
                       "      <hostname>b</hostname>\n"
                       "    </host>\n"
                       "  </dns>\n"
                       "  <ip family='ipv4' address='192.168.160.1' prefix='24'>\n"
                       "    <dhcp>\n"
                       "      <range start='192.168.160.10' end='192.168.160.20'/>\n"
                       "      <host mac='52:54:00:00:00:01' name='one' ip='192.168.160.30'/>\n"
                       "    </dhcp>\n"
                       "  </ip>\n"
                       "</network>\n",
                .meaning = {.name = "lab",
                        .mode = NETWORK_NAT,
                        .bridge = "virbr-lab",
                        .uplink = "eth0",
                        .domain = "lab.test",
                        .mtu = 1400,
                        .address = "192.168.160.1/24",
                        .ranges = {"192.168.160.10-192.168.160.20"},
                        .leases = {{"52:54:00:00:00:01", "192.168.160.30", "one"}},
                        .dns = {{"192.168.160.5", "b", "a"}}},
                .unmodelled = ""},
        {.title = "libvirt 9 and 11: all that host.conf can't say",
                .xml = "<network ipv6='yes'>\n"
                       "  <name>rich</name>\n"
                       "  <uuid>11111111-2222-4333-8444-555555555555</uuid>\n"
                       "  <forward dev='eth0' mode='nat'>\n"
                       "    <nat ipv6='yes'>\n"
                       "      <port start='2000' end='3000'/>\n"
                       "    </nat>\n"
                       "    <interface dev='eth0'/>\n"
                       "  </forward>\n"
                       "  <bridge name='virbr-rich' zone='public' stp='off' delay='3'/>\n"
                       "  <mac address='52:54:00:65:cf:60'/>\n"
                       "  <domain name='lab.test' localOnly='yes'/>\n"
                       "  <dns>\n"
                       "    <forwarder addr='8.8.8.8'/>\n"
                       "    <txt name='x' value='y'/>\n"
                       "    <host ip='192.168.161.5'>\n"
                       "      <hostname>a</hostname>\n"
                       "    </host>\n"
                       "  </dns>\n"
                       "  <bandwidth>\n"
                       "    <inbound average='1000'/>\n"
                       "  </bandwidth>\n"
                       "  <ip address='192.168.161.1' netmask='255.255.255.128' localPtr='yes'>\n"
                       "    <tftp root='/srv/tftp'/>\n"
                       "    <dhcp>\n"
                       "      <range start='192.168.161.10' end='192.168.161.20'>\n"
                       "        <lease expiry='5' unit='minutes'/>\n"
                       "      </range>\n"
                       "      <host mac='52:54:00:00:00:01' name='one' ip='192.168.161.30'/>\n"
                       "      <bootp file='pxe' server='192.168.161.3'/>\n"
                       "    </dhcp>\n"
                       "  </ip>\n"
                       "  <ip family='ipv6' address='fd00:1::1' prefix='64'>\n"
                       "    <dhcp>\n"
                       "      <host id='0:3:0:1:0:16:3e:11:22:33' name='six' ip='fd00:1::1:1'/>\n"
                       "    </dhcp>\n"
                       "  </ip>\n"
                       "  <route address='10.1.0.0' prefix='16' gateway='192.168.161.2'/>\n"
                       "  <portgroup name='p' default='yes'>\n"
                       "  </portgroup>\n"
                       "</network>\n",
                .meaning = {.name = "rich",
                        .mode = NETWORK_NAT,
                        .bridge = "virbr-rich",
                        .uplink = "eth0",
                        .domain = "lab.test",
                        .address = "192.168.161.1/25",
                        .ranges = {"192.168.161.10-192.168.161.20"},
                        .leases = {{"52:54:00:00:00:01", "192.168.161.30", "one"}},
                        .dns = {{"192.168.161.5", "a"}},
                        .boot_file = "pxe"},
                .unmodelled =
                        "network ipv6='yes', port start='2000', port end='3000', bridge zone='public', "
                        "bridge stp='off', bridge delay='3', domain localOnly='yes', forwarder, txt, "
                        "bandwidth, ip localPtr='yes', lease, bootp server='192.168.161.3', host "
                        "id='0:3:0:1:0:16:3e:11:22:33', "
                        "route, portgroup, ip address='fd00:1::1', nat ipv6='yes', tftp root='/srv/tftp'"},
        {.title = "a mode of libvirt's that isn't ours",
                .xml = "<network><name>o</name><forward mode='open'/><bridge name='b'/></network>",
                .meaning = {.name = "o", .mode = NETWORK_ISOLATED, .bridge = "b"},
                .unmodelled = "forward mode='open'"},
        {.title = "guests directly on an interface, without a bridge",
                .xml = "<network><name>m</name><forward mode='bridge'><interface dev='eth0'/>"
                       "<interface dev='eth1'/></forward></network>",
                .meaning = {.name = "m", .mode = NETWORK_BRIDGE, .bridge = "", .uplink = "eth0"},
                .unmodelled = "interface dev='eth1', forward mode='bridge'"},
        {.title = "NAT that leaves out IPv6",
                .xml = "<network><name>n</name><forward mode='nat'/><ip family='ipv6' "
                       "address='fd00::1'/></network>",
                .meaning = {.name = "n", .mode = NETWORK_NAT, .address = "fd00::1/64"},
                .unmodelled = "nat ipv6='no'"},
        {.title = "an address of class B, as libvirt takes it",
                .xml = "<network><name>n</name><ip address='172.16.0.1'/></network>",
                .meaning = {.name = "n", .mode = NETWORK_ISOLATED, .address = "172.16.0.1/16"},
                .unmodelled = ""},
        {.title = "values that nobody can read",
                .xml = "<network><name>n</name><mtu size='9e3'/><dns><host ip='x'/></dns><ip "
                       "address='10.0.0.1' "
                       "netmask='255.0.255.0'/><ip address='10.0.0.1' prefix='24'><dhcp><range start='1' "
                       "end='2'/><host mac='nobody' ip='10.0.0.2'/><host mac='52:54:00:00:00:01'/>"
                       "</dhcp></ip></network>",
                .meaning = {.name = "n", .mode = NETWORK_ISOLATED, .address = "10.0.0.1/24"},
                .unmodelled = "mtu size='9e3', host ip='x', ip address='10.0.0.1', range start='1', "
                              "host mac='nobody', host mac='52:54:00:00:00:01'"},
        {.title = "options of dnsmasq, by their prefix",
                .xml = "<network "
                       "xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'><name>n</name>"
                       "<dnsmasq:options><dnsmasq:option value='x'/></dnsmasq:options></network>",
                .meaning = {.name = "n", .mode = NETWORK_ISOLATED},
                .unmodelled = "dnsmasq:option value='x'"},
        {.title = "wildcards among options of others",
                .xml = OPTIONS(OPTION("local=/b.test/") OPTION("dhcp-option=3") OPTION(
                        "address=/b.test/10.0.0.5") OPTION("address=/a/fd00::5") OPTION("local=/a/")
                                OPTION("local=/a/") OPTION("local=/c.test/") OPTION("local=/c.test/")),
                .meaning = {.name = "n",
                        .mode = NETWORK_ISOLATED,
                        .wildcards = {{"fd00::5", "a"}, {"10.0.0.5", "b.test"}, {"", "c.test"}}},
                .unmodelled = "dnsmasq:option value='dhcp-option=3'"},
        {.title = "options that look like a wildcard's and say something else",
                .xml = OPTIONS(OPTION("address=/a/10.0.0.5") OPTION("local=/b/") OPTION(
                        "address=/c/d/10.0.0.5") OPTION("local=/c/") OPTION("local=/e/10.0.0.9")
                                OPTION("address=/f/#") OPTION("address=/g/") OPTION("address=//10.0.0.5")
                                        OPTION("local=//") OPTION("local=/h") "<dnsmasq:option/>"),
                .meaning = {.name = "n", .mode = NETWORK_ISOLATED, .wildcards = {{"", "b"}, {"", "c"}}},
                .unmodelled =
                        "dnsmasq:option value='address=/a/10.0.0.5', "
                        "dnsmasq:option value='address=/c/d/10.0.0.5', "
                        "dnsmasq:option value='local=/e/10.0.0.9', dnsmasq:option value='address=/f/#', "
                        "dnsmasq:option value='address=/g/', dnsmasq:option value='address=//10.0.0.5', "
                        "dnsmasq:option value='local=//', dnsmasq:option value='local=/h', "
                        "dnsmasq:option value=''"},
};

static void test_dumps_are_understood(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
                CLEANUP(network_done) struct network wanted = {0}, found = {0};
                CLEANUP(strings_done) struct strings differences = {0}, unmodelled = {0};
                CLEANUP(string_free) char *words = NULL, *others = NULL;
                struct error error = {0};

                build(&dumps[i].meaning, &wanted);
                if (network_xml_read(dumps[i].xml, &found, &unmodelled, &error) < 0)
                        fail_msg("%s: %s", dumps[i].title, error_text(&error));
                network_differences(&wanted, &found, &differences);
                words = strings_join(&differences, "; ");
                others = strings_join(&unmodelled, ", ");
                if (*words || !string_equal(others, dumps[i].unmodelled))
                        fail_msg("%s: differs in: %s; unmodelled: %s", dumps[i].title, words, others);
        }
}

static void test_what_is_no_network_is_refused(void **state)
{
        static const struct {
                const char *xml, *says;
        } rows[] = {
                {"", "XML that can't be read: line"},
                {"<network><name>x</name>", "XML that can't be read: line 1: "},
                {"<pool><name>x</name></pool>", "XML of no network: <pool>"},
                {"<network/>", "XML of no network: <network>"},
                {"<!DOCTYPE network [<!ENTITY a 'b'>]><network><name>&a;</name></network>",
                        "a document type"},
                {"<!DOCTYPE network SYSTEM 'file:///etc/passwd'><network><name>x</name></network>",
                        "a document type"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(network_done) struct network found = {0};
                CLEANUP(strings_done) struct strings unmodelled = {0};
                CLEANUP(error_done) struct error error = {0};

                assert_int_equal(network_xml_read(rows[i].xml, &found, &unmodelled, &error), -1);
                if (!strstr(error_text(&error), rows[i].says) || strchr(error_text(&error), '\n'))
                        fail_msg("%s: %s", rows[i].xml, error_text(&error));
        }
}

static void test_size_and_depth_have_limits(void **state)
{
        struct text deep = {0};
        CLEANUP(string_free) char *large = memory_new(XML_TREE_LARGEST + 2, 1);
        CLEANUP(error_done) struct error too_large = {0}, too_deep = {0};
        struct xml_node root = {0};

        (void)state;
        memset(large, 'x', XML_TREE_LARGEST + 1);
        assert_int_equal(xml_node_parse(large, &root, &too_large), -1);
        assert_non_null(strstr(error_text(&too_large), "more than"));
        for (int i = 0; i <= XML_TREE_DEEPEST; i++)
                text_add(&deep, "<a>");
        for (int i = 0; i <= XML_TREE_DEEPEST; i++)
                text_add(&deep, "</a>");
        assert_int_equal(xml_node_parse(text_string(&deep), &root, &too_deep), -1);
        assert_non_null(strstr(error_text(&too_deep), "deep"));
        text_done(&deep);
}

static void test_an_edit_is_one_element(void **state)
{
        CLEANUP(network_done) struct network network = {0};
        static const char *const expected[] = {
                [NETWORK_PART_RANGE] = "<range start='10.1.0.9' end='10.1.0.12'/>",
                [NETWORK_PART_LEASE] =
                        "<host mac='52:54:00:00:00:01' name='&lt;&amp;&apos;&gt;' ip='10.1.0.5'/>",
                [NETWORK_PART_DNS] =
                        "<host ip='10.1.0.5'><hostname>a</hostname><hostname>b</hostname></host>",
        };
        struct network_edit edit = {0};

        (void)state;
        build(&(const struct wish_row) {.name = "n",
                      .ranges = {"10.1.0.9-10.1.0.12"},
                      .leases = {{"52:54:00:00:00:01", "10.1.0.5", "<&'>"}},
                      .dns = {{"10.1.0.5", "a", "b"}}},
                &network);
        for (edit.part = NETWORK_PART_RANGE; edit.part <= NETWORK_PART_DNS; edit.part++) {
                CLEANUP(string_free) char *xml = NULL;

                if (edit.part == NETWORK_PART_RANGE)
                        edit.range = network.ranges.items;
                else if (edit.part == NETWORK_PART_LEASE)
                        edit.lease = network.leases.items;
                else
                        edit.dns = network.dns.items;
                xml = network_xml_write_edit(&edit);
                assert_string_equal(xml, expected[edit.part]);
        }
}

static void test_a_pool_is_read_back(void **state)
{
        static const struct {
                const char *name, *path;
                enum pool_type type;
                const char *source, *device;
        } rows[] = {
                {"lab", "/var/lib/libvirt/lab", POOL_DIR, NULL, NULL},
                {"<&'\">", "/a </path>&amp;<path>/b", POOL_DIR, NULL, NULL},
                {"vg", "/dev/vg0", POOL_LOGICAL, "vg0", NULL},
                {"vg", "/dev/vg0", POOL_LOGICAL, "vg0", "/dev/disk/by-id/a'\"<b>&amp;"},
                {"nfs", "/srv/b", POOL_NETFS, "server:/export", NULL},
                {"nfs", "/srv/b", POOL_NETFS, "[2001:db8::1]:/a'\"<b>&amp;", NULL},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                CLEANUP(answers_done) struct answers answers = {0};
                CLEANUP(string_free) char *xml = NULL;
                struct pool_config pool = {.name = (char *)rows[i].name,
                        .type = rows[i].type,
                        .path = (char *)rows[i].path,
                        .source = (char *)rows[i].source};
                struct pool_state *read = array_add(&answers.pools);
                struct error error = {0};

                if (rows[i].device)
                        strings_add(&pool.devices, rows[i].device);
                xml = pool_xml_write(&pool, UUID);
                assert_int_equal(pool_xml_read(xml, read, &error), 0);
                assert_string_equal(read->type, pool_type_name(rows[i].type));
                assert_string_equal(read->path, rows[i].path);
                assert_true(string_equal(read->source, rows[i].source));
                strings_done(&pool.devices);
        }
}

static void test_a_pool_without_a_path_has_an_empty_one(void **state)
{
        CLEANUP(answers_done) struct answers answers = {0};
        struct pool_state *pool = array_add(&answers.pools);
        struct error error = {0};

        (void)state;
        assert_int_equal(
                pool_xml_read("<pool type='rbd'><name>x</name><source><name>y</name></source></pool>", pool,
                        &error),
                0);
        assert_string_equal(pool->type, "rbd");
        assert_string_equal(pool->path, "");
        assert_null(pool->source);
}

static void test_ours_is_told_by_the_uuid(void **state)
{
        CLEANUP(string_free) char *network = owner_uuid("network", "lab"), *pool = owner_uuid("pool", "lab");
        CLEANUP(string_free) char *mac = owner_mac("network", "lab");
        struct mac_address parsed;
        struct error error = {0};

        (void)state;
        /* What machines already have: it must never change. */
        assert_string_equal(network, "fc4e9f08-5586-8c5b-8e74-5c9900602ece");
        assert_string_not_equal(network, pool);
        assert_true(owner_is_us("network", "lab", network));
        assert_false(owner_is_us("network", "lab2", network));
        assert_false(owner_is_us("pool", "lab", network));
        assert_false(owner_is_us("network", "lab", NULL));
        assert_int_equal(mac_address_parse(mac, &parsed, &error), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_written_is_read_back),
                cmocka_unit_test(test_dumps_are_understood),
                cmocka_unit_test(test_what_is_no_network_is_refused),
                cmocka_unit_test(test_size_and_depth_have_limits),
                cmocka_unit_test(test_an_edit_is_one_element),
                cmocka_unit_test(test_a_pool_is_read_back),
                cmocka_unit_test(test_a_pool_without_a_path_has_an_empty_one),
                cmocka_unit_test(test_ours_is_told_by_the_uuid),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
