/* Whatever calls itself a certificate signing request, as an item of the API server's or as the request inside: a verdict, never a
 * crash and never a leak. Approved is only what names worker1 and nobody else, even if every signature were good. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/record_read.h"
#include "means/csr_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void demand(bool holds)
{
        if (!holds)
                abort();
}

static void judge(struct csr *csr, const struct csr_world *world)
{
        CLEANUP(string_free) char *why = NULL;
        enum csr_verdict verdict;

        csr->proves_possession = true;
        verdict = csr_judge(csr, world, &why);
        demand((verdict == CSR_REPORT) == (why != NULL));
        for (const char *byte = why ? why : ""; *byte; byte++)
                demand(isprint((unsigned char)*byte));
        if (verdict != CSR_APPROVE)
                return;
        demand(string_equal(csr->common_name, "system:node:worker1"));
        demand(csr->organizations.count == 1 && string_equal(csr->organizations.items[0], "system:nodes"));
        demand(csr->oddities.count == 0 && csr->other_names.count == 0 && csr->key != NULL);
        for (array_each(char *, name, &csr->dns_names))
                demand(string_equal(*name, "worker1.lab.test") || string_equal(*name, "worker1"));
}

static void add_node(struct csr_world *world)
{
        CLEANUP(error_done) struct error none = {0};
        static const char text[] = "{\"metadata\":{\"name\":\"worker1\"},\"status\":{\"addresses\":["
                                   "{\"type\":\"Hostname\",\"address\":\"worker1.lab.test\"},"
                                   "{\"type\":\"InternalIP\",\"address\":\"192.168.150.31\"},"
                                   "{\"type\":\"InternalIP\",\"address\":\"fd00:150::31\"}]}}";
        CLEANUP(json_free) struct json *node = NULL;

        demand(json_read(text, strlen(text), &node, &none) == 0);
        demand(csr_read_node(node, world, &none) == 0);
}

static void try_item(const uint8_t *bytes, size_t count, struct csr_world *world)
{
        CLEANUP(csr_done) struct csr csr = {0};
        CLEANUP(error_done) struct error none = {0}, nameless = {0};
        CLEANUP(json_free) struct json *item = NULL;

        if (json_read((const char *)bytes, count, &item, &none) < 0)
                return;
        csr_read(item, &csr);
        judge(&csr, world);
        (void)csr_read_node(item, world, &nameless); /* as a node it is mostly one without a name */
        judge(&csr, world);
}

static void try_request(const uint8_t *bytes, size_t count, const struct csr_world *world)
{
        static const char *const groups[] = {"system:nodes", "system:authenticated"};
        static const char *const usages[] = {"digital signature", "server auth"};
        CLEANUP(csr_done)
        struct csr csr = {
                .name = string_copy("csr-9zq4t"),
                .signer = string_copy(CSR_SIGNER_SERVING),
                .username = string_copy("system:node:worker1"),
        };

        for (size_t i = 0; i < 2; i++) {
                strings_add(&csr.groups, groups[i]);
                strings_add(&csr.usages, usages[i]);
        }
        csr_read_request(bytes, count, &csr);
        judge(&csr, world);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
        CLEANUP(csr_world_done) struct csr_world world = {0};

        strings_add(&world.declared, "worker1");
        add_node(&world);
        if (count > 0 && bytes[0] == '{')
                try_item(bytes, count, &world);
        else
                try_request(bytes, count, &world);
        return 0;
}
