/* The rules of one guest: what it boots from, what goes together, what its parts need of each other. */
#include <sys/socket.h>

#include "config/section.h"
#include "topology/http_url.h"

#define MOST_DEVICES 24 /* of a kind */

/* ---- disks and nics ---- */

void disk_judge(const struct subject *subject, void *object)
{
        struct disk_config *disk = object;
        bool has_image = subject_has(subject, "image");

        if (disk->name)
                subject_claim(subject, "title", "the name %s", disk->name);
        if (!has_image && subject_has(subject, "copy"))
                subject_problem(subject, "copy", "copy is for a disk with an image: add image = \"NAME\"");
        if (!has_image && !subject_has(subject, "size"))
                subject_problem(
                        subject, "size", "an empty disk needs its size: add size = \"20GiB\", or an image");
        if (has_image && disk->origin == DISK_EMPTY)
                disk->origin = DISK_BACKED;
        if (disk->origin == DISK_BACKED && disk->is_raw)
                subject_problem(subject, "format",
                        "format = raw can't hold only what differs from the image: add copy = true, or leave "
                        "format out");
}

void nic_judge(const struct subject *subject, void *object)
{
        const struct nic_config *nic = object;

        if (nic->name)
                subject_claim(subject, "title", "the name %s", nic->name);
        if (nic->address.family == AF_INET6)
                subject_problem(subject, "address",
                        "address: fixed leases by MAC are for IPv4: write one, or leave it out");
}

/* ---- cloud_init ---- */

/* What cloud-init itself goes by. */
static bool is_user_data(const char *text)
{
        static const char *const beginnings[] = {"#", "Content-Type:", "MIME-Version:"};

        for (size_t i = 0; i < COUNT(beginnings); i++)
                if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0)
                        return true;
        return false;
}

static void judge_twice(const struct subject *subject, const char *key, const char *from)
{
        if (subject_has(subject, key) && subject_has(subject, from))
                subject_problem(subject, from, "%s and %s say the same thing twice: remove one", key, from);
}

void cloud_init_judge(const struct subject *subject, void *object)
{
        struct cloud_init_config *cloud_init = object;
        bool has_user_data = subject_has(subject, "user_data") || subject_has(subject, "user_data_from");

        judge_twice(subject, "user_data", "user_data_from");
        judge_twice(subject, "network_config", "network_config_from");
        if (cloud_init->user_data && !is_user_data(cloud_init->user_data))
                subject_problem(subject, subject_has(subject, "user_data") ? "user_data" : "user_data_from",
                        "user data begins with #cloud-config, #! or a MIME header, or cloud-init ignores it");
        if (!has_user_data && !subject_has(subject, "user"))
                subject_problem(subject, "user",
                        "nobody could log in: add user = \"NAME\", whom the ssh_keys log in as, or "
                        "user_data");
        if (!has_user_data && cloud_init->ssh_keys.count == 0 && !subject_has(subject, "ssh_keys") &&
                !subject_has(subject, "ssh_keys_from"))
                subject_problem(subject, "ssh_keys",
                        "nobody could log in: add ssh_keys_from = \"~/.ssh/id_ed25519.pub\", or user_data");
        if (!cloud_init->user)
                cloud_init->user = string_copy("");
}

/* ---- ready ---- */

/* As it will be asked: what begins with neither is put behind the guest's address. */
static bool is_http(const char *text)
{
        bool is_whole = strncmp(text, "http://", 7) == 0;
        CLEANUP(string_free) char *url = string_format("%s%s", is_whole ? "" : "http://192.0.2.1", text);
        CLEANUP(http_url_done) struct http_url parts = {0};
        CLEANUP(error_done) struct error error = {0};

        return (is_whole || text[0] == '/' || text[0] == ':') && http_url_parse(url, &parts, &error) == 0;
}

void ready_judge(const struct subject *subject, void *object)
{
        static const char *const waits[] = {"ssh", "tcp", "http", "console"};
        struct ready_config *ready = object;

        ready->wanted[READY_SSH] = ready->ssh_user != NULL;
        ready->wanted[READY_TCP] = ready->tcp_port != 0;
        ready->wanted[READY_HTTP] = ready->http != NULL;
        ready->wanted[READY_CONSOLE] = ready->console != NULL;
        if (ready->http && !is_http(ready->http))
                subject_problem(subject, "http",
                        "http: \"%.80s\" is none of \"http://ADDRESS:PORT/PATH\", \":PORT/PATH\", \"/PATH\"",
                        ready->http);
        if (ready->console && !*ready->console)
                subject_problem(subject, "console", "console: every log has an empty text in it: write one");
        for (size_t i = 0; i < COUNT(waits); i++)
                if (ready->wanted[READY_ADDRESS] || subject_has(subject, waits[i]))
                        return;
        subject_problem(subject, "", "it needs something to wait for: address, ssh, tcp, http or console");
}

/* ---- the whole ---- */

static void judge_most(const struct subject *subject, struct guest_config *guest)
{
        if (!subject_has(subject, "memory_max"))
                guest->memory_max_kib = guest->memory_kib;
        else if (subject_knows(subject, "memory_max") && guest->memory_max_kib < guest->memory_kib)
                subject_problem(subject, "memory_max",
                        "memory_max is less than memory: it is what the guest can be given while it runs");
        if (!subject_has(subject, "vcpus_max"))
                guest->vcpus_max = guest->vcpus;
        else if (subject_knows(subject, "vcpus_max") && guest->vcpus_max < guest->vcpus)
                subject_problem(subject, "vcpus_max",
                        "vcpus_max is less than vcpus: it is what the guest can be given while it runs");
}

static void judge_kernel(const struct subject *subject)
{
        static const char *const needs_kernel[] = {"initrd", "command_line"};

        for (size_t i = 0; i < COUNT(needs_kernel); i++)
                if (subject_has(subject, needs_kernel[i]) && !subject_has(subject, "kernel"))
                        subject_problem(subject, needs_kernel[i],
                                "%s needs a kernel: add kernel = \"/srv/vmlinuz\"", needs_kernel[i]);
        if (subject_has(subject, "boot") && subject_has(subject, "kernel"))
                subject_problem(subject, "boot",
                        "the kernel is booted in any case, before whatever boot says: remove one of them");
}

/* What isn't said: the disk, and while nothing is on it whatever else there is. */
static void judge_boot(const struct subject *subject, struct guest_config *guest)
{
        static const enum guest_boot usual[] = {BOOT_DISK, BOOT_CDROM, BOOT_NETWORK};
        static const char *const sources[BOOT_DEVICES] = {
                [BOOT_DISK] = "disk", [BOOT_NETWORK] = "nic", [BOOT_CDROM] = "iso"};

        guest->says_boot = subject_has(subject, "boot") || subject_has(subject, "kernel");
        if (!subject_has(subject, "boot")) {
                memcpy(guest->boot, usual, sizeof(usual));
                guest->boot_count = COUNT(usual);
        } else {
                for (size_t i = 0; i < guest->boot_count; i++)
                        if (!subject_has(subject, sources[guest->boot[i]]))
                                subject_problem(subject, "boot", "boot: there is no %s to boot from",
                                        sources[guest->boot[i]]);
        }
        for (size_t i = 0; i < BOOT_DEVICES; i++)
                if (subject_has(subject, sources[i]))
                        return;
        if (!subject_has(subject, "kernel"))
                subject_problem(
                        subject, "", "it has nothing to boot from: add a disk, an iso, a kernel or a nic");
}

static void judge_ignition(const struct subject *subject)
{
        if (subject_has(subject, "ignition") && subject_has(subject, "cloud_init"))
                subject_problem(subject, "ignition",
                        "a guest is set up by ignition or by cloud_init, not by both: remove one of them");
}

static void judge_running(const struct subject *subject, struct guest_config *guest)
{
        if (guest->is_running || !subject_knows(subject, "running"))
                return;
        if (!subject_has(subject, "autostart"))
                guest->autostart = false;
        else if (guest->autostart)
                subject_problem(subject, "autostart",
                        "autostart starts the guest with its machine, and running = false wants it off: "
                        "remove one of them");
        if (subject_has(subject, "ready"))
                subject_problem(subject, "ready", "ready is for a guest that runs: remove it, or running");
}

static void judge_ready(const struct subject *subject, const struct guest_config *guest)
{
        const struct ready_config *ready = &guest->ready;
        bool needs_address = ready->wanted[READY_ADDRESS] || ready->wanted[READY_SSH] ||
                             ready->wanted[READY_TCP] ||
                             (ready->http && strncmp(ready->http, "http://", 7) != 0);

        if (needs_address && !subject_has(subject, "nic"))
                subject_problem(subject, "ready",
                        "ready waits for something at the guest's address, and it has no nic: add one");
        if (ready->wanted[READY_SSH] && !subject_has(subject, "cloud_init"))
                subject_problem(subject, "ready",
                        "ready: ssh needs cloud_init, by which the guest gets a host key that is known: add "
                        "it, or wait for tcp = 22");
        if (ready->wanted[READY_CONSOLE] && !guest->console_log)
                subject_problem(subject, "ready",
                        "ready: console needs the console's log: remove console_log = false");
}

/* Their names in libvirt have one letter; a machine has so many slots. */
static void judge_devices(const struct subject *subject, const struct guest_config *guest)
{
        if (guest->disks.count > MOST_DEVICES)
                subject_problem(subject, "disk", "%zu disks are too many: a guest has at most %d",
                        guest->disks.count, MOST_DEVICES);
        if (guest->nics.count > MOST_DEVICES)
                subject_problem(subject, "nic", "%zu nics are too many: a guest has at most %d",
                        guest->nics.count, MOST_DEVICES);
}

void guest_judge(const struct subject *subject, void *object)
{
        struct guest_config *guest = object;

        judge_most(subject, guest);
        judge_devices(subject, guest);
        judge_kernel(subject);
        judge_boot(subject, guest);
        judge_ignition(subject);
        judge_running(subject, guest);
        judge_ready(subject, guest);
}
