/* packages: what the package manager is to have installed. */
#include "config/section.h"

ADD(packages)

static void judge(const struct subject *subject, void *object)
{
        (void)object;
        for (array_each(struct setting, setting, &subject->section->settings))
                if (!string_equal(setting->name, "hosts"))
                        return;
        subject_problem(subject, "",
                "no package is named: add install = {\"tcpdump\"}, or one of apt, dnf, zypper, pacman = "
                "{...}");
}

#define PACKAGES(word, manager)                                                                           \
        {                                                                                                 \
                .name = word, .rule = &name_of_package, .parse = value_strings,                           \
                .offset = offsetof(struct packages_config, names[manager]), .form = "{\"tcpdump\", ...}", \
                .is_list = true,                                                                          \
        }

static const struct key packages_keys[] = {
        PACKAGES("install", PACKAGES_UNKNOWN),
        PACKAGES("apt", PACKAGES_APT),
        PACKAGES("dnf", PACKAGES_DNF),
        PACKAGES("zypper", PACKAGES_ZYPPER),
        PACKAGES("pacman", PACKAGES_PACMAN),
        HOSTS(struct packages_config),
};
_Static_assert(COUNT(packages_keys) == PACKAGE_MANAGERS + 1, "every package manager has a key, and hosts");

const struct section_schema section_packages = {
        .name = "packages",
        .keys = packages_keys,
        .key_count = COUNT(packages_keys),
        .add = add_packages,
        .judge = judge,
};
