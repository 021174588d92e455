/* What the parts of the means have in common: the step they were handed, and what they need for it. One
 * function a kind of step; means.c has the table. */
#pragma once

#include "means/means.h"

struct libvirt;
struct clusters;
struct opnsenses;
struct bmcs;

struct work {
        struct link *link;
        struct libvirt *libvirt;
        struct clusters *clusters;
        struct opnsenses *opnsenses;
        struct bmcs *bmcs;
        const struct step *step;
        struct deadline deadline;
        int grace_s;                           /* what moves when the deadline comes may go on for so long */
        const struct means_progress *progress; /* or NULL; else its line is there */
};

bool machine_is_going_down(struct link *link);
int reboot(const struct work *work, struct error *error);
int take_up(const struct work *work, struct error *error);
int packages_repair(const struct work *work, struct error *error);
int packages_install(const struct work *work, struct error *error);
int unit_change(const struct work *work, struct error *error);
int packages_remove(const struct work *work, struct error *error);
int sysctl_forget(const struct work *work, struct error *error);
int group_leave(const struct work *work, struct error *error);
int group_delete(const struct work *work, struct error *error);
int notes_forget(const struct work *work, struct error *error);
int file_remove(const struct work *work, struct error *error);
int sysctl_set(const struct work *work, struct error *error);
int group_create(const struct work *work, struct error *error);
int group_add_member(const struct work *work, struct error *error);
int image_fetch(const struct work *work, struct error *error);
int volume_create(const struct work *work, struct error *error);
int volume_grow(const struct work *work, struct error *error);
int file_change_to(const struct work *work, struct error *error);
int seed_write(const struct work *work, struct error *error);
int seed_forget_key(const struct work *work, struct error *error);
int ignition_write(const struct work *work, struct error *error);
int ignition_serve(const struct work *work, struct error *error);
int firewall_load(const struct work *work, struct error *error);
int firewall_remove(const struct work *work, struct error *error);
int firewalld_open(const struct work *work, struct error *error);
int firewalld_close(const struct work *work, struct error *error);
int installer_make(const struct work *work, struct error *error);
int installer_set_aside(const struct work *work, struct error *error);
int cluster_wait(const struct work *work, struct error *error);
int cluster_deliver(const struct work *work, struct error *error);
int cluster_drain(const struct work *work, struct error *error);
int note_write(const struct work *work, struct error *error);
int opnsense_install_plugin(const struct work *work, struct error *error);
int opnsense_mirror_mappings(const struct work *work, struct error *error);
int bmc_wait(const struct work *work, struct error *error);
int bmc_insert(const struct work *work, struct error *error);
int bmc_eject(const struct work *work, struct error *error);
int bmc_boot(const struct work *work, struct error *error);
int bmc_power(const struct work *work, struct error *error);
int ready_wait(const struct work *work, struct error *error);
