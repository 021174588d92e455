/* Machines by what they were promoted to. The type is the proof: a function that needs a KVM host takes a
 * struct kvm_host *, and the only way to get one is the promotion of a struct linux_host *. */
#pragma once

#include "base/error.h"
#include "topology/capabilities.h"

struct link;

/* A machine that answers. The link is borrowed. */
struct linux_host {
        const char *name;
        struct link *link;
        capabilities can;
};

struct kvm_host;

/* ERROR_BLOCKED in words when the machine can't yet CAN_RUN_GUESTS. The host is borrowed and must outlive
 * what is returned; free with kvm_host_free. */
int kvm_host_promote(struct linux_host *host, struct kvm_host **ret_kvm_host, struct error *error);

const char *kvm_host_name(const struct kvm_host *host);
struct link *kvm_host_link(const struct kvm_host *host);
void kvm_host_free(struct kvm_host *host);
