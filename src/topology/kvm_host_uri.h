/* Where a machine is: a parsed, checked form of what host.conf says.
 *
 *      local                               the machine this runs on
 *      [USER@]HOST                         as ssh(1) takes it: no port, an IPv6 literal with or without
 * brackets ssh://[USER@]HOST[:PORT]            an IPv6 literal in brackets
 *      qemu+ssh://[USER@]HOST[:PORT]/system  as virsh takes it: only the system's libvirt
 *
 * HOST is a name (DNS or ~/.ssh/config), an IPv4 address or an IPv6 literal, whose scope is "%eth0" in the
 * plain form and "%25eth0" in the others (RFC 6874). What could be read in two ways is refused: HOST:PORT
 * without a scheme, hosts that some resolvers take for numbers ("010.0.0.1", "10.1", "0x7f.1"), ports with
 * leading zeros.
 *
 * For a literal in the source see topology/kvm_host_literal.h. */
#pragma once

#include "base/error.h"

#define KVM_HOST_URI_NAME 256 /* a DNS name has at most 253 letters, a scoped IPv6 literal fewer */
#define KVM_HOST_URI_USER 65

struct kvm_host_uri {
        int is_local;
        char user[KVM_HOST_URI_USER]; /* "": as ~/.ssh/config or the login name say */
        char host[KVM_HOST_URI_NAME]; /* name, IPv4, or IPv6 without brackets; "" for local */
        unsigned port;                /* 0: as ~/.ssh/config says, else 22 */
};

/* ERROR_CONFIG with what is wrong in which part and what would be right. A host or user that starts with '-'
 * or holds anything but the letters of its kind is refused: it is handed to other programs as an argument.
 * What looks like a password isn't repeated in the error. */
int kvm_host_uri_parse(const char *text, struct kvm_host_uri *ret_uri, struct error *error);

/* The shortest form that parses back to the same: "local", "root@h", "ssh://root@[::1]:22022". Owned by the
 * caller. */
char *kvm_host_uri_format(const struct kvm_host_uri *uri);
