/* expect-gcc: has initializer but incomplete type */
/* expect-clang: variable has incomplete type 'struct kvm_host' */
#include "topology/machine.h"

int main(void)
{
        struct linux_host host = {.name = "lab1"};
        struct kvm_host forged = {&host};

        (void)forged;
        return 0;
}
