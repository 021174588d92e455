/* The package managers as data. */
#include <string.h>

#include "means/manager.h"

/* rpm is asked by what packages provide, not by their names: libvirt's and QEMU's have been split and renamed
 * more than once, and the old names live on as provides. One line for each thing provided, so that whatever
 * name was asked for is found again. */
#define RPM_LIST "rpm -q --qf '[installed %{=VERSION}-%{=RELEASE} %{PROVIDENAME}\\n]' --whatprovides --"

#define RPM_CHANGED "rpm -V --nodeps --noscripts -- $left_over | sed -n 's/^..5[^ ]* *c //p'"

/* What is needed may be a name, a capability, a path, with a version behind it, or an expression of several in parentheses.
 * It is said of the other package with its version. */
#define RPM_NEEDED                                                                          \
        "rpm -e --test -- $left_over 2>&1 |\n"                                              \
        "sed -n 's/^[[:space:]]*\\(.*\\) is needed by (installed) \\(.*\\)$/\\2 \\1/p' |\n" \
        "while read -r other capability; do\n"                                              \
        "case $capability in ('('*) set -- $(echo \"$capability\" | tr '()' '  ');;\n"      \
        "(*) set -- \"${capability% [<=>]*}\";; esac\n"                                     \
        "rpm -q --qf \"%{NAME} ${other%-*-*}\\\\n\" --whatprovides -- \"$@\"; done | grep -x '[^ ]* [^ ]*'"

/* dpkg --purge says it for each that it doesn't remove, and goes on. */
#define DPKG_NEEDED                                                                 \
        "dpkg --no-act --abort-after=99999 --purge -- $left_over 2>&1 | sed -n '\n" \
        "/^dpkg: dependency problems prevent removal of /{s///; s/:$//; h\n}\n"     \
        "/^ [^ ]* [a-z-]*depends on /{s/^ \\([^ ]*\\) .*/\\1/; G; s/\\(.*\\)\\n\\(.*\\)/\\2 \\1/p\n}'"

static const struct manager apt = {
        .program = "apt-get",
        .query = "dpkg-query",
        .families = {"debian", "ubuntu"},
        .list = "dpkg-query -W -f '${db:Status-Status} ${Version} ${Package}:${Architecture}\\n' --",
        .all = "dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' | sed -n 's/^installed //p'",
        .files = "dpkg-query -L --",
        .owner = "dpkg-query -S --",
        .changed = "dpkg-query -W -f '${Conffiles}\\n' -- $left_over | while read -r path sum _; do\n"
                   "[ ! -f \"$path\" ] || [ -L \"$path\" ] || printf '%s  %s\\n' \"$sum\" \"$path\"; done |\n"
                   "md5sum -c --quiet 2>/dev/null | sed -n 's/: FAILED$//p'",
        .needed = DPKG_NEEDED,
        .complaint = "dpkg-query: ",
        .not_found = "no packages found matching",
};

static const struct manager dnf = {
        .program = "dnf",
        .query = "rpm",
        .families = {"fedora", "rhel", "centos"},
        .list = RPM_LIST,
        .all = "rpm -qa --qf '%{NAME}\n'",
        .files = "rpm -ql --",
        .owner = "rpm -qf --",
        .changed = RPM_CHANGED,
        .needed = RPM_NEEDED,
        .complaint = "error: ",
};

static const struct manager zypper = {
        .program = "zypper",
        .query = "rpm",
        .families = {"suse", "opensuse"},
        .list = RPM_LIST,
        .all = "rpm -qa --qf '%{NAME}\n'",
        .files = "rpm -ql --",
        .owner = "rpm -qf --",
        .changed = RPM_CHANGED,
        .needed = RPM_NEEDED,
        .complaint = "error: ",
};

static const struct manager pacman = {
        .program = "pacman",
        .query = "pacman",
        .families = {"arch", "archlinux"},
        .list = "pacman -Q --",
        .all = "pacman -Qq",
        .files = "pacman -Qlq --",
        .owner = "pacman -Qo --",
        .changed = "pacman -Qii -- $left_over | sed -n "
                   "'s/^\\(Backup Files *:\\)*[[:space:]]*MODIFIED[[:space:]]*//p; "
                   "s/^\\(Backup Files *:\\)*[[:space:]]*\\(\\/.*\\) \\[modified\\]$/\\2/p'",
        .needed = "pacman -Rp --noconfirm -- $left_over 2>&1 | sed -n "
                  "\"s/^:: removing \\(.*\\) breaks dependency '.*' required by \\(.*\\)$/\\1 \\2/p\"",
        .complaint = "error: ",
        .not_found = "was not found",
};

static const struct manager *const managers[PACKAGE_MANAGERS] = {
        [PACKAGES_APT] = &apt,
        [PACKAGES_DNF] = &dnf,
        [PACKAGES_ZYPPER] = &zypper,
        [PACKAGES_PACMAN] = &pacman,
};

const struct manager *manager_get(enum package_manager manager)
{
        return managers[manager];
}

static const char read_families[] =
        "has() { command -v \"$1\" >/dev/null 2>&1 && command -v \"$2\" >/dev/null 2>&1; }\n"
        "release=/etc/os-release; [ -e $release ] || release=/usr/lib/os-release\n"
        "ids=' ' manager=unknown\n"
        "[ ! -r $release ] || while IFS='=' read -r key value || [ -n \"$key\" ]; do\n"
        "case $key in ID|ID_LIKE)\n"
        "value=${value#[\\\"\\']}; value=${value%[\\\"\\']}; ids=\"$ids$value \";; esac\n"
        "done <$release\n";

static void add_family(struct text *script, const struct manager *manager, const char *name)
{
        for (const char *const *family = manager->families; *family; family++)
                text_format(script, "%s*' %s '*", family == manager->families ? "" : "|", *family);
        text_format(script, ") ! has %s %s || manager=%s;;\n", manager->program, manager->query, name);
}

void manager_add_detection(struct text *script)
{
        text_add(script, read_families);
        text_add(script, "case $ids in\n");
        for (enum package_manager i = PACKAGES_APT; i < PACKAGE_MANAGERS; i++)
                add_family(script, managers[i], package_manager_name(i));
        text_add(script, "esac\n");
        for (enum package_manager i = PACKAGES_APT; i < PACKAGE_MANAGERS; i++)
                text_format(script, "[ $manager != unknown ] || ! has %s %s || manager=%s\n",
                        managers[i]->program, managers[i]->query, package_manager_name(i));
}

/* pacman prints "NAME VERSION" and only what is installed; the others were told what to print. */
int manager_read_line(
        enum package_manager manager, char *line, const char **ret_name, const char **ret_version)
{
        char *first = strsep(&line, " "), *second = strsep(&line, " "), *third = strsep(&line, " ");

        if (manager == PACKAGES_PACMAN) {
                if (!second || third)
                        return -1;
                *ret_name = first;
                *ret_version = second;
                return true;
        }
        if (!third)
                return -1;
        *ret_name = third;
        *ret_version = second;
        return strcmp(first, "installed") == 0;
}

bool manager_names(enum package_manager manager, const char *asked, const char *listed)
{
        size_t length = strlen(asked);

        if (strncmp(asked, listed, length) != 0)
                return false;
        return listed[length] == '\0' || (manager == PACKAGES_APT && listed[length] == ':');
}
