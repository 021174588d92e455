/* The promotion of a Linux host to a KVM host: the one place where a struct kvm_host is made. */
#include <stdlib.h>

#include "base/memory.h"
#include "topology/machine.h"

struct kvm_host {
        struct linux_host *linux_host;
};

int kvm_host_promote(struct linux_host *host, struct kvm_host **ret_kvm_host, struct error *error)
{
        CLEANUP(string_free) char *can = NULL;
        struct kvm_host *kvm_host;

        if (!(host->can & CAN_RUN_GUESTS)) {
                can = capabilities_describe(host->can);
                return error_set(error, ERROR_BLOCKED,
                        "%s is no KVM host, because no guest was seen to run on it; it can: %s", host->name,
                        can);
        }
        kvm_host = memory_new(1, sizeof(*kvm_host));
        kvm_host->linux_host = host;
        *ret_kvm_host = kvm_host;
        return 0;
}

const char *kvm_host_name(const struct kvm_host *host)
{
        return host->linux_host->name;
}

struct link *kvm_host_link(const struct kvm_host *host)
{
        return host->linux_host->link;
}

void kvm_host_free(struct kvm_host *host)
{
        free(host);
}
