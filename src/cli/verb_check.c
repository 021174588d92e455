/* check: the configuration alone. */
#include "cli/preflight.h"
#include "cli/say.h"
#include "cli/session.h"
#include "cli/verb.h"
#include "report/visible.h"

static int check_run(const struct command_line *command_line, struct error *error)
{
        CLEANUP(config_done) struct config config = {0};
        CLEANUP(string_free) char *files = strings_join(&command_line->words, ", ");
        CLEANUP(text_done) struct text text = {0};
        const char *between = ": ";

        if (session_load(command_line, &config, error) < 0 || preflight_check(&config, false, error) < 0)
                return -1;
        const struct {
                size_t count;
                const char *one, *more;
        } objects[] = {
                {config.hosts.count, "host", "hosts"},
                {config.networks.count, "network", "networks"},
                {config.pools.count, "pool", "pools"},
                {config.images.count, "image", "images"},
                {config.guests.count, "guest", "guests"},
                {config.clusters.count, "cluster", "clusters"},
                {config.machines.count, "machine", "machines"},
                {config.boot_servers.count, "boot server", "boot servers"},
                {config.load_balancers.count, "load balancer", "load balancers"},
                {config.firewalls.count, "firewall", "firewalls"},
                {config.opnsenses.count, "OPNsense", "OPNsenses"},
                {config.firewall_pairs.count, "pair of these", "pairs of these"},
                {config.packages.count, "set of packages", "sets of packages"},
                {config.units.count, "unit", "units"},
                {config.sysctls.count, "sysctl", "sysctls"},
                {config.groups.count, "group", "groups"},
                {config.files.count, "file", "files"},
        };
        visible_add(&text, files);
        for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
                if (objects[i].count == 0)
                        continue;
                text_format(&text, "%s%zu %s", between, objects[i].count,
                        objects[i].count == 1 ? objects[i].one : objects[i].more);
                between = ", ";
        }
        text_add(&text, ": fine\n");
        say(&text);
        return 0;
}

const struct verb verb_check = {
        .name = "check",
        .words = "CONF...",
        .summary = "check the configuration alone",
        .least_words = 1,
        .most_words = ANY_NUMBER,
        .options = OPTION_SET,
        .run = check_run,
};
