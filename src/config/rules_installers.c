/* The rules about openshift-install: what it needs, and what it would refuse only when it is run. */
#include "config/rules.h"
#include "config/section.h"

#define LOWER     "abcdefghijklmnopqrstuvwxyz"
#define DIGIT     "0123456789"
#define LONGEST   54 /* with what the machines' names add, a DNS label */
#define NO_QUORUM 2

static void judge_needed(const struct subject *subject)
{
        static const struct {
                const char *key, *words;
        } needed[] = {
                {"domain", "add domain = \"example.com\", below which the cluster has its names"},
                {"pull_secret", "add pull_secret = \"pull-secret.json\", by which it gets its images"},
                {"control", "add control = {\"control-1\", ...}, its control plane's machines"},
                {"ssh_key", "add ssh_key = \"~/.ssh/id_ed25519.pub\", with which its machines let you in"},
        };

        for (size_t i = 0; i < COUNT(needed); i++)
                if (!subject_has(subject, needed[i].key))
                        subject_problem(subject, "installer", "openshift-install has to know its %s: %s",
                                needed[i].key, needed[i].words);
}

static void judge_names(const struct subject *subject, const struct cluster_config *cluster)
{
        size_t length = cluster->name ? strlen(cluster->name) : 0;

        if (length && (length > LONGEST || strspn(cluster->name, LOWER DIGIT "-") < length ||
                              cluster->name[0] == '-' || cluster->name[length - 1] == '-'))
                subject_problem(subject, "",
                        "openshift-install takes no such name: use at most %d lower-case letters, digits and "
                        "'-', the last not at an end",
                        LONGEST);
        if (cluster->domain && strspn(cluster->domain, LOWER DIGIT "-.") < strlen(cluster->domain))
                subject_problem(subject, "domain",
                        "domain: openshift-install takes lower-case letters, digits, '-' and dots only");
}

void cluster_installer_judge(const struct subject *subject, const struct cluster_config *cluster)
{
        static const char *const its_keys[] = {"version", "pull_secret", "ssh_key"};

        if (subject_has(subject, "installer") && cluster->flavor == CLUSTER_EXISTING) {
                subject_problem(subject, "installer",
                        "openshift-install makes clusters, and flavor is existing: remove one of them");
                return;
        }
        if (subject_has(subject, "installer")) {
                judge_needed(subject);
                judge_names(subject, cluster);
                if (subject_has(subject, "kubeconfig"))
                        subject_problem(subject, "kubeconfig",
                                "the cluster is reached by the kubeconfig that openshift-install writes: "
                                "remove "
                                "kubeconfig, or installer");
                return;
        }
        for (size_t i = 0; i < COUNT(its_keys); i++)
                if (subject_has(subject, its_keys[i]))
                        subject_problem(subject, its_keys[i],
                                "%s is for openshift-install: add installer = "
                                "\"/usr/local/bin/openshift-install\"",
                                its_keys[i]);
        if (!subject_has(subject, "kubeconfig"))
                subject_problem(subject, "",
                        "how is its API reached? add kubeconfig = \"install/auth/kubeconfig\", or the "
                        "installer "
                        "that makes it");
}

static void judge_control(const struct cluster_config *cluster, struct problems *problems)
{
        if (cluster->control.count == NO_QUORUM)
                problems_add(problems, &cluster->object.place,
                        "cluster \"%s\": control: of two machines neither can do without the other, which is "
                        "worse than one: have one, or at least three",
                        cluster->name ? cluster->name : "");
}

static void judge_name(const struct config *config, size_t i, struct problems *problems)
{
        const struct cluster_config *cluster = &config->clusters.items[i];

        for (size_t j = 0; j < i; j++) {
                const struct cluster_config *other = &config->clusters.items[j];
                CLEANUP(string_free) char *place = NULL;

                if (!other->installer.program || !other->name || !string_equal(other->name, cluster->name))
                        continue;
                place = place_format(&other->object.place);
                problems_add(problems, &cluster->object.place,
                        "cluster \"%s\": what openshift-install makes is kept here under the cluster's name, "
                        "and the one at %s is called so, too: name one of them otherwise",
                        cluster->name, place);
        }
}

void installers_judge(const struct config *config, struct problems *problems)
{
        for (size_t i = 0; i < config->clusters.count; i++) {
                if (!config->clusters.items[i].installer.program)
                        continue;
                judge_control(&config->clusters.items[i], problems);
                judge_name(config, i, problems);
        }
}

/* ---- what follows from it ---- */

/* Whoever boots from a boot server has it from there, however it came there. */
static bool is_served(const struct config *config, const struct guest_config *guest)
{
        for (array_each(const struct boot_server_config, server, &config->boot_servers))
                for (array_each(const struct boot_machine, machine, &server->server.machines))
                        if (string_equal(machine->name, guest->name) &&
                                hosts_meet(&guest->object.hosts, &server->object.hosts))
                                return true;
        return false;
}

static void give(
        struct config *config, const struct cluster_config *cluster, const char *name, enum cluster_role role)
{
        for (array_each(struct guest_config, guest, &config->guests))
                if (string_equal(guest->name, name) && !guest->ignition && !guest->cloud_init.is_wanted &&
                        !is_served(config, guest)) {
                        guest->cluster = cluster;
                        guest->role = role;
                }
}

void installers_complete(struct config *config)
{
        for (array_each(const struct cluster_config, cluster, &config->clusters)) {
                if (!cluster->installer.program)
                        continue;
                if (cluster->bootstrap)
                        give(config, cluster, cluster->bootstrap, ROLE_BOOTSTRAP);
                for (array_each(char *, name, &cluster->control))
                        give(config, cluster, *name, ROLE_CONTROL);
                for (array_each(char *, name, &cluster->workers))
                        give(config, cluster, *name, ROLE_WORKER);
        }
}
