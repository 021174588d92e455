/* What virtualization needs, and what the configuration adds, by package manager.
 *
 * The survey goes out before it is known which manager is there, so it asks for the names of all of them; a
 * machine answers only for its own. Each list is the least that makes every Score of phase kvm work:
 *
 * - libvirt with its QEMU, network and storage drivers (libvirt-daemon alone has no virtual networks), virsh
 * for whoever logs in, QEMU for the machine's own processor and qemu-img for volumes;
 * - dnsmasq for the networks' DHCP and DNS, which libvirt's packages only recommend in some distributions;
 * - nftables, which libvirt from 10.4 on writes a network's rules with, and which older ones get through
 *   iptables. pacman's list names it instead of iptables-nft, which would want to replace an installed
 * package.
 *
 * UEFI firmware comes with the first guest that is to have it: the canary does without. */
#include "scores/packages.h"
#include "scores/others.h"
#include "scores/score.h"

enum architecture { X86_64, AARCH64, ARCHITECTURES };

#define NAMES_MAX 8

static const char *const arch_names[ARCHITECTURES] = {[X86_64] = "x86_64", [AARCH64] = "aarch64"};

const char packages_architectures[] = "x86_64 and aarch64";

static const struct {
        const char *names[NAMES_MAX];
        const char *emulator[ARCHITECTURES];
        const char *firmware[ARCHITECTURES];
} families[PACKAGE_MANAGERS] = {
        [PACKAGES_APT] = {{"libvirt-daemon-system", "libvirt-clients", "qemu-utils", "dnsmasq-base",
                                  "nftables"},
                {"qemu-system-x86", "qemu-system-arm"}, {"ovmf", "qemu-efi-aarch64"}},
        [PACKAGES_DNF] = {{"libvirt-daemon-kvm", "libvirt-client", "qemu-img", "dnsmasq", "nftables"},
                {"qemu-kvm", "qemu-kvm"}, {"edk2-ovmf", "edk2-aarch64"}},
        [PACKAGES_ZYPPER] = {{"libvirt-daemon-qemu", "libvirt-client", "qemu-img", "dnsmasq", "nftables"},
                {"qemu-x86", "qemu-arm"}, {"qemu-ovmf-x86_64", "qemu-uefi-aarch64"}},
        [PACKAGES_PACMAN] = {{"libvirt", "qemu-img", "dnsmasq", "nftables"},
                {"qemu-system-x86", "qemu-system-aarch64"}, {"edk2-ovmf", "edk2-aarch64"}},
};

static bool wants_url(const struct wish *wish)
{
        for (array_each(const struct image_config *, image, &wish->images))
                if ((*image)->url)
                        return true;
        return false;
}

static bool wants_pool(const struct wish *wish, enum pool_type type)
{
        for (array_each(const struct pool_config *, pool, &wish->pools))
                if ((*pool)->type == type)
                        return true;
        return false;
}

static bool wants_volume_group(const struct wish *wish)
{
        return wants_pool(wish, POOL_LOGICAL);
}

static bool wants_nfs(const struct wish *wish)
{
        return wants_pool(wish, POOL_NETFS);
}

static bool wants_load_balancer(const struct wish *wish)
{
        return wish->load_balancers.count > 0;
}

static bool wants_boot_server(const struct wish *wish)
{
        return wish->boot_servers.count > 0;
}

/* Debian's libvirt has most of its storage drivers in packages of their own from 10.6 on: Debian 13, Ubuntu 25. One without
 * a version is Debian on its way to the next. Of others it isn't known. */
static bool has_storage_packages(const struct machine_facts *machine)
{
        if (string_equal(machine->os_id, "debian"))
                return !*machine->os_version || strtol(machine->os_version, NULL, 10) >= 13;
        return string_equal(machine->os_id, "ubuntu") && strtol(machine->os_version, NULL, 10) >= 25;
}

/* What only some wishes need. */
static const struct {
        bool (*is_wanted)(const struct wish *wish);
        const char *names[PACKAGE_MANAGERS];
        const char
                *instead[PACKAGE_MANAGERS]; /* what does as well, and is in the way of the other; or NULL */
        bool (*is_there)(const struct machine_facts *machine); /* such a package; NULL: on every machine */
} extras[] = {
        {wants_url,
                {[PACKAGES_APT] = "curl",
                        [PACKAGES_DNF] = "curl",
                        [PACKAGES_ZYPPER] = "curl",
                        [PACKAGES_PACMAN] = "curl"},
                {[PACKAGES_DNF] = "curl-minimal"}, NULL},
        {wants_volume_group,
                {[PACKAGES_APT] = "lvm2",
                        [PACKAGES_DNF] = "lvm2",
                        [PACKAGES_ZYPPER] = "lvm2",
                        [PACKAGES_PACMAN] = "lvm2"},
                {0}, NULL},
        {wants_volume_group, {[PACKAGES_APT] = "libvirt-daemon-driver-storage-logical"}, {0},
                has_storage_packages},
        {wants_nfs,
                {[PACKAGES_APT] = "nfs-common",
                        [PACKAGES_DNF] = "nfs-utils",
                        [PACKAGES_ZYPPER] = "nfs-client",
                        [PACKAGES_PACMAN] = "nfs-utils"},
                {0}, NULL},
        {wants_load_balancer,
                {[PACKAGES_APT] = "haproxy",
                        [PACKAGES_DNF] = "haproxy",
                        [PACKAGES_ZYPPER] = "haproxy",
                        [PACKAGES_PACMAN] = "haproxy"},
                {0}, NULL},
        {wants_boot_server,
                {[PACKAGES_APT] = "nginx",
                        [PACKAGES_DNF] = "nginx",
                        [PACKAGES_ZYPPER] = "nginx",
                        [PACKAGES_PACMAN] = "nginx"},
                {0}, NULL},
};

static bool is_had(size_t extra, const struct machine_facts *machine)
{
        return extras[extra].names[machine->manager] &&
               (!extras[extra].is_there || extras[extra].is_there(machine));
}

static enum architecture find_architecture(const char *arch)
{
        enum architecture found = X86_64;

        while (found < ARCHITECTURES && !string_equal(arch, arch_names[found]))
                found++;
        return found;
}

bool packages_know_architecture(const char *arch)
{
        return find_architecture(arch) < ARCHITECTURES;
}

static void ask_extras(const struct wish *wish, enum package_manager manager, struct survey *survey)
{
        for (size_t i = 0; i < sizeof(extras) / sizeof(extras[0]); i++) {
                if (!extras[i].is_wanted(wish))
                        continue;
                if (extras[i].names[manager])
                        survey_ask_package(survey, manager, extras[i].names[manager]);
                if (extras[i].instead[manager])
                        survey_ask_package(survey, manager, extras[i].instead[manager]);
        }
}

static bool needs_firmware(const struct wish *wish)
{
        for (array_each(const struct guest_config *, guest, &wish->guests))
                if ((*guest)->firmware != FIRMWARE_BIOS)
                        return true;
        return false;
}

void packages_ask(const struct wish *wish, struct survey *survey)
{
        survey_ask(survey, ASK_MACHINE, NULL);
        survey_ask(survey, ASK_LONG_STEPS, NULL);
        for (enum package_manager manager = PACKAGES_APT; manager < PACKAGE_MANAGERS; manager++) {
                for (size_t i = 0; i < NAMES_MAX && families[manager].names[i]; i++)
                        survey_ask_package(survey, manager, families[manager].names[i]);
                for (size_t i = 0; i < ARCHITECTURES; i++) {
                        survey_ask_package(survey, manager, families[manager].emulator[i]);
                        if (needs_firmware(wish))
                                survey_ask_package(survey, manager, families[manager].firmware[i]);
                }
                ask_extras(wish, manager, survey);
        }
        for (array_each(const struct packages_config *, packages, &wish->packages))
                for (enum package_manager manager = PACKAGES_UNKNOWN; manager < PACKAGE_MANAGERS; manager++)
                        for (array_each(char *, name, &(*packages)->names[manager]))
                                survey_ask_package(survey, manager, *name);
}

/* name may be NULL. */
static bool is_installed(const struct answers *answers, const char *name)
{
        const struct package_state *package = name ? answers_package(answers, name) : NULL;

        return package && package->installed;
}

static void add_missing(const struct answers *answers, const char *name, struct strings *names)
{
        if (!is_installed(answers, name) && !strings_has(names, name))
                strings_add(names, name);
}

void packages_missing(const struct wish *wish, const struct answers *answers, struct strings *ret_names)
{
        enum package_manager manager = answers->machine.manager;
        enum architecture arch = find_architecture(answers->machine.arch);

        if (manager == PACKAGES_UNKNOWN)
                return; /* score_machine blocks on it, as on an unknown processor */
        for (size_t i = 0; i < NAMES_MAX && families[manager].names[i]; i++)
                add_missing(answers, families[manager].names[i], ret_names);
        if (arch < ARCHITECTURES)
                add_missing(answers, families[manager].emulator[arch], ret_names);
        for (size_t i = 0; i < sizeof(extras) / sizeof(extras[0]); i++)
                if (extras[i].is_wanted(wish) && is_had(i, &answers->machine) &&
                        !is_installed(answers, extras[i].instead[manager]))
                        add_missing(answers, extras[i].names[manager], ret_names);
        if (arch < ARCHITECTURES && needs_firmware(wish))
                add_missing(answers, families[manager].firmware[arch], ret_names);
        for (array_each(const struct packages_config *, packages, &wish->packages)) {
                for (array_each(char *, name, &(*packages)->names[PACKAGES_UNKNOWN]))
                        add_missing(answers, *name, ret_names);
                for (array_each(char *, name, &(*packages)->names[manager]))
                        add_missing(answers, *name, ret_names);
        }
}

bool packages_are_missing(const struct wish *wish, const struct answers *answers)
{
        CLEANUP(strings_done) struct strings missing = {0};

        packages_missing(wish, answers, &missing);
        return missing.count > 0 || answers->machine.manager == PACKAGES_UNKNOWN;
}

/* Whether there is anything to finish. What a long step of an earlier run has in hand isn't half-installed. */
static bool plan_repair(const struct answers *answers, struct plan *plan)
{
        enum package_manager manager = answers->machine.manager;

        if (!answers->machine.package_db_interrupted || answers->long_steps.count > 0)
                return false;
        plan_add(plan, STEP_PACKAGES_REPAIR, "finish what an interrupted run of %s left half-installed",
                package_manager_name(manager))
                ->packages.manager = manager;
        return true;
}

static void packages_plan(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        CLEANUP(strings_done) struct strings missing = {0};
        CLEANUP(string_free) char *list = NULL;
        enum package_manager manager = answers->machine.manager;
        bool is_at_work = answers->long_steps.count > 0; /* an earlier run's transaction, perhaps */
        struct step *step;

        plan_repair(answers, plan);
        packages_missing(wish, answers, &missing);
        if (missing.count == 0)
                return;
        list = strings_join(&missing, ", ");
        step = plan_add(
                plan, STEP_PACKAGES_INSTALL, "install package%s %s", missing.count > 1 ? "s" : "", list);
        step->packages.manager = manager;
        step->expected = is_at_work;
        strings_copy(&step->packages.names, &missing);
}

void packages_ask_undo(const struct wish *wish, const struct answers *answers, struct survey *survey)
{
        (void)wish;
        survey_ask(survey, ASK_MACHINE, NULL);
        survey_ask(survey, ASK_LONG_STEPS, NULL);
        survey_ask(survey, ASK_ADDED_PACKAGES, NULL);
        others_ask(answers, survey);
        survey_ask(survey, ASK_TEXT, HAPROXY_THEIRS);
}

/* What other packages need stays. While a transaction is under way or cut off, who needs what isn't known: that counts when
 * it is at its end. */
static void find_going(const struct answers *answers, struct strings *ret_names)
{
        bool is_known = answers->long_steps.count == 0 && !answers->machine.package_db_interrupted;

        for (array_each(char *, name, &answers->added_packages))
                if (!is_known || !strings_has(&answers->needed_packages, *name))
                        strings_add(ret_names, *name);
}

static bool brings_libvirt(const struct strings *names)
{
        for (array_each(char *, name, names))
                if (strncmp(*name, "libvirt", 7) == 0 || strncmp(*name, "qemu", 4) == 0)
                        return true;
        return false;
}

/* Services in haproxy's own file. apt takes the file away with its package, as it is; others keep a copy, and some come with
 * services of an example. */
static void find_users_of_haproxy(const struct answers *answers, struct strings *users)
{
        const struct text_state *text = answers_text(answers, HAPROXY_THEIRS);
        CLEANUP(haproxy_done) struct haproxy theirs = {0};

        if (!text || !text->text || answers->machine.manager != PACKAGES_APT)
                return;
        haproxy_read(text->text, &theirs);
        for (array_each(const struct haproxy_service, service, &theirs.services))
                strings_take(users, string_format("service %s of " HAPROXY_THEIRS, service->service.name));
        for (array_each(const struct haproxy_skipped, skipped, &theirs.skipped))
                strings_take(users, string_format("service %s of " HAPROXY_THEIRS, skipped->name));
}

char *packages_users(const struct answers *answers)
{
        CLEANUP(strings_done) struct strings users = {0}, going = {0};

        find_going(answers, &going);
        if (brings_libvirt(&going))
                others_of_libvirt(answers, &users);
        if (strings_has(&going, "haproxy"))
                find_users_of_haproxy(answers, &users);
        return users.count ? others_words(&users, "needs", "need") : NULL;
}

/* How what was changed stays, by the manager. */
static const char *const kept_words[PACKAGE_MANAGERS] = {
        [PACKAGES_APT] = "; its package is removed, but not purged",
        [PACKAGES_DNF] = " as its name with .rpmsave",
        [PACKAGES_ZYPPER] = " as its name with .rpmsave",
        [PACKAGES_PACMAN] = " as its name with .pacsave",
};

static void warn_of_changed_files(const struct answers *answers, struct plan *plan)
{
        const char *words = kept_words[answers->machine.manager];

        for (array_each(char *, path, &answers->changed_files))
                plan_warn(plan, "file %s stays%s: somebody has changed it since it came with us", *path,
                        words ? words : "");
}

/* users: as others_words has them. */
static void warn_of_users(const struct strings *names, const char *users, struct plan *plan)
{
        CLEANUP(string_free) char *list = strings_join(names, ", ");
        bool is_one = names->count == 1;

        plan_warn(plan,
                "the %zu package%s that came with us stay%s: %s %s; remove that and undo again (%s %s)",
                names->count, is_one ? "" : "s", is_one ? "s" : "", users, is_one ? "it" : "them",
                is_one ? "it is" : "they are", list);
}

static void warn_of_packages(const struct answers *answers, struct plan *plan)
{
        CLEANUP(string_free) char *users = others_words(&answers->needing_packages, "needs", "need");

        warn_of_users(&answers->needed_packages, users, plan);
}

static void packages_undo(const struct wish *wish, const struct answers *answers, struct plan *plan)
{
        CLEANUP(strings_done) struct strings going = {0};
        CLEANUP(string_free) char *list = NULL, *users = packages_users(answers);
        bool is_at_work = answers->long_steps.count > 0;
        bool is_interrupted = plan_repair(answers, plan);
        struct step *step;

        (void)wish;
        find_going(answers, &going);
        if (users) {
                warn_of_users(&answers->added_packages, users, plan);
                return;
        }
        if (going.count < answers->added_packages.count)
                warn_of_packages(answers, plan);
        if (going.count == 0)
                return;
        list = strings_join(&going, ", ");
        warn_of_changed_files(answers, plan);
        step = plan_add(plan, STEP_PACKAGES_REMOVE, "remove the %zu package%s that came with us: %s",
                going.count, going.count > 1 ? "s" : "", list);
        step->packages.manager = answers->machine.manager;
        step->expected = is_at_work || is_interrupted;
        strings_copy(&step->packages.names, &going);
}

const struct score score_packages = {
        .name = "packages",
        .summary = "what virtualization needs and the configuration names is installed",
        .ask = packages_ask,
        .plan = packages_plan,
        .ask_undo = packages_ask_undo,
        .undo = packages_undo,
};
