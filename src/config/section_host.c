/* host: a machine, how it is reached, and how long it may take. */
#include "config/section.h"

static void *add_hosts(void *parent, const struct place *place)
{
        struct host_config *host = array_add(&((struct loading *)parent)->config.hosts);

        host->place = *place;
        return host;
}

static void *add_host_deadlines(void *parent, const struct place *place)
{
        (void)place;
        return ((struct host_config *)parent)->deadline_s;
}

static void *add_deadlines(void *parent, const struct place *place)
{
        (void)place;
        return ((struct loading *)parent)->deadline_s;
}

#define DEADLINE(index, word)                                                                                \
        {                                                                                                    \
                .name = word, .parse = value_duration, .offset = (index) * sizeof(int), .form = "\"15min\"", \
        }

static const struct key deadline_keys[] = {
        DEADLINE(PHASE_LINUX, "linux"),
        DEADLINE(PHASE_KVM, "kvm"),
        DEADLINE(PHASE_CLUSTER, "cluster"),
        DEADLINE(DEADLINE_STEP, "step"),
        DEADLINE(DEADLINE_GRACE, "grace"),
};
_Static_assert(COUNT(deadline_keys) == DEADLINES, "every phase has a deadline");

static const struct section_schema host_deadlines = {
        .name = "deadlines",
        .keys = deadline_keys,
        .key_count = COUNT(deadline_keys),
        .is_single = true,
        .add = add_host_deadlines,
};

const struct section_schema section_deadlines = {
        .name = "deadlines",
        .keys = deadline_keys,
        .key_count = COUNT(deadline_keys),
        .is_single = true,
        .add = add_deadlines,
};

static void judge(const struct subject *subject, void *object)
{
        static const char *const remote_keys[] = {"identity", "known_hosts", "host_key"};
        struct host_config *host = object;

        if (host->connect.is_local)
                for (size_t i = 0; i < sizeof(remote_keys) / sizeof(remote_keys[0]); i++)
                        if (subject_has(subject, remote_keys[i]))
                                subject_problem(subject, remote_keys[i],
                                        "%s is for hosts reached over SSH, and connect is local: remove one "
                                        "of them",
                                        remote_keys[i]);
        if (host->connect.is_local && host->reboot_if_needed)
                subject_problem(subject, "reboot_if_needed",
                        "reboot_if_needed would reboot the machine that provision runs on, for connect is "
                        "local");
        if (host->become_password_file && !host->become)
                subject_problem(subject, "become_password_file", "become_password_file needs become = true");
}

static const struct key host_title = {
        .name = "name",
        .rule = &name_of_object,
        .parse = value_string,
        .offset = offsetof(struct host_config, name),
};

static const struct key host_keys[] = {
        {.name = "connect",
                .parse = value_connect,
                .offset = offsetof(struct host_config, connect),
                .form = "\"root@ADDRESS\", \"ssh://USER@HOST:PORT\" or \"local\"",
                .is_required = true},
        {.name = "identity",
                .parse = value_local_path,
                .offset = offsetof(struct host_config, identity),
                .form = "\"~/.ssh/id_ed25519\""},
        {.name = "known_hosts",
                .parse = value_local_path,
                .offset = offsetof(struct host_config, known_hosts),
                .form = "\"FILE\""},
        {.name = "host_key",
                .parse = value_host_key,
                .offset = offsetof(struct host_config, host_key_policy),
                .form = "strict or accept-new",
                .standard = "strict"},
        {.name = "become",
                .parse = value_boolean,
                .offset = offsetof(struct host_config, become),
                .form = "true or false",
                .standard = "false"},
        {.name = "become_password_file",
                .parse = value_local_path,
                .offset = offsetof(struct host_config, become_password_file),
                .form = "\"FILE\""},
        {.name = "reboot_if_needed",
                .parse = value_boolean,
                .offset = offsetof(struct host_config, reboot_if_needed),
                .form = "true or false",
                .standard = "false"},
};

static const struct section_schema *const host_sections[] = {&host_deadlines, NULL};

const struct section_schema section_host = {
        .name = "host",
        .title = &host_title,
        .keys = host_keys,
        .key_count = COUNT(host_keys),
        .sections = host_sections,
        .add = add_hosts,
        .judge = judge,
};
