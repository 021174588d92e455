/* Where a machine is: a parsed, checked form of user@host, ssh://user@host:port, qemu+ssh://user@host/system,
 * IPv6 literals and "local". */
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
 * or holds anything but the letters of its kind is refused: it is handed to other programs as an argument. */
int kvm_host_uri_parse(const char *text, struct kvm_host_uri *ret_uri, struct error *error);

/* The shortest form that parses back to the same: "local", "root@h", "ssh://root@[::1]:22022". Owned by the
 * caller. */
char *kvm_host_uri_format(const struct kvm_host_uri *uri);
