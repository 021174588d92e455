/* expect-gcc: incompatible pointer type */
/* expect-clang: incompatible pointer types passing 'struct linux_host *' */
#include "topology/machine.h"

void start_guests(struct kvm_host *host);

int main(void)
{
        struct linux_host host = {.name = "lab1", .can = CAN_RUN_GUESTS};

        start_guests(&host);
        return 0;
}
