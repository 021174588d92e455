/* Which certificate signing requests are approved: a good one of each kind, and one thing changed in it at a time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/text.h"
#include "plan/csr.h"

#define BOOTSTRAPPER "system:serviceaccount:openshift-machine-config-operator:node-bootstrapper"
#define NAMESPACE    "system:serviceaccounts:openshift-machine-config-operator"

/* ---- good ones ---- */

static struct ip_address ip(const char *text)
{
        CLEANUP(error_done) struct error error = {0};
        struct ip_address address;

        if (ip_address_parse(text, &address, &error) < 0)
                fail_msg("%s", error_text(&error));
        return address;
}

static void add_all(struct strings *strings, const char *const *words)
{
        for (; *words; words++)
                strings_add(strings, *words);
}

#define ADD(strings, ...) add_all(strings, (const char *const[]) {__VA_ARGS__, NULL})

static void good(struct csr *csr)
{
        csr->name = string_copy("csr-8xk2p");
        csr->common_name = string_copy("system:node:worker1");
        ADD(&csr->organizations, "system:nodes");
        csr->key = string_copy("EC P-256 of 256 bits");
        csr->proves_possession = true;
}

static void good_client(struct csr *csr)
{
        good(csr);
        csr->signer = string_copy("kubernetes.io/kube-apiserver-client-kubelet");
        csr->username = string_copy(BOOTSTRAPPER);
        ADD(&csr->groups, "system:serviceaccounts", NAMESPACE, "system:authenticated");
        ADD(&csr->usages, "digital signature", "client auth");
}

static void good_serving(struct csr *csr)
{
        good(csr);
        csr->signer = string_copy("kubernetes.io/kubelet-serving");
        csr->username = string_copy("system:node:worker1");
        ADD(&csr->groups, "system:nodes", "system:authenticated");
        ADD(&csr->usages, "digital signature", "server auth");
        ADD(&csr->dns_names, "worker1.lab.test");
        *array_add(&csr->addresses) = ip("192.168.150.31");
        *array_add(&csr->addresses) = ip("fd00:150::31");
}

static void add_node(struct csr_world *world, const char *name, const char *dns_name, const char *address)
{
        struct csr_node *node = array_add(&world->nodes);

        node->name = string_copy(name);
        strings_add(&node->dns_names, dns_name);
        *array_add(&node->addresses) = ip(address);
}

/* worker1 comes with the serving request only: the client's is from before. */
static void good_world(struct csr_world *world, bool has_worker1)
{
        ADD(&world->declared, "control1", "worker1", "worker2");
        add_node(world, "control1", "control1.lab.test", "192.168.150.21");
        add_node(world, "stranger", "stranger.lab.test", "192.168.150.99");
        if (!has_worker1)
                return;
        add_node(world, "worker1", "worker1.lab.test", "192.168.150.31");
        *array_add(&world->nodes.items[2].addresses) = ip("fd00:150::31");
}

/* ---- one thing changed ---- */

struct situation {
        struct csr csr;
        struct csr_world world;
};

typedef void change(struct situation *situation, const char *value);

static void take_away(struct strings *strings, const char *value)
{
        struct strings kept = {0};

        for (array_each(char *, item, strings))
                if (!string_equal(*item, value))
                        strings_add(&kept, *item);
        strings_done(strings);
        *strings = kept;
}

/* A change of one string, and a change of a list by one more or one less. */
#define STRING(field)                                                   \
        static void set_##field(struct situation *s, const char *value) \
        {                                                               \
                string_free(&s->csr.field);                             \
                s->csr.field = string_copy(value);                      \
        }
#define MORE(field)                                                      \
        static void more_##field(struct situation *s, const char *value) \
        {                                                                \
                strings_add(&s->csr.field, value);                       \
        }
#define LESS(field)                                                      \
        static void less_##field(struct situation *s, const char *value) \
        {                                                                \
                take_away(&s->csr.field, value);                         \
        }
#define FLAG(field)                                                     \
        static void set_##field(struct situation *s, const char *value) \
        {                                                               \
                s->csr.field = value != NULL;                           \
        }

STRING(name)
STRING(signer)
STRING(username)
STRING(common_name)
MORE(groups)
LESS(groups)
MORE(usages)
LESS(usages)
MORE(organizations)
LESS(organizations)
MORE(dns_names)
MORE(other_names)
MORE(oddities)
FLAG(is_approved)
FLAG(is_denied)
FLAG(is_failed)
FLAG(is_issued)
FLAG(proves_possession)

static void nothing(struct situation *s, const char *value)
{
        (void)s;
        (void)value;
}

static void other_organization(struct situation *s, const char *value)
{
        string_replace(&s->csr.organizations.items[0], value);
}

static void other_group(struct situation *s, const char *value)
{
        string_replace(&s->csr.groups.items[0], value);
}

static void other_dns_name(struct situation *s, const char *value)
{
        string_replace(&s->csr.dns_names.items[0], value);
}

static void set_term(struct situation *s, const char *value)
{
        s->csr.expiration_s = atoll(value);
}

static void more_addresses(struct situation *s, const char *value)
{
        *array_add(&s->csr.addresses) = ip(value);
}

static void less_names(struct situation *s, const char *value)
{
        (void)value;
        strings_done(&s->csr.dns_names);
        s->csr.addresses.count = 0;
}

static void less_dns_only(struct situation *s, const char *value)
{
        (void)value;
        strings_done(&s->csr.dns_names);
}

static void less_addresses_only(struct situation *s, const char *value)
{
        (void)value;
        s->csr.addresses.count = 0;
}

static void undeclared(struct situation *s, const char *value)
{
        take_away(&s->world.declared, value);
}

static void declare(struct situation *s, const char *value)
{
        strings_add(&s->world.declared, value);
}

static void node_comes(struct situation *s, const char *value)
{
        add_node(&s->world, value, "x.lab.test", "192.168.150.77");
}

static void node_goes(struct situation *s, const char *value)
{
        for (array_each(struct csr_node, node, &s->world.nodes))
                if (string_equal(node->name, value))
                        string_replace(&node->name, "gone");
}

static struct csr_node *node_of(struct situation *s, const char *name)
{
        for (array_each(struct csr_node, node, &s->world.nodes))
                if (string_equal(node->name, name))
                        return node;
        fail_msg("no node %s", name);
        return NULL;
}

/* The other node says that it has it, and worker1 says so too and asks for it. */
static void claimed_name(struct situation *s, const char *value)
{
        struct csr_node *node = node_of(s, "worker1");

        strings_add(&node->dns_names, value);
        strings_add(&s->csr.dns_names, value);
}

static void claimed_address(struct situation *s, const char *value)
{
        struct csr_node *node = node_of(s, "worker1");

        *array_add(&node->addresses) = ip(value);
        more_addresses(s, value);
}

struct row {
        const char *name;
        change *change;
        const char *value;
        enum csr_verdict verdict;
        const char *why; /* a part of it */
};

static void check(const struct row *row, bool is_serving)
{
        struct situation s = {0};
        CLEANUP(string_free) char *why = NULL;
        enum csr_verdict verdict;

        (is_serving ? good_serving : good_client)(&s.csr);
        good_world(&s.world, is_serving);
        row->change(&s, row->value);
        verdict = csr_judge(&s.csr, &s.world, &why);
        if (verdict != row->verdict)
                fail_msg("%s: %d and not %d (%s)", row->name, verdict, row->verdict, why ? why : "no reason");
        if ((verdict == CSR_REPORT) != (why != NULL) || (why && !strstr(why, row->why)))
                fail_msg("%s: \"%s\" isn't in: %s", row->name, row->why, why);
        for (const char *byte = why ? why : ""; *byte; byte++)
                if (*byte < ' ' || *byte > '~')
                        fail_msg("%s: the reason has byte %d in it", row->name, *byte);
        csr_done(&s.csr);
        csr_world_done(&s.world);
        csr_done(&s.csr);
        csr_world_done(&s.world);
}

#define CHECK_ALL(rows, is_serving)                                   \
        for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++) \
        check(&(rows)[i], is_serving)

/* What holds for both. */
static const struct row both[] = {
        {"as it should be", nothing, NULL, CSR_APPROVE, NULL},
        {"key encipherment, too", more_usages, "key encipherment", CSR_APPROVE, NULL},
        {"a day", set_term, "86400", CSR_APPROVE, NULL},
        {"a year", set_term, "31622400", CSR_APPROVE, NULL},
        {"longer than a year", set_term, "31622401", CSR_REPORT, "spec.expirationSeconds is 31622401"},
        {"less than no time", set_term, "-1", CSR_REPORT, "spec.expirationSeconds is -1"},
        {"approved", set_is_approved, "", CSR_DECIDED, NULL},
        {"denied", set_is_denied, "", CSR_DECIDED, NULL},
        {"failed", set_is_failed, "", CSR_DECIDED, NULL},
        {"issued", set_is_issued, "", CSR_DECIDED, NULL},
        {"for users", set_signer, "kubernetes.io/kube-apiserver-client", CSR_FOREIGN, NULL},
        {"for somebody's", set_signer, "example.com/kubelet-serving", CSR_FOREIGN, NULL},
        {"for the old one", set_signer, "kubernetes.io/legacy-unknown", CSR_FOREIGN, NULL},
        {"for one written otherwise", set_signer, "Kubernetes.io/Kubelet-Serving", CSR_FOREIGN, NULL},
        {"for nobody", set_signer, NULL, CSR_REPORT, "spec.signerName is not given"},
        {"signed with another key", set_proves_possession, NULL, CSR_REPORT, "isn't signed with the key"},
        {"with something odd", more_oddities, "its sky is green", CSR_REPORT, "its sky is green"},

        {"a kubelet's older name", set_name, "node-csr-Ab_9.x", CSR_APPROVE, NULL},
        {"no name", set_name, NULL, CSR_REPORT, "metadata.name is not given"},
        {"an empty name", set_name, "", CSR_REPORT, "metadata.name is \"\""},
        {"a name that ends a URL's path", set_name, "csr-a?dryRun=All", CSR_REPORT, "\"csr-a?dryRun=All\""},
        {"a name that leaves a path", set_name, "..", CSR_REPORT, "metadata.name is \"..\""},
        {"a name of two lines", set_name, "csr-a\nX: y", CSR_REPORT, "\"csr-a\\x0aX: y\""},

        {"no digital signature", less_usages, "digital signature", CSR_REPORT, "lack \"digital signature\""},
        {"a CA's usage", more_usages, "cert sign", CSR_REPORT, "spec.usages have \"cert sign\""},
        {"any usage", more_usages, "any", CSR_REPORT, "spec.usages have \"any\""},
        {"a usage in capitals", more_usages, "Key Encipherment", CSR_REPORT, "have \"Key Encipherment\""},
        {"a usage twice", more_usages, "digital signature", CSR_REPORT, "\"digital signature\" twice"},
        {"an empty usage", more_usages, "", CSR_REPORT, "spec.usages have \"\""},

        {"no common name", set_common_name, NULL, CSR_REPORT, "common name is not given"},
        {"an empty common name", set_common_name, "", CSR_REPORT, "common name is \"\""},
        {"a node without a name", set_common_name, "system:node:", CSR_REPORT,
                "and not \"system:node:NAME\""},
        {"an admin", set_common_name, "system:admin", CSR_REPORT, "common name is \"system:admin\""},
        {"a node's bare name", set_common_name, "worker1", CSR_REPORT, "common name is \"worker1\""},
        {"a prefix in capitals", set_common_name, "System:node:worker1", CSR_REPORT,
                "\"System:node:worker1\""},
        {"a blank before", set_common_name, " system:node:worker1", CSR_REPORT, "\" system:node:worker1\""},
        {"no organization", less_organizations, "system:nodes", CSR_REPORT, "organization is not given"},
        {"masters", other_organization, "system:masters", CSR_REPORT, "organization is \"system:masters\""},
        {"masters, too", more_organizations, "system:masters", CSR_REPORT,
                "organization is \"system:nodes\", \"system:masters\", and not"},
        {"nodes twice", more_organizations, "system:nodes", CSR_REPORT, "\"system:nodes\" alone"},
        {"nodes in capitals", other_organization, "system:Nodes", CSR_REPORT, "\"system:Nodes\""},
        {"nodes and a blank", other_organization, "system:nodes ", CSR_REPORT, "\"system:nodes \""},
        {"undeclared", undeclared, "worker1", CSR_REPORT, "node \"worker1\", which isn't declared"},
};

static void what_holds_for_both(void **state)
{
        (void)state;
        CHECK_ALL(both, false);
        CHECK_ALL(both, true);
}

static void a_node_that_is_to_come_logs_in(void **state)
{
        static const struct row rows[] = {
                {"of the other signer", set_signer, "kubernetes.io/kubelet-serving", CSR_REPORT,
                        "spec.username is"},
                {"the other node", set_common_name, "system:node:worker2", CSR_APPROVE, NULL},
                {"from an admin", set_username, "system:admin", CSR_REPORT,
                        "spec.username is \"system:admin\""},
                {"from itself", set_username, "system:node:worker1", CSR_REPORT,
                        "spec.username is \"system:node:worker1\", and not \"" BOOTSTRAPPER "\""},
                {"from nobody", set_username, NULL, CSR_REPORT, "spec.username is not given"},
                {"from the same elsewhere", set_username, "system:serviceaccount:default:node-bootstrapper",
                        CSR_REPORT, "serviceaccount:default:"},
                {"from a longer name", set_username, BOOTSTRAPPER "2", CSR_REPORT,
                        "bootstrapper2\", and not"},
                {"unauthenticated", less_groups, "system:authenticated", CSR_REPORT, "lack \"system:authent"},
                {"not an account's", less_groups, "system:serviceaccounts", CSR_REPORT, "spec.groups lack"},
                {"from elsewhere", less_groups, NAMESPACE, CSR_REPORT, "spec.groups lack \"" NAMESPACE "\""},
                {"of another group", other_group, "system:masters", CSR_REPORT, "spec.groups lack"},
                {"of masters, too", more_groups, "system:masters", CSR_REPORT,
                        "spec.groups have \"system:masters\", which the node-bootstrapper isn't in"},
                {"no client", less_usages, "client auth", CSR_REPORT, "spec.usages lack \"client auth\""},
                {"a server, too", more_usages, "server auth", CSR_REPORT, "spec.usages have \"server auth\""},
                {"a name", more_dns_names, "worker1", CSR_REPORT, "asks for the name \"worker1\""},
                {"an address", more_addresses, "192.168.150.31", CSR_REPORT, "the address 192.168.150.31"},
                {"an e-mail address", more_other_names, "email:a@b", CSR_REPORT, "the name \"email:a@b\""},
                {"another machine", set_common_name, "system:node:worker3", CSR_REPORT, "isn't declared"},
                {"one that is there", set_common_name, "system:node:control1", CSR_REPORT,
                        "node \"control1\", which is there already"},
                {"it has come", node_comes, "worker1", CSR_REPORT, "\"worker1\", which is there already"},
                {"another has come", node_comes, "worker2", CSR_APPROVE, NULL},
                {"one there, undeclared", set_common_name, "system:node:stranger", CSR_REPORT,
                        "isn't declared"},
                {"capitals", set_common_name, "system:node:Worker1", CSR_REPORT,
                        "node \"Worker1\", which isn't"},
                {"a dot behind", set_common_name, "system:node:worker1.", CSR_REPORT, "\"worker1.\""},
                {"a blank behind", set_common_name, "system:node:worker1 ", CSR_REPORT, "\"worker1 \""},
                {"a newline behind", set_common_name, "system:node:worker1\n", CSR_REPORT,
                        "\"worker1\\x0a\""},
                {"a Cyrillic o", set_common_name, "system:node:w\xd0\xberker1", CSR_REPORT,
                        "\"w\\xd0\\xberker1\""},
                {"what clears a terminal", set_common_name, "system:node:\033[2J", CSR_REPORT,
                        "\"\\x1b[2J\""},
                {"a quote", set_common_name, "a\" is fine, \"", CSR_REPORT, "\"a\\x22 is fine, \\x22\""},
                {"the prefix twice", set_common_name, "system:node:system:node:worker1", CSR_REPORT,
                        "\"system:node:worker1\", which isn't declared"},
        };

        (void)state;
        CHECK_ALL(rows, false);
}

static void a_node_that_is_there_serves(void **state)
{
        static const struct row rows[] = {
                {"of the other signer", set_signer, "kubernetes.io/kube-apiserver-client-kubelet", CSR_REPORT,
                        "spec.username is \"system:node:worker1\", and not \"" BOOTSTRAPPER "\""},
                {"by its own name", other_dns_name, "worker1", CSR_APPROVE, NULL},
                {"by its addresses only", less_dns_only, NULL, CSR_APPROVE, NULL},
                {"by its name only", less_addresses_only, NULL, CSR_APPROVE, NULL},
                {"in more groups", more_groups, "system:lab", CSR_APPROVE, NULL},
                {"by nothing", less_names, NULL, CSR_REPORT, "no name and no address"},
                {"from another node", set_username, "system:node:control1", CSR_REPORT,
                        "spec.username is \"system:node:control1\", and the subject's common name "
                        "\"system:node:worker1\""},
                {"for another node", set_common_name, "system:node:control1", CSR_REPORT,
                        "the subject's common name \"system:node:control1\""},
                {"from an admin", set_username, "system:admin", CSR_REPORT,
                        "spec.username is \"system:admin\""},
                {"from the bootstrapper", set_username, BOOTSTRAPPER, CSR_REPORT,
                        "spec.username is \"" BOOTSTRAPPER},
                {"from nobody", set_username, NULL, CSR_REPORT, "spec.username is not given"},
                {"in capitals", set_username, "system:node:Worker1", CSR_REPORT, "\"system:node:Worker1\""},
                {"not a node", less_groups, "system:nodes", CSR_REPORT, "spec.groups lack \"system:nodes\""},
                {"unauthenticated", less_groups, "system:authenticated", CSR_REPORT, "lack \"system:authent"},
                {"no server", less_usages, "server auth", CSR_REPORT, "spec.usages lack \"server auth\""},
                {"a client, too", more_usages, "client auth", CSR_REPORT, "spec.usages have \"client auth\""},
                {"not there", node_goes, "worker1", CSR_REPORT, "node \"worker1\", which isn't there yet"},
                {"another's name", more_dns_names, "control1.lab.test", CSR_REPORT,
                        "the name \"control1.lab.test\", which the node doesn't have"},
                {"another's address", more_addresses, "192.168.150.21", CSR_REPORT,
                        "the address 192.168.150.21, which the node doesn't have"},
                {"the API's name", more_dns_names, "api.lab.test", CSR_REPORT, "\"api.lab.test\""},
                {"its address as IPv6", more_addresses, "::ffff:192.168.150.31", CSR_REPORT,
                        "::ffff:192.168.150.31"},
                {"loopback", more_addresses, "127.0.0.1", CSR_REPORT, "127.0.0.1"},
                {"its address as a name", more_dns_names, "192.168.150.31", CSR_REPORT, "\"192.168.150.31\""},
                {"its name in capitals", other_dns_name, "Worker1.lab.test", CSR_REPORT,
                        "\"Worker1.lab.test\""},
                {"its name with a dot", other_dns_name, "worker1.lab.test.", CSR_REPORT,
                        "which is no host's"},
                {"an empty name", more_dns_names, "", CSR_REPORT, "the name \"\", which is no host's"},
                {"everybody's name", claimed_name, "*.lab.test", CSR_REPORT,
                        "\"*.lab.test\", which is no host's"},
                {"a look-alike", claimed_name, "w\xd0\xberker1", CSR_REPORT,
                        "\"w\\xd0\\xberker1\", which is no"},
                {"a name it claims", claimed_name, "control1.lab.test", CSR_REPORT,
                        "is another node's as well"},
                {"a node's it claims", claimed_name, "stranger", CSR_REPORT, "is another node's as well"},
                {"one to come it claims", claimed_name, "worker2", CSR_REPORT,
                        "\"worker2\", which is another node's"},
                {"an address it claims", claimed_address, "192.168.150.21", CSR_REPORT,
                        "the address 192.168.150.21, which is another node's as well"},
                {"an e-mail address", more_other_names, "email:a@b", CSR_REPORT, "asks for \"email:a@b\""},
                {"a URI", more_other_names, "URI:spiffe://lab", CSR_REPORT, "asks for \"URI:spiffe://lab\""},
                {"another is declared", declare, "worker9", CSR_APPROVE, NULL},
        };

        (void)state;
        CHECK_ALL(rows, true);
}

static void long_values_are_cut_and_lists_too(void **state)
{
        CLEANUP(csr_done) struct csr csr = {0};
        CLEANUP(csr_world_done) struct csr_world world = {0};
        CLEANUP(string_free) char *long_value = memory_new(10001, 1), *why = NULL, *which = NULL;

        (void)state;
        memset(long_value, 'a', 10000);
        good_client(&csr);
        for (int i = 0; i < 1000; i++)
                strings_add(&csr.organizations, long_value);
        assert_int_equal(csr_judge(&csr, &world, &why), CSR_REPORT);
        assert_true(strlen(why) < 1000);
        assert_non_null(strstr(why, "aaa...\" and 997 more, and not"));

        for (int i = 0; i < 3; i++)
                csr_add_oddity(&csr, "oddity %d", i);
        assert_int_equal(csr_judge(&csr, &world, &which), CSR_REPORT);
        assert_string_equal(which, "oddity 0 (and 2 more)");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_holds_for_both),
                cmocka_unit_test(a_node_that_is_to_come_logs_in),
                cmocka_unit_test(a_node_that_is_there_serves),
                cmocka_unit_test(long_values_are_cut_and_lists_too),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
