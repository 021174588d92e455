/* Wildcards among a network's names: they are written beside the others, and are something else to dnsmasq. */
#include "config/rules.h"

static bool is_wildcard(const char *name)
{
        return name[0] == '*';
}

static void take_wildcards(struct network *network, struct dns_host *host)
{
        size_t kept = 0;

        for (array_each(char *, name, &host->names)) {
                if (!is_wildcard(*name)) {
                        host->names.items[kept++] = *name;
                        continue;
                }
                *array_add(&network->wildcards) = (struct dns_wildcard) {
                        .domain = string_copy(*name + strlen("*.")), .address = host->address};
                free(*name);
        }
        host->names.count = kept;
}

void networks_complete(struct config *config)
{
        for (array_each(struct network_config, network, &config->networks)) {
                struct network *of = &network->network;
                size_t kept = 0;

                for (array_each(struct dns_host, host, &of->dns)) {
                        take_wildcards(of, host);
                        if (host->names.count)
                                of->dns.items[kept++] = *host;
                        else
                                strings_done(&host->names);
                }
                of->dns.count = kept;
        }
}
