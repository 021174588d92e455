#include "score_world.h"

static void a_group_is_wished(struct world *world)
{
        struct group_config *group = array_add(&world->config.groups);

        group->name = string_copy("libvirt");
        strings_add(&group->members, "ann");
        strings_add(&group->members, "ci");
}

static void a_new_group_is_wished(struct world *world)
{
        struct group_config *group = array_add(&world->config.groups);

        group->name = string_copy("lab");
        strings_add(&group->members, "ann");
}

static void an_empty_group_is_wished(struct world *world)
{
        array_add(&world->config.groups)->name = string_copy("a'b\"$(c)&<>");
}

static void the_users_exist(struct world *world)
{
        user_answer(world, "ann")->exists = true;
        user_answer(world, "ci")->exists = true;
}

static void only_ann_exists(struct world *world)
{
        user_answer(world, "ann")->exists = true;
        user_answer(world, "ci")->exists = false;
}

static void others_are_members(struct world *world)
{
        strings_add(&group_answer(world, "libvirt")->members, "bob");
        strings_add(&group_answer(world, "libvirt")->members, "ann");
}

static void ci_is_a_member(struct world *world)
{
        strings_add(&group_answer(world, "libvirt")->members, "ci");
}

static const struct row rows[] = {
        {"nothing is wished", {a_kvm_host}, ""},
        {"all are members, and others too",
                {a_kvm_host, a_group_is_wished, the_users_exist, others_are_members, ci_is_a_member}, ""},
        {"a member is missing, or the run was cut off between two",
                {a_kvm_host, a_group_is_wished, the_users_exist, others_are_members},
                "add user ci to group libvirt\n"},
        {"a group that doesn't exist", {a_kvm_host, a_new_group_is_wished, the_users_exist},
                "create group lab\n"
                "add user ann to group lab\n"},
        {"a group without members", {a_kvm_host, an_empty_group_is_wished}, "create group a'b\"$(c)&<>\n"},
        {"a member who doesn't exist", {a_kvm_host, a_group_is_wished, only_ann_exists, others_are_members},
                "! user ci is to be in group libvirt but doesn't exist: create the user first, or check the "
                "name\n"},
        {"a member who doesn't exist any more but is one",
                {a_kvm_host, a_group_is_wished, only_ann_exists, others_are_members, ci_is_a_member}, ""},
        {"a fresh host, where the packages bring the group",
                {a_fresh_host, a_group_is_wished, the_users_exist},
                "? create group libvirt\n"
                "? add user ann to group libvirt\n"
                "? add user ci to group libvirt\n"},
        {"a fresh host, where the packages may bring a user",
                {a_fresh_host, a_group_is_wished, only_ann_exists, others_are_members},
                "? create group libvirt\n"
                "? add user ci to group libvirt\n"},
};

int main(void)
{
        return RUN_ROWS(&score_group, NULL, rows);
}
