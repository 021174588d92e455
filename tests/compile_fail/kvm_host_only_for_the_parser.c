/* What kvm_host_uri_parse takes and KVM_HOST leaves to it, and what no running program can see. */
#include "topology/kvm_host_literal.h"

int main(void)
{
        (void)KVM_HOST("root@[::1]"); /* expect: a character that neither */
        (void)KVM_HOST("ssh://root@[::1]:22"); /* expect: a character that neither */
        (void)KVM_HOST("root@::1"); /* expect: a port needs the form */
        (void)KVM_HOST("root@a1234567890.b1234567890.c1234567890.d1234567890.e1234567890.f1234567890.g1234567890.h1234567890"); /* expect: too long to be checked when compiling */
        (void)KVM_HOST("root@host\0;reboot"); /* expect: there is a NUL in the literal */
        return 0;
}
