/* cluster: how its API is reached, and who belongs to it. */
#include "config/section.h"

ADD(clusters)

static const char *const roles[] = {"bootstrap", "control", "workers", "boot"};

static int parse_boot(const struct value *value, void *target, struct error *error)
{
        static const char *const words[CLUSTER_BOOTS] = {
                [CLUSTER_BOOTS_PXE] = "pxe", [CLUSTER_BOOTS_ISO] = "iso", [CLUSTER_BOOTS_DIRECT] = "direct"};

        for (int i = CLUSTER_BOOTS_PXE; i < CLUSTER_BOOTS; i++)
                if (string_equal(words[i], value->text)) {
                        *(enum cluster_boot *)target = (enum cluster_boot)i;
                        return 0;
                }
        return error_set(error, ERROR_CONFIG, "\"%.80s\" is none of pxe, iso, direct", value->text);
}

static void judge(const struct subject *subject, void *object)
{
        const struct cluster_config *cluster = object;

        cluster_names_judge(subject);
        cluster_installer_judge(subject, cluster);
        if (cluster->flavor != CLUSTER_EXISTING)
                return;
        for (size_t i = 0; i < COUNT(roles); i++)
                if (subject_has(subject, roles[i]))
                        subject_problem(subject, roles[i],
                                "%s tells of machines that a cluster is made of, and flavor is existing: "
                                "remove one of them",
                                roles[i]);
        if (subject_has(subject, "bootstrap_timeout"))
                subject_problem(subject, "bootstrap_timeout",
                        "a cluster of flavor existing isn't bootstrapped: remove bootstrap_timeout, or say "
                        "how "
                        "long its phase may take with deadlines { cluster = ... }");
}

static const struct key cluster_title = {
        .name = "name",
        .rule = &name_of_object,
        .parse = value_string,
        .offset = offsetof(struct cluster_config, name),
};

#define INSTALLER(key, parser, member, right)                                                              \
        {                                                                                                  \
                .name = key, .parse = parser, .offset = offsetof(struct cluster_config, installer.member), \
                .form = right,                                                                             \
        }

static const struct key cluster_keys[] = {
        {.name = "flavor",
                .parse = value_cluster_flavor,
                .offset = offsetof(struct cluster_config, flavor),
                .form = "okd or existing",
                .is_required = true},
        {.name = "kubeconfig",
                .parse = value_local_path,
                .offset = offsetof(struct cluster_config, kubeconfig),
                .form = "\"install/auth/kubeconfig\""},
        {.name = "bootstrap",
                .rule = &name_in_dns,
                .parse = value_string,
                .offset = offsetof(struct cluster_config, bootstrap),
                .form = "\"bootstrap\""},
        {.name = "control",
                .rule = &name_in_dns,
                .parse = value_strings,
                .offset = offsetof(struct cluster_config, control),
                .form = "{\"control-1\", ...}",
                .is_list = true},
        {.name = "workers",
                .rule = &name_in_dns,
                .parse = value_strings,
                .offset = offsetof(struct cluster_config, workers),
                .form = "{\"worker-1\", ...}",
                .is_list = true},
        {.name = "boot",
                .parse = parse_boot,
                .offset = offsetof(struct cluster_config, boot),
                .form = "pxe, iso or direct"},
        {.name = "bootstrap_timeout",
                .parse = value_duration,
                .offset = offsetof(struct cluster_config, bootstrap_timeout_s),
                .form = "\"90min\""},
        {.name = "domain",
                .rule = &name_in_dns,
                .parse = value_string,
                .offset = offsetof(struct cluster_config, domain),
                .form = "\"example.com\""},
        {.name = "dns",
                .rule = &name_of_object,
                .parse = value_string,
                .offset = offsetof(struct cluster_config, dns),
                .form = "\"lab\""},
        {.name = "address",
                .parse = value_ip,
                .offset = offsetof(struct cluster_config, address),
                .form = "\"192.168.150.5\""},
        INSTALLER("installer", value_local_path, program, "\"/usr/local/bin/openshift-install\""),
        INSTALLER("version", value_string, version, "\"4.20.0\""),
        INSTALLER("pull_secret", value_local_path, pull_secret, "\"pull-secret.json\""),
        INSTALLER("ssh_key", value_ssh_keys_from, ssh_keys, "\"~/.ssh/id_ed25519.pub\""),
        HOSTS(struct cluster_config),
};

const struct section_schema section_cluster = {
        .name = "cluster",
        .title = &cluster_title,
        .keys = cluster_keys,
        .key_count = COUNT(cluster_keys),
        .add = add_clusters,
        .judge = judge,
};
