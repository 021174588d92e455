/* A session with one machine's libvirt: the library itself, and what networks, pools and guests have in common. */
#include "means/libvirt.h"

#include <assert.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>

#include "means/libvirt_library.h"
#include "means/means.h"

/* ---- the library ---- */

/* clang-format off */
#define EVERY_KIND(X, Object)                                                                 \
        X(virConnectListAll##Object##s) X(vir##Object##GetName) X(vir##Object##GetUUIDString) \
        X(vir##Object##GetXMLDesc) X(vir##Object##LookupByName) X(vir##Object##Destroy)       \
        X(vir##Object##Free)
#define FUNCTIONS(X)                                                                          \
        X(virSetErrorFunc) X(virGetLastError) X(virGetLastErrorMessage)                       \
        X(virConnectOpen) X(virConnectClose) X(virConnectGetLibVersion) X(virGetVersion)       \
        EVERY_KIND(X, Network) EVERY_KIND(X, StoragePool) EVERY_KIND(X, Domain)               \
        X(virNetworkUndefine) X(virStoragePoolUndefine) X(virDomainUndefineFlags)            \
        X(virNetworkDefineXML) X(virNetworkCreate) X(virNetworkSetAutostart)                  \
        X(virNetworkUpdate) X(virStoragePoolDefineXML) X(virStoragePoolCreate)                \
        X(virStoragePoolSetAutostart) X(virStoragePoolBuild)                                  \
        X(virDomainDefineXML) X(virDomainCreate) X(virDomainSetAutostart) X(virDomainResume)  \
        X(virDomainShutdown)
/* clang-format on */

LIBVIRT_PART(libvirt_sessions, FUNCTIONS);

static char *load_failure; /* NULL: the library is there */

/* libvirt's own handler prints every error to stderr. */
static void keep_quiet(void *context, virErrorPtr error)
{
        (void)context;
        (void)error;
}

static void load(void)
{
        static const struct libvirt_part *const parts[] = {
                &libvirt_sessions, &libvirt_guests, &libvirt_console, &libvirt_volumes};
        const char *missing = NULL;

        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !missing; i++)
                missing = library_load("libvirt.so.0", parts[i]->functions, parts[i]->count);
        if (missing)
                load_failure = string_format("libvirt's client library isn't all here (%s): install libvirt0 "
                                             "or libvirt-libs",
                        missing);
        else
                virt.virSetErrorFunc(NULL, keep_quiet);
}

int libvirt_fail(struct error *error, const char *doing, const char *what)
{
        CLEANUP(string_free) char *words = string_copy(virt.virGetLastErrorMessage());
        size_t length = strlen(words);

        while (length && strchr(" \n.", words[length - 1]))
                words[--length] = '\0';
        for (char *c = words; *c; c++)
                if (*c == '\n' || *c == '\r')
                        *c = ' ';
        return error_set(error, ERROR_FAILED, "libvirt can't %s %s: %s", doing, what, words);
}

bool libvirt_last_error_is(int code)
{
        const virError *last = virt.virGetLastError();

        return last && last->code == code;
}

/* ---- sessions ---- */

static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static char *version_words(unsigned long version)
{
        return string_format("%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
}

const char *means_libvirt_version(void)
{
        static char *words; /* for as long as the program runs */
        unsigned long version;

        pthread_once(&loaded, load);
        if (load_failure || virt.virGetVersion(&version, NULL, NULL) < 0)
                return "not installed here";
        if (!words)
                words = version_words(version);
        return words;
}

int session_open(const char *uri, struct session **ret_session, struct error *error)
{
        virConnectPtr connection;

        pthread_once(&loaded, load);
        if (load_failure)
                return error_set(error, ERROR_FAILED, "%s", load_failure);
        connection = virt.virConnectOpen(uri);
        if (!connection)
                return libvirt_fail(error, "open", "a session");
        *ret_session = memory_new(1, sizeof(**ret_session));
        (*ret_session)->connection = connection;
        return 0;
}

void session_close(struct session *session)
{
        if (!session)
                return;
        virt.virConnectClose(session->connection);
        free(session);
}

int session_version(struct session *session, char **ret_version, struct error *error)
{
        unsigned long version;

        if (virt.virConnectGetLibVersion(session->connection, &version) < 0)
                return libvirt_fail(error, "tell", "its version");
        *ret_version = string_format("%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
        return 0;
}

/* ---- networks, pools and guests: the same shape three times ---- */

#define WRAP(type, name, parameters, call) \
        static type name parameters        \
        {                                  \
                return virt.call;          \
        }

/* clang-format off */
#define COMMON_CALLS(Object)                                                                          \
        WRAP(int, Object##_list, (virConnectPtr connection, void ***items, unsigned flags),           \
                virConnectListAll##Object##s(connection, (vir##Object##Ptr **)items, flags))          \
        WRAP(const char *, Object##_name, (void *object), vir##Object##GetName(object))               \
        WRAP(int, Object##_uuid, (void *object, char *buffer), vir##Object##GetUUIDString(object, buffer)) \
        WRAP(char *, Object##_xml, (void *object, unsigned flags), vir##Object##GetXMLDesc(object, flags)) \
        WRAP(void *, Object##_find, (virConnectPtr connection, const char *name),                     \
                vir##Object##LookupByName(connection, name))                                          \
        WRAP(int, Object##_stop, (void *object), vir##Object##Destroy(object))                        \
        WRAP(int, Object##_free, (void *object), vir##Object##Free(object))

/* What libvirt keeps a definition of; none: the flags that the function takes besides, all 0. */
#define DEFINED_CALLS(Object, none...)                                                                \
        WRAP(void *, Object##_define, (virConnectPtr connection, const char *xml),                    \
                vir##Object##DefineXML(connection, xml, ##none))                                      \
        WRAP(int, Object##_start, (void *object), vir##Object##Create(object, ##none))                \
        WRAP(int, Object##_autostart_on, (void *object), vir##Object##SetAutostart(object, 1))        \
        WRAP(int, Object##_autostart_off, (void *object), vir##Object##SetAutostart(object, 0))
/* clang-format on */

COMMON_CALLS(Network)
COMMON_CALLS(StoragePool)
COMMON_CALLS(Domain)
DEFINED_CALLS(Network)
DEFINED_CALLS(StoragePool, 0)
DEFINED_CALLS(Domain)
WRAP(int, resume_guest, (void *guest), virDomainResume(guest))
WRAP(int, shut_guest_down, (void *guest), virDomainShutdown(guest))
WRAP(int, build_pool, (void *pool), virStoragePoolBuild(pool, 0))
WRAP(int, Network_undefine, (void *network), virNetworkUndefine(network))
WRAP(int, StoragePool_undefine, (void *pool), virStoragePoolUndefine(pool))
WRAP(int, Domain_undefine, (void *domain),
        virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE |
                                               VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
                                               VIR_DOMAIN_UNDEFINE_NVRAM))
WRAP(int, build_empty_pool, (void *pool), virStoragePoolBuild(pool, VIR_STORAGE_POOL_BUILD_NO_OVERWRITE))

#define COMMON(Object)                                                                            \
        .list = Object##_list, .name = Object##_name, .uuid = Object##_uuid, .xml = Object##_xml, \
        .find = Object##_find, .free = Object##_free, .acts[LIBVIRT_STOP] = Object##_stop

#define DEFINED(Object)                                                                                   \
        .define = Object##_define, .acts[LIBVIRT_START] = Object##_start,                                 \
        .acts[LIBVIRT_UNDEFINE] = Object##_undefine, .acts[LIBVIRT_AUTOSTART_ON] = Object##_autostart_on, \
        .acts[LIBVIRT_AUTOSTART_OFF] = Object##_autostart_off

#define FILTERS(OBJECTS)                                                                            \
        .filters = {0, VIR_CONNECT_LIST_##OBJECTS##_ACTIVE, VIR_CONNECT_LIST_##OBJECTS##_AUTOSTART, \
                VIR_CONNECT_LIST_##OBJECTS##_PERSISTENT}

static const struct {
        const char *word;
        int (*list)(virConnectPtr connection, void ***items, unsigned flags);
        const char *(*name)(void *object);
        int (*uuid)(void *object, char *buffer);
        char *(*xml)(void *object, unsigned flags);
        void *(*find)(virConnectPtr connection, const char *name);
        int (*free)(void *object);
        void *(*define)(virConnectPtr connection, const char *xml);
        int (*acts[LIBVIRT_ACTS])(void *object);
        unsigned filters[LIBVIRT_FILTERS];
        unsigned definition; /* the flag that asks for the definition's XML */
        int gone;            /* the error of an object that isn't there */
} kinds[LIBVIRT_KINDS] = {
        [LIBVIRT_NETWORK] = {.word = "network",
                COMMON(Network),
                DEFINED(Network),
                FILTERS(NETWORKS),
                .definition = VIR_NETWORK_XML_INACTIVE,
                .gone = VIR_ERR_NO_NETWORK},
        [LIBVIRT_POOL] = {.word = "pool",
                COMMON(StoragePool),
                DEFINED(StoragePool),
                FILTERS(STORAGE_POOLS),
                .acts[LIBVIRT_BUILD] = build_pool,
                .acts[LIBVIRT_BUILD_EMPTY] = build_empty_pool,
                .definition = VIR_STORAGE_XML_INACTIVE,
                .gone = VIR_ERR_NO_STORAGE_POOL},
        [LIBVIRT_GUEST] = {.word = "guest",
                COMMON(Domain),
                DEFINED(Domain),
                FILTERS(DOMAINS),
                .filters[LIBVIRT_PAUSED] = VIR_CONNECT_LIST_DOMAINS_PAUSED,
                .acts[LIBVIRT_RESUME] = resume_guest,
                .acts[LIBVIRT_SHUT_DOWN] = shut_guest_down,
                .definition = VIR_DOMAIN_XML_INACTIVE,
                .gone = VIR_ERR_NO_DOMAIN},
};

int session_list(struct session *session, enum libvirt_kind kind, enum libvirt_filter filter,
        struct handles *ret_handles, struct error *error)
{
        void **items = NULL;
        int count = kinds[kind].list(session->connection, &items, kinds[kind].filters[filter]);

        if (count < 0)
                return libvirt_fail(error, "list every", kinds[kind].word);
        *ret_handles = (struct handles) {.kind = kind, .items = items, .count = (size_t)count};
        return 0;
}

const char *handles_name(const struct handles *handles, size_t i)
{
        return kinds[handles->kind].name(handles->items[i]);
}

char *handles_uuid(const struct handles *handles, size_t i)
{
        char buffer[VIR_UUID_STRING_BUFLEN] = "";

        kinds[handles->kind].uuid(handles->items[i], buffer);
        return string_copy(buffer);
}

int handles_xml(const struct handles *handles, size_t i, bool running, char **ret_xml, struct error *error)
{
        unsigned flags = running ? 0 : kinds[handles->kind].definition;
        char *xml = kinds[handles->kind].xml(handles->items[i], flags);

        if (!xml && flags &&
                libvirt_last_error_is(VIR_ERR_INVALID_ARG)) /* a driver that knows no difference */
                xml = kinds[handles->kind].xml(handles->items[i], 0);
        if (!xml && !libvirt_last_error_is(kinds[handles->kind].gone))
                return libvirt_fail(error, "show the", kinds[handles->kind].word);
        *ret_xml = xml;
        return 0;
}

void handles_done(struct handles *handles)
{
        for (size_t i = 0; i < handles->count; i++)
                kinds[handles->kind].free(handles->items[i]);
        free(handles->items);
        *handles = (struct handles) {0};
}

int session_define(struct session *session, enum libvirt_kind kind, const char *xml, struct error *error)
{
        void *object = kinds[kind].define(session->connection, xml);

        if (!object)
                return libvirt_fail(error, "define the", kinds[kind].word);
        kinds[kind].free(object);
        return 0;
}

int session_act(struct session *session, enum libvirt_kind kind, const char *name, enum libvirt_act act,
        struct error *error)
{
        static const struct {
                const char *doing;
                int done_before; /* the error that says so */
        } acts[LIBVIRT_ACTS] = {
                [LIBVIRT_START] = {"start the", VIR_ERR_OPERATION_INVALID},
                [LIBVIRT_STOP] = {"stop the", VIR_ERR_OPERATION_INVALID},
                [LIBVIRT_AUTOSTART_ON] = {"set the autostart of the", VIR_ERR_OK},
                [LIBVIRT_AUTOSTART_OFF] = {"clear the autostart of the", VIR_ERR_OK},
                [LIBVIRT_BUILD] = {"make the directory of the", VIR_ERR_OPERATION_INVALID},
                [LIBVIRT_UNDEFINE] = {"undefine the", VIR_ERR_OK},
                [LIBVIRT_BUILD_EMPTY] = {"make the volume group of the", VIR_ERR_OK},
                [LIBVIRT_RESUME] = {"resume the", VIR_ERR_OPERATION_INVALID},
                [LIBVIRT_SHUT_DOWN] = {"shut down the", VIR_ERR_OPERATION_INVALID},
        };
        void *object = kinds[kind].find(session->connection, name);
        int result = 0;

        assert(kinds[kind].acts[act]);
        if (!object)
                return libvirt_fail(error, "find the", kinds[kind].word);
        if (kinds[kind].acts[act](object) < 0 && !libvirt_last_error_is(acts[act].done_before))
                result = libvirt_fail(error, acts[act].doing, kinds[kind].word);
        kinds[kind].free(object);
        return result;
}

int session_xml(struct session *session, enum libvirt_kind kind, const char *name, bool running,
        char **ret_xml, struct error *error)
{
        void *object = kinds[kind].find(session->connection, name);
        struct handles handles = {.kind = kind, .items = &object, .count = 1};
        int result;

        if (!object && libvirt_last_error_is(kinds[kind].gone)) {
                *ret_xml = NULL;
                return 0;
        }
        if (!object)
                return libvirt_fail(error, "find the", kinds[kind].word);
        result = handles_xml(&handles, 0, running, ret_xml, error);
        kinds[kind].free(object);
        return result;
}

int session_update_network(
        struct session *session, const char *name, const struct network_update *update, struct error *error)
{
        static const unsigned sections[] = {
                [NETWORK_PART_RANGE] = VIR_NETWORK_SECTION_IP_DHCP_RANGE,
                [NETWORK_PART_LEASE] = VIR_NETWORK_SECTION_IP_DHCP_HOST,
                [NETWORK_PART_DNS] = VIR_NETWORK_SECTION_DNS_HOST,
        };
        static const unsigned commands[] = {
                [EDIT_ADD] = VIR_NETWORK_UPDATE_COMMAND_ADD_LAST,
                [EDIT_REMOVE] = VIR_NETWORK_UPDATE_COMMAND_DELETE,
                [EDIT_CHANGE] = VIR_NETWORK_UPDATE_COMMAND_MODIFY,
        };
        unsigned flags = (update->running ? VIR_NETWORK_UPDATE_AFFECT_LIVE : 0U) |
                         (update->definition ? VIR_NETWORK_UPDATE_AFFECT_CONFIG : 0U);
        virNetworkPtr network = virt.virNetworkLookupByName(session->connection, name);
        int result = 0;

        if (!network)
                return libvirt_fail(error, "find the", "network");
        if (virt.virNetworkUpdate(
                    network, commands[update->verb], sections[update->part], -1, update->xml, flags) < 0)
                result = libvirt_fail(error, "update the", "network");
        virt.virNetworkFree(network);
        return result;
}
