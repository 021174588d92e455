/* Certificate signing requests of kubelets: what one says, and whether it is ours to approve. Pure.
 *
 * A machine that joins a cluster asks twice: as the node-bootstrapper for the certificate that it logs in with, and then as the node
 * that it has become for the one that it serves with. Where no controller knows the machines, somebody has to tell whether a
 * request is one of theirs. The API server takes requests with any subject, usages and names in them, and what is signed can't be
 * taken back. So approved is only what is, in every field, as the kubelet of a declared node writes it; all else that is asked of
 * these two signers is for a person to look at, however harmless it seems. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "topology/ip.h"

#define CSR_SIGNER_CLIENT  "kubernetes.io/kube-apiserver-client-kubelet"
#define CSR_SIGNER_SERVING "kubernetes.io/kubelet-serving"

/* Strings are as they came, and NULL where there are none. Whoever fills this in names in oddities what these fields can't hold: a value that
 * wasn't read, cut or joined must not look like one that is sound. */
struct csr {
        char *name;
        char *version; /* of the object: who decides names the one that was judged */
        char *signer;
        char *username; /* who asks, as the API server knows it */
        struct strings groups;
        struct strings usages;
        int64_t expiration_s; /* 0: none is given */
        bool is_approved, is_denied, is_failed, is_issued;

        /* of the request inside */
        char *common_name;
        struct strings organizations;
        struct strings dns_names;
        ARRAY(struct ip_address) addresses;
        struct strings other_names; /* other kinds of subject alternative names: "email:root@lab.test" */
        char *key;                  /* "RSA of 2048 bits" */
        bool proves_possession;     /* it is signed with the key that it asks a certificate for */
        struct strings oddities;    /* clauses: what couldn't be read, and what no kubelet asks for */
};

/* One that is there. */
struct csr_node {
        char *name;
        struct strings dns_names;           /* Hostname, InternalDNS, ExternalDNS */
        ARRAY(struct ip_address) addresses; /* InternalIP, ExternalIP, and a Hostname that is an address */
};

struct csr_world {
        struct strings declared;      /* names of nodes, as they are to be called in the cluster */
        ARRAY(struct csr_node) nodes; /* all of them: one that is left out counts as not there yet */
};

enum csr_verdict {
        CSR_DECIDED, /* nothing to do */
        CSR_FOREIGN, /* for another signer: not our business */
        CSR_APPROVE,
        CSR_REPORT, /* not ours to approve: a person should look */
};

/* Approved, denied, failed or issued. */
bool csr_is_decided(const struct csr *csr);

/* It is undecided and for one of the two signers. Of any other, what is inside doesn't matter and needn't be read. */
bool csr_is_ours(const struct csr *csr);

/* *ret_why, owned by the caller, is NULL but for CSR_REPORT: which field has which value, and what it would have to be. It is one
 * line of printable ASCII. */
enum csr_verdict csr_judge(const struct csr *csr, const struct csr_world *world, char **ret_why);

/* Adds a clause to the oddities. Strings of others in it are to be csr_shown. */
void csr_add_oddity(struct csr *csr, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The bytes in quotes, and cut when they are many. What isn't printable ASCII is shown by its number, because letters that look
 * like others are what a forger would use. Owned by the caller. */
char *csr_shown(const char *bytes, size_t count);

void csr_done(struct csr *csr);
void csr_world_done(struct csr_world *world);
