/* What the API server tells of certificate signing requests and nodes, as structs. */
#pragma once

#include "plan/csr.h"

struct json; /* base/record_read.h */

/* Reads an item of a CertificateSigningRequestList (certificates.k8s.io/v1) into an empty struct. Never fails: what it can't read, or
 * what no kubelet asks for, stands in the oddities. The request inside is read only where that matters (csr_is_ours). */
void csr_read(const struct json *item, struct csr *ret_csr);

/* Adds what an item of a NodeList says. Addresses that can't be read are left out, so that nothing is approved by them. ERROR_FAILED
 * for a node without a name that can be read: as long as there is one, nobody can tell which nodes are there, and nothing may be
 * judged by this world. */
int csr_read_node(const struct json *item, struct csr_world *world, struct error *error);

/* ---- its part, for the fuzzer ---- */

/* Adds what a certification request (PKCS #10, in DER) says. */
void csr_read_request(const unsigned char *der, size_t count, struct csr *csr);
