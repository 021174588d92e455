/* expect-gcc: expected ')' before 'pointer' */
/* expect-clang: expected ')' */
#include "topology/kvm_host_literal.h"

int main(void)
{
        const char *pointer = "root@hypervisor1";

        return (int)KVM_HOST(pointer).port;
}
