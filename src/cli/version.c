/* --version. Each library's version is told by the one file that knows its header; libsystemd has no function that
 * tells, so its file's name has to. */
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sha256.h"
#include "cli/version.h"
#include "config/config.h"
#include "link/link.h"
#include "means/means.h"
#include "base/record.h"
#include "state/store.h"

/* Finds the path of a loaded object whose name begins with what is looked for. */
struct search {
        const char *name;
        char *path;
};

static int look_at_object(struct dl_phdr_info *info, size_t size, void *context)
{
        struct search *search = context;
        const char *slash = strrchr(info->dlpi_name, '/');

        (void)size;
        if (!slash || strncmp(slash + 1, search->name, strlen(search->name)) != 0)
                return 0;
        search->path = realpath(info->dlpi_name, NULL);
        return 1;
}

static void add_systemd(struct text *text)
{
        static const char name[] = "libsystemd.so.";
        struct search search = {.name = name};
        const char *found;

        dl_iterate_phdr(look_at_object, &search);
        found = search.path ? strstr(search.path, name) : NULL;
        text_format(text, "  libsystemd %s\n", found ? found + sizeof(name) - 1 : "of an unknown version");
        free(search.path);
}

void version_add(struct text *text)
{
        static const struct {
                const char *name;
                const char *(*version)(void);
        } libraries[] = {
                {"libvirt", means_libvirt_version},
                {"libcurl", means_web_version},
                {"libssh2", link_library_version},
                {"jansson", record_library_version},
                {"libconfuse", config_library_version},
                {"libxml2", means_xml_version},
                {"libyaml", means_yaml_version},
                {"libcrypto", sha256_library_version},
                {"SQLite", store_library_version},
        };

        text_add(text, "provision " VERSION "\n");
        for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
                text_format(text, "  %s %s\n", libraries[i].name, libraries[i].version());
        add_systemd(text);
}
