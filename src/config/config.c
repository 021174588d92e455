/* host.conf, from files to checked structs: read, override, build, judge. */
#include "config/build.h"
#include "config/guest_rules.h"
#include "config/overrides.h"
#include "config/read.h"
#include "config/rules.h"
#include "config/scan.h"
#include "config/source.h"

#define LARGEST    (16 * 1024 * 1024) /* bytes in all files together */
#define MOST_FILES 256

/* A file that was read. */
struct seen {
        dev_t device;
        ino_t inode;
        const char *file;
};

struct loader {
        struct loading loading;
        struct section root; /* of all files */
        ARRAY(struct include) waiting;
        ARRAY(struct seen) seen;
        size_t bytes;
        bool is_partial; /* something is missing from the tree, so that rules between sections say nothing */
        struct problems problems;
};

const char *package_manager_name(enum package_manager manager)
{
        static const char *const names[PACKAGE_MANAGERS] = {
                [PACKAGES_UNKNOWN] = "unknown",
                [PACKAGES_APT] = "apt",
                [PACKAGES_DNF] = "dnf",
                [PACKAGES_ZYPPER] = "zypper",
                [PACKAGES_PACMAN] = "pacman",
        };

        return names[manager];
}

/* A name that places lend for as long as the configuration lives. */
static const char *keep_name(struct loader *loader, char *owned)
{
        strings_take(&loader->loading.config.file_names, owned);
        return owned;
}

static const struct seen *find_seen(const struct loader *loader, const struct source *source)
{
        for (array_each(struct seen, seen, &loader->seen))
                if (seen->device == source->device && seen->inode == source->inode)
                        return seen;
        return NULL;
}

static void merge(struct loader *loader, struct document *document)
{
        for (array_each(struct setting, setting, &document->root.settings))
                *array_add(&loader->root.settings) = *setting;
        for (array_each(struct section, section, &document->root.sections))
                *array_add(&loader->root.sections) = *section;
        for (array_each(struct include, include, &document->includes))
                *array_add(&loader->waiting) = *include;
        array_free(&document->root.settings);
        array_free(&document->root.sections);
        array_free(&document->includes);
}

static void load_text(struct loader *loader, const char *file, struct source *source)
{
        struct document document;

        if (scan(source->bytes, source->length, file, &loader->problems) < 0) {
                loader->is_partial = true;
                return;
        }
        if (read_text(file, source->bytes, source->length, &document, &loader->problems) < 0)
                loader->is_partial = true;
        merge(loader, &document);
}

/* An include's path is relative to the file it stands in; a file named by the user to where he is. */
static char *find_file(const struct include *include, struct error *error)
{
        char *path = NULL;

        if (include->place.line == 0)
                return string_copy(include->file);
        if (value_check(include->file, false, error) == 0)
                path_beside(&include->place, include->file, &path, error);
        return path;
}

static void load_file(struct loader *loader, const struct include *include)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(source_done) struct source source = {0};
        char *path = find_file(include, &error);
        struct place place = include->place;
        const struct seen *seen;
        const char *file;

        if (!path) {
                problems_add(&loader->problems, &place, "include: %s", error_text(&error));
                loader->is_partial = true;
                return;
        }
        file = keep_name(loader, path);
        if (place.line == 0)
                place.file = *file ? file : "''";
        if (source_read(file, LARGEST - loader->bytes, &source, &error) < 0) {
                if (place.line)
                        error_prefix(&error, "include: %s", file);
                problems_add(&loader->problems, &place, "%s", error_text(&error));
                loader->is_partial = true;
        } else if ((seen = find_seen(loader, &source))) {
                problems_add(&loader->problems, &place, "%s is read already, as %s: name each file once",
                        file, seen->file);
        } else {
                *array_add(&loader->seen) = (struct seen) {source.device, source.inode, file};
                loader->bytes += source.length;
                load_text(loader, file, &source);
        }
}

static void load_files(struct loader *loader, const struct strings *files)
{
        for (array_each(char *, file, files))
                array_add(&loader->waiting)->file = string_copy(*file);
        for (size_t i = 0; i < loader->waiting.count; i++) {
                struct include include = loader->waiting.items[i]; /* the array grows */

                if (i == MOST_FILES) {
                        problems_add(&loader->problems, &include.place,
                                "more than %d files are no configuration: %s is "
                                "the first too many",
                                MOST_FILES, include.file);
                        loader->is_partial = true;
                        break;
                }
                load_file(loader, &include);
        }
}

static void apply_overrides(struct loader *loader, const struct config_overrides *overrides)
{
        for (size_t i = 0; overrides && i < overrides->settings.count; i++) {
                const char *setting = overrides->settings.items[i];
                struct place place = {.file = keep_name(loader, string_format("--set %s", setting))};

                override_apply(&loader->root, setting, &place, &loader->problems);
        }
}

static void complete(struct loader *loader)
{
        networks_complete(&loader->loading.config);
        clusters_tell(&loader->loading.config);
        clusters_complete(&loader->loading.config);
        installers_complete(&loader->loading.config);
        for (array_each(struct host_config, host, &loader->loading.config.hosts))
                for (int i = 0; i < DEADLINES; i++)
                        if (host->deadline_s[i] == 0)
                                host->deadline_s[i] = loader->loading.deadline_s[i];
}

static void judge(struct loader *loader)
{
        struct config *config = &loader->loading.config;
        struct place start = {.file = config->file_names.count ? config->file_names.items[0] : "", .line = 1};

        if (loader->is_partial)
                return;
        guests_judge(&loader->root, config, &loader->problems);
        clusters_number(config);
        clusters_name(&loader->root, config, &loader->problems);
        boot_servers_judge(config, &loader->problems);
        clusters_boot(config, &loader->problems);
        rules_judge(&loader->root, config, &loader->problems);
        if (config->hosts.count == 0)
                problems_add(&loader->problems, &start,
                        "there is no host: add host \"NAME\" { connect = \"root@ADDRESS\" }");
}

static void loader_done(struct loader *loader)
{
        config_done(&loader->loading.config);
        section_done(&loader->root);
        for (array_each(struct include, include, &loader->waiting))
                free(include->file);
        array_free(&loader->waiting);
        array_free(&loader->seen);
        problems_done(&loader->problems);
}

int config_load(const struct strings *files, const struct config_overrides *overrides,
        struct config *ret_config, struct strings *ret_problems, struct error *error)
{
        CLEANUP(loader_done) struct loader loader = {0};
        size_t count;

        if (files->count == 0)
                return error_set(error, ERROR_CONFIG, "no configuration file is named");
        load_files(&loader, files);
        if (!loader.is_partial) /* else what they set may stand in what is missing */
                apply_overrides(&loader, overrides);
        build(&loader.root, &loader.loading, &loader.problems);
        judge(&loader);
        complete(&loader);
        count = problems_report(&loader.problems, &loader.loading.config.file_names, ret_problems);
        if (count > 0)
                return error_set(error, ERROR_CONFIG, "%zu problem%s in the configuration", count,
                        count == 1 ? "" : "s");
        *ret_config = loader.loading.config;
        loader.loading.config = (struct config) {0};
        return 0;
}
