/* Every row of the table is an error of its own. */
#include "topology/kvm_host_literal.h"

#define REFUSED(literal) (void)KVM_HOST(literal);

int main(void)
{
#include "kvm_host_refused.rows"
        return 0;
}
