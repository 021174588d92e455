/* The wildcards of a network, and its boot loaders, as options of its dnsmasq. */
#include "means/network_options.h"

#include "means/xml_understood.h"

#define ADDRESS "address=/"
#define LOCAL   "local=/"

/* Firmware says by a number what it is (RFC 4578): 7 and 9 are UEFI on x86-64. dhcp-boot with a tag goes before <bootp>. */
static const char *const loader_options[] = {
        "dhcp-userclass=set:ipxe,iPXE",
        "dhcp-match=set:efi64,option:client-arch,7",
        "dhcp-match=set:efi64,option:client-arch,9",
        "dhcp-boot=tag:!ipxe,tag:efi64,snponly.efi",
        "dhcp-boot=tag:!ipxe,tag:!efi64,undionly.kpxe",
};

#define LOADER_OPTIONS (sizeof(loader_options) / sizeof(loader_options[0]))

static void write_option(struct xml *xml, const char *name, const char *domain, const char *value)
{
        xml_open(xml, OPTIONS_PREFIX ":option");
        xml_attribute_format(xml, "value", "%s%s/%s", name, domain, value);
        xml_close(xml, OPTIONS_PREFIX ":option");
}

/* The same domain may have an address of either family. */
static bool is_first_of_domain(const struct network *network, const struct dns_wildcard *wildcard)
{
        for (const struct dns_wildcard *before = network->wildcards.items; before < wildcard; before++)
                if (string_equal(before->domain, wildcard->domain))
                        return false;
        return true;
}

bool network_has_options(const struct network *network)
{
        return network->wildcards.count || network->loaders;
}

void network_options_write(struct xml *xml, const struct network *network)
{
        char address[IP_TEXT];

        if (!network_has_options(network))
                return;
        xml_open(xml, OPTIONS_PREFIX ":options");
        for (array_each(const struct dns_wildcard, wildcard, &network->wildcards)) {
                if (wildcard->address.family)
                        write_option(xml, ADDRESS, wildcard->domain,
                                ip_address_format(&wildcard->address, address));
                if (is_first_of_domain(network, wildcard))
                        write_option(xml, LOCAL, wildcard->domain, "");
        }
        for (size_t i = 0; network->loaders && i < LOADER_OPTIONS; i++) {
                xml_open(xml, OPTIONS_PREFIX ":option");
                xml_attribute(xml, "value", loader_options[i]);
                xml_close(xml, OPTIONS_PREFIX ":option");
        }
        xml_close(xml, OPTIONS_PREFIX ":options");
}

/* ---- reading ---- */

static bool begins(const char *value, const char *with)
{
        return strncmp(value, with, strlen(with)) == 0;
}

/* ADDRESS or LOCAL with one domain: its wildcard, without an address for LOCAL. */
static bool parse(const char *value, struct dns_wildcard *ret_wildcard)
{
        CLEANUP(error_done) struct error ignored = {0}; /* what isn't an address isn't ours */
        const char *domain = begins(value, ADDRESS) ? value + strlen(ADDRESS)
                             : begins(value, LOCAL) ? value + strlen(LOCAL)
                                                    : NULL;
        size_t length = domain ? strcspn(domain, "/") : 0;
        struct dns_wildcard wildcard = {0};

        if (length == 0 || domain[length] != '/')
                return false;
        if (begins(value, LOCAL) && domain[length + 1] != '\0')
                return false;
        if (begins(value, ADDRESS) && ip_address_parse(domain + length + 1, &wildcard.address, &ignored) < 0)
                return false;
        wildcard.domain = string_format("%.*s", (int)length, domain);
        *ret_wildcard = wildcard;
        return true;
}

/* How often there is such an option among the first `among`: with an address (which other ones needn't be), or without. */
static size_t count(
        const struct xml_node *options, size_t among, const struct dns_wildcard *wildcard, bool has_address)
{
        size_t found = 0;

        for (size_t i = 0; i < among; i++) {
                const char *value = xml_node_property(&options->children.items[i], "value");
                struct dns_wildcard other = {0};

                if (!value || !parse(value, &other))
                        continue;
                found += string_equal(other.domain, wildcard->domain) &&
                         (other.address.family != 0) == has_address;
                free(other.domain);
        }
        return found;
}

/* ADDRESS is nothing of ours without LOCAL. LOCAL says nothing more beside ADDRESS, or a second time. */
static void add_wildcard(const struct xml_node *options, size_t at, struct dns_wildcard *wildcard,
        struct network *network, struct strings *ret_unmodelled)
{
        const struct xml_node *node = &options->children.items[at];
        bool has_address = wildcard->address.family != 0;
        size_t all = options->children.count;
        struct dns_wildcard *added;

        if (has_address && count(options, all, wildcard, false) == 0) {
                xml_add_unmodelled(ret_unmodelled, node->name, "value", xml_node_property(node, "value"));
                return;
        }
        if (!has_address && (count(options, all, wildcard, true) || count(options, at, wildcard, false)))
                return;
        added = array_add(&network->wildcards);
        added->domain = STEAL(wildcard->domain);
        added->address = wildcard->address;
}

static bool is_loader_option(const char *value)
{
        for (size_t i = 0; i < LOADER_OPTIONS; i++)
                if (strcmp(value, loader_options[i]) == 0)
                        return true;
        return false;
}

static bool has_option(const struct xml_node *options, const char *wanted)
{
        for (array_each(const struct xml_node, node, &options->children))
                if (string_equal(xml_node_property(node, "value"), wanted))
                        return true;
        return false;
}

/* A directory alone is somebody else's idea of TFTP. */
static void judge_loaders(
        const struct xml_node *options, struct network *network, struct strings *ret_unmodelled)
{
        bool has_all = options;

        for (size_t i = 0; has_all && i < LOADER_OPTIONS; i++)
                has_all = has_option(options, loader_options[i]);
        if (!network->loaders || has_all)
                return;
        xml_add_unmodelled(ret_unmodelled, "tftp", "root", network->loaders);
        string_free(&network->loaders);
}

void network_options_read(
        const struct xml_node *root, struct network *network, struct strings *ret_unmodelled)
{
        const struct xml_node *options = xml_node_child(root, OPTIONS_PREFIX ":options");

        judge_loaders(options, network, ret_unmodelled);
        for (size_t i = 0; options && i < options->children.count; i++) {
                const struct xml_node *node = &options->children.items[i];
                const char *value = xml_node_property(node, "value");
                struct dns_wildcard wildcard = {0};

                if (value && parse(value, &wildcard))
                        add_wildcard(options, i, &wildcard, network, ret_unmodelled);
                else if (!network->loaders || !value || !is_loader_option(value))
                        xml_add_unmodelled(ret_unmodelled, node->name, "value", value ? value : "");
                free(wildcard.domain);
        }
}
