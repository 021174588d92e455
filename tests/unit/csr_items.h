/* Items as the API server lists them, around a request; and what becomes of one in a small world. */
#pragma once

#include <jansson.h>

#include "base/base64.h"
#include "base/record_read.h"
#include "base/text.h"
#include "means/csr_read.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE REQUEST-----\n"
#define PEM_END   "-----END CERTIFICATE REQUEST-----\n"

/* Of a node's first request, and of its second. */
static const char client_item[] =
        "{\"metadata\":{\"name\":\"csr-8xk2p\"},\"spec\":{\"signerName\":\"" CSR_SIGNER_CLIENT "\","
        "\"username\":\"system:serviceaccount:openshift-machine-config-operator:node-bootstrapper\","
        "\"groups\":[\"system:serviceaccounts\",\"system:serviceaccounts:openshift-machine-config-operator\","
        "\"system:authenticated\"],\"usages\":[\"digital signature\",\"client auth\"]},\"status\":{}}";
static const char serving_item[] =
        "{\"metadata\":{\"name\":\"csr-9zq4t\"},\"spec\":{\"signerName\":\"" CSR_SIGNER_SERVING "\","
        "\"username\":\"system:node:worker1\",\"groups\":[\"system:nodes\",\"system:authenticated\"],"
        "\"usages\":[\"digital signature\",\"server auth\"]},\"status\":{}}";
static const char worker1_item[] = "{\"metadata\":{\"name\":\"worker1\"},\"status\":{\"addresses\":["
                                   "{\"type\":\"InternalIP\",\"address\":\"192.168.150.31\"},"
                                   "{\"type\":\"InternalIP\",\"address\":\"fd00:150::31\"},"
                                   "{\"type\":\"Hostname\",\"address\":\"worker1.lab.test\"}]}}";

/* What tests have built, as the program reads it. */
static inline struct json *read_again(const json_t *item)
{
        char *text = json_dumps(item, JSON_ENCODE_ANY);
        struct json *read = NULL;
        struct error none = {0};

        if (text && json_read(text, strlen(text), &read, &none) < 0)
                abort();
        free(text);
        return read;
}

static inline void read_item(const json_t *item, struct csr *csr)
{
        CLEANUP(json_free) struct json *read = read_again(item);

        csr_read(read, csr);
}

static inline int read_node_item(const json_t *item, struct csr_world *world, struct error *error)
{
        CLEANUP(json_free) struct json *read = read_again(item);

        return csr_read_node(read, world, error);
}

static inline char *pem_of(const unsigned char *der, size_t count)
{
        CLEANUP(string_free) char *base64 = base64_encode(der, count);

        return string_format(PEM_BEGIN "%s\n" PEM_END, base64);
}

/* The item with the text, whatever it is, as its request. */
static inline json_t *item_around(const char *item, const char *pem)
{
        json_t *root = json_loads(item, 0, NULL);
        CLEANUP(string_free) char *base64 = base64_encode(pem, strlen(pem));

        json_object_set_new(json_object_get(root, "spec"), "request", json_string(base64));
        return root;
}

/* Where worker1 is declared, and is there if it is to be. */
static inline enum csr_verdict judge_item(const json_t *item, bool is_there, char **ret_why)
{
        CLEANUP(csr_done) struct csr csr = {0};
        CLEANUP(csr_world_done) struct csr_world world = {0};
        CLEANUP(error_done) struct error none = {0};
        json_t *node = json_loads(worker1_item, 0, NULL);

        strings_add(&world.declared, "worker1");
        if (is_there && read_node_item(node, &world, &none) < 0)
                abort();
        json_decref(node);
        read_item(item, &csr);
        return csr_judge(&csr, &world, ret_why);
}

static inline enum csr_verdict judge_pem(const char *item, const char *pem, char **ret_why)
{
        json_t *root = item_around(item, pem);
        enum csr_verdict verdict = judge_item(root, item == serving_item, ret_why);

        json_decref(root);
        return verdict;
}
