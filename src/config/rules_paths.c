/* What lies below a path that another section wants to be no directory. */
#include "config/rules.h"

/* A section that wants directories above its path, or its path to be one. */
struct place_wanted {
        const char *kind, *name, *path;
        const struct object *object;
        bool is_directory; /* the path itself as well */
};

struct files {
        ARRAY(const struct file_config *) list; /* those that are no directory, by path */
};

static int compare(const void *a, const void *b)
{
        const struct file_config *const *first = a, *const *second = b;
        int order = strcmp((*first)->path, (*second)->path);

        return order != 0 ? order : (*first > *second) - (*first < *second);
}

/* The first one that isn't before this path. */
static size_t find_path(const struct files *files, const char *path)
{
        size_t low = 0, high = files->list.count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (strcmp(files->list.items[middle]->path, path) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* Something else is to be where the wanted path needs a directory. */
static bool judge_directory(const struct files *files, const struct place_wanted *wanted,
        const char *directory, struct problems *problems)
{
        for (size_t i = find_path(files, directory);
                i < files->list.count && strcmp(files->list.items[i]->path, directory) == 0; i++) {
                const struct file_config *file = files->list.items[i];
                CLEANUP(string_free) char *place = NULL;

                if (!hosts_meet(&file->object.hosts, &wanted->object->hosts))
                        continue;
                place = place_format(&file->object.place);
                problems_add(problems, &wanted->object->place,
                        "%s \"%s\": %s can't be a directory, because file \"%s\" at %s is to be %s: choose "
                        "another path, or give that one type = directory",
                        wanted->kind, wanted->name, directory, file->path, place,
                        file->type == FILE_REGULAR ? "a regular file" : "absent");
                return true;
        }
        return false;
}

static void judge_path(
        const struct files *files, const struct place_wanted *wanted, struct problems *problems)
{
        if (!wanted->name || !wanted->path)
                return;
        for (const char *slash = wanted->path; (slash = strchr(slash + 1, '/'));) {
                CLEANUP(string_free)
                char *above = string_copy_n(wanted->path, (size_t)(slash - wanted->path));

                if (judge_directory(files, wanted, above, problems))
                        return;
        }
        if (wanted->is_directory)
                judge_directory(files, wanted, wanted->path, problems);
}

void paths_judge(const struct config *config, struct problems *problems)
{
        struct files files = {0};

        for (array_each(const struct file_config, file, &config->files))
                if (file->path && file->type != FILE_DIRECTORY)
                        *array_add(&files.list) = file;
        if (files.list.count > 0)
                qsort(files.list.items, files.list.count, sizeof(*files.list.items), compare);
        for (array_each(const struct file_config, file, &config->files))
                if (file->type != FILE_ABSENT)
                        judge_path(&files,
                                &(struct place_wanted) {"file", file->path, file->path, &file->object, false},
                                problems);
        for (array_each(const struct pool_config, pool, &config->pools))
                judge_path(&files,
                        &(struct place_wanted) {"pool", pool->name, pool->path, &pool->object, true},
                        problems);
        array_free(&files.list);
}
