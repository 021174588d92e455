/* Which certificate signing requests are approved. */
#include <string.h>

#include "base/text.h"
#include "plan/csr.h"

#define NODE               "system:node:" /* and a node's name: who it is */
#define NODES              "system:nodes"
#define AUTHENTICATED      "system:authenticated"
#define BOOTSTRAPPER       "system:serviceaccount:openshift-machine-config-operator:node-bootstrapper"
#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define MOST_SHOWN         4
#define LONGEST_TERM_S \
        (366LL * 24 * 60 * 60) /* kubelets give none; what signers give of themselves is less */

/* All of them, and no others: what the API server knows a service account by. */
static const char *const bootstrapper_groups[] = {
        "system:serviceaccounts",
        "system:serviceaccounts:openshift-machine-config-operator",
        AUTHENTICATED,
};

/* ---- in words ---- */

static char *shown(const char *string)
{
        return string ? csr_shown(string, strlen(string)) : string_copy("not given");
}

/* "a", "b" and 3 more */
static char *shown_all(const struct strings *strings)
{
        CLEANUP(text_done) struct text all = {0};

        for (size_t i = 0; i < strings->count && i < MOST_SHOWN; i++) {
                CLEANUP(string_free) char *one = shown(strings->items[i]);

                text_format(&all, "%s%s", i > 0 ? ", " : "", one);
        }
        if (strings->count > MOST_SHOWN)
                text_format(&all, " and %zu more", strings->count - MOST_SHOWN);
        return text_take(&all);
}

/* ---- checks: each gives the sentence that says what is wrong, or NULL ---- */

typedef char *csr_check(const struct csr *csr, const struct csr_world *world);

static char *check_read(const struct csr *csr, const struct csr_world *world)
{
        (void)world;
        if (csr->oddities.count == 0)
                return NULL;
        if (csr->oddities.count == 1)
                return string_copy(csr->oddities.items[0]);
        return string_format("%s (and %zu more)", csr->oddities.items[0], csr->oddities.count - 1);
}

/* Kubelets' names are of these. The API server takes more, and a name becomes part of the URL at which it is approved. */
static char *check_named(const struct csr *csr, const struct csr_world *world)
{
        CLEANUP(string_free) char *name = shown(csr->name);

        (void)world;
        if (csr->name && csr->name[0] && csr->name[0] != '.' &&
                !csr->name[strspn(csr->name, LETTERS_AND_DIGITS "-_.")])
                return NULL;
        return string_format(
                "metadata.name is %s, and may have letters, digits and \"-_.\" in it only", name);
}

static char *check_possession(const struct csr *csr, const struct csr_world *world)
{
        (void)world;
        if (csr->proves_possession)
                return NULL;
        return string_copy("spec.request isn't signed with the key that it asks a certificate for");
}

static char *check_term(const struct csr *csr, const struct csr_world *world)
{
        (void)world;
        if (csr->expiration_s >= 0 && csr->expiration_s <= LONGEST_TERM_S)
                return NULL;
        return string_format("spec.expirationSeconds is %lld, and may be %lld at most, which is a year",
                (long long)csr->expiration_s, LONGEST_TERM_S);
}

/* The first two must be there, the third may be; kubelets with RSA keys have it. */
static char *check_usages(const struct csr *csr, const char *purpose)
{
        const char *const usages[] = {"digital signature", purpose, "key encipherment"};
        const size_t required = 2, allowed = sizeof(usages) / sizeof(usages[0]);
        size_t found[sizeof(usages) / sizeof(usages[0])] = {0};

        for (array_each(char *, usage, &csr->usages)) {
                CLEANUP(string_free) char *name = shown(*usage);
                size_t i = 0;

                while (i < allowed && !string_equal(*usage, usages[i]))
                        i++;
                if (i == allowed)
                        return string_format(
                                "spec.usages have %s, and may have \"%s\", \"%s\" and \"%s\" only", name,
                                usages[0], usages[1], usages[2]);
                if (found[i]++ > 0)
                        return string_format("spec.usages have %s twice", name);
        }
        for (size_t i = 0; i < required; i++)
                if (!found[i])
                        return string_format("spec.usages lack \"%s\"", usages[i]);
        return NULL;
}

static char *check_client_usages(const struct csr *csr, const struct csr_world *world)
{
        (void)world;
        return check_usages(csr, "client auth");
}

static char *check_serving_usages(const struct csr *csr, const struct csr_world *world)
{
        (void)world;
        return check_usages(csr, "server auth");
}

/* The node that it says it is for; NULL: none. Lent. */
static const char *node_of(const struct csr *csr)
{
        const size_t length = strlen(NODE);

        if (!csr->common_name || strncmp(csr->common_name, NODE, length) != 0 || !csr->common_name[length])
                return NULL;
        return csr->common_name + length;
}

static char *check_subject(const struct csr *csr, const struct csr_world *world)
{
        CLEANUP(string_free) char *name = shown(csr->common_name);
        CLEANUP(string_free) char *organizations = shown_all(&csr->organizations);

        (void)world;
        if (!node_of(csr))
                return string_format("the subject's common name is %s, and not \"" NODE "NAME\"", name);
        if (csr->organizations.count == 0)
                return string_copy("the subject's organization is not given, and not \"" NODES "\"");
        if (csr->organizations.count > 1 || !string_equal(csr->organizations.items[0], NODES))
                return string_format(
                        "the subject's organization is %s, and not \"" NODES "\" alone", organizations);
        return NULL;
}

static char *check_declared(const struct csr *csr, const struct csr_world *world)
{
        CLEANUP(string_free) char *node = shown(node_of(csr));

        if (strings_has(&world->declared, node_of(csr)))
                return NULL;
        return string_format("the subject's common name is that of a node %s, which isn't declared", node);
}

static const struct csr_node *find_node(const struct csr_world *world, const char *name)
{
        for (array_each(const struct csr_node, node, &world->nodes))
                if (string_equal(node->name, name))
                        return node;
        return NULL;
}

/* Whether the list, up to its end, has the string. */
static bool is_one_of(const char *string, const char *const *list, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (string_equal(string, list[i]))
                        return true;
        return false;
}

/* ---- the first one: from the bootstrapper ---- */

static char *check_bootstrapper(const struct csr *csr, const struct csr_world *world)
{
        const size_t count = sizeof(bootstrapper_groups) / sizeof(bootstrapper_groups[0]);
        CLEANUP(string_free) char *username = shown(csr->username);

        (void)world;
        if (!string_equal(csr->username, BOOTSTRAPPER))
                return string_format("spec.username is %s, and not \"" BOOTSTRAPPER "\"", username);
        for (size_t i = 0; i < count; i++)
                if (!strings_has(&csr->groups, bootstrapper_groups[i]))
                        return string_format("spec.groups lack \"%s\"", bootstrapper_groups[i]);
        for (array_each(char *, group, &csr->groups)) {
                CLEANUP(string_free) char *name = shown(*group);

                if (!is_one_of(*group, bootstrapper_groups, count))
                        return string_format(
                                "spec.groups have %s, which the node-bootstrapper isn't in", name);
        }
        return NULL;
}

static char *check_not_there(const struct csr *csr, const struct csr_world *world)
{
        CLEANUP(string_free) char *node = shown(node_of(csr));

        if (!find_node(world, node_of(csr)))
                return NULL;
        return string_format("the subject's common name is that of node %s, which is there already", node);
}

/* A certificate that a node logs in with holds no names besides. */
static char *check_no_names(const struct csr *csr, const struct csr_world *world)
{
        char buffer[IP_TEXT] = "";
        CLEANUP(string_free)
        char *names = shown_all(csr->dns_names.count ? &csr->dns_names : &csr->other_names);

        (void)world;
        if (csr->dns_names.count > 0 || csr->other_names.count > 0)
                return string_format("it asks for the name %s, and a client certificate has none", names);
        if (csr->addresses.count > 0)
                return string_format("it asks for the address %s, and a client certificate has none",
                        ip_address_format(&csr->addresses.items[0], buffer));
        return NULL;
}

/* ---- the second one: from the node itself ---- */

static char *check_node_asks(const struct csr *csr, const struct csr_world *world)
{
        static const char *const groups[] = {NODES, AUTHENTICATED};
        CLEANUP(string_free) char *username = shown(csr->username);
        CLEANUP(string_free) char *common_name = shown(csr->common_name);

        (void)world;
        if (!string_equal(csr->username, csr->common_name))
                return string_format(
                        "spec.username is %s, and the subject's common name %s", username, common_name);
        for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
                if (!strings_has(&csr->groups, groups[i]))
                        return string_format("spec.groups lack \"%s\"", groups[i]);
        return NULL;
}

static char *check_there(const struct csr *csr, const struct csr_world *world)
{
        CLEANUP(string_free) char *node = shown(node_of(csr));

        if (find_node(world, node_of(csr)))
                return NULL;
        return string_format("the subject's common name is that of node %s, which isn't there yet", node);
}

/* Letters, digits and dashes with dots between them: no wildcard, nothing that looks like something else. */
static bool is_host_name(const char *name)
{
        size_t length = strspn(name, LETTERS_AND_DIGITS "-.");

        return length > 0 && !name[length] && name[0] != '.' && name[length - 1] != '.' &&
               !strstr(name, "..");
}

static bool node_has_name(const struct csr_node *node, const char *name)
{
        return string_equal(node->name, name) || strings_has(&node->dns_names, name);
}

static bool node_has_address(const struct csr_node *node, const struct ip_address *address)
{
        for (array_each(const struct ip_address, has, &node->addresses))
                if (ip_address_equal(has, address))
                        return true;
        return false;
}

/* A node says itself what its names are, so one that says another's is not believed. */
static char *check_name(const struct csr_node *node, const struct csr_world *world, const char *name)
{
        CLEANUP(string_free) char *asked = shown(name);

        if (!is_host_name(name))
                return string_format("it asks for the name %s, which is no host's", asked);
        if (!node_has_name(node, name))
                return string_format("it asks for the name %s, which the node doesn't have", asked);
        if (!string_equal(node->name, name) && strings_has(&world->declared, name))
                return string_format("it asks for the name %s, which is another node's", asked);
        for (array_each(const struct csr_node, other, &world->nodes))
                if (other != node && node_has_name(other, name))
                        return string_format(
                                "it asks for the name %s, which is another node's as well", asked);
        return NULL;
}

static char *check_address(
        const struct csr_node *node, const struct csr_world *world, const struct ip_address *address)
{
        char asked[IP_TEXT];

        ip_address_format(address, asked);
        if (!node_has_address(node, address))
                return string_format("it asks for the address %s, which the node doesn't have", asked);
        for (array_each(const struct csr_node, other, &world->nodes))
                if (other != node && node_has_address(other, address))
                        return string_format(
                                "it asks for the address %s, which is another node's as well", asked);
        return NULL;
}

static char *check_names(const struct csr *csr, const struct csr_world *world)
{
        const struct csr_node *node = find_node(world, node_of(csr));
        CLEANUP(string_free) char *others = shown_all(&csr->other_names);
        char *why = NULL;

        if (csr->other_names.count > 0)
                return string_format("it asks for %s, which is neither a host's name nor an address", others);
        if (csr->dns_names.count == 0 && csr->addresses.count == 0)
                return string_copy("it asks for no name and no address to serve at");
        for (array_each(char *, name, &csr->dns_names))
                if ((why = check_name(node, world, *name)))
                        return why;
        for (array_each(const struct ip_address, address, &csr->addresses))
                if ((why = check_address(node, world, address)))
                        return why;
        return NULL;
}

/* ---- the verdict ---- */

/* What is asked of each signer, in the order in which it is checked: each may take for granted what those before it did. */
static const struct {
        const char *signer;
        csr_check *checks[10];
} signers[] = {
        {CSR_SIGNER_CLIENT,
                {check_read, check_named, check_possession, check_bootstrapper, check_client_usages,
                        check_term, check_subject, check_no_names, check_declared, check_not_there}},
        {CSR_SIGNER_SERVING,
                {check_read, check_named, check_possession, check_subject, check_node_asks,
                        check_serving_usages, check_term, check_declared, check_there, check_names}},
};

enum csr_verdict csr_judge(const struct csr *csr, const struct csr_world *world, char **ret_why)
{
        char *why = NULL;

        *ret_why = NULL;
        if (csr_is_decided(csr))
                return CSR_DECIDED;
        if (!csr->signer) {
                *ret_why = csr->oddities.count ? check_read(csr, world)
                                               : string_copy("spec.signerName is not given");
                return CSR_REPORT;
        }
        for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]); i++) {
                if (!string_equal(csr->signer, signers[i].signer))
                        continue;
                for (size_t j = 0; j < sizeof(signers[i].checks) / sizeof(signers[i].checks[0]) && !why; j++)
                        why = signers[i].checks[j](csr, world);
                *ret_why = why;
                return why ? CSR_REPORT : CSR_APPROVE;
        }
        return CSR_FOREIGN;
}
