/* Files of the machine that a guest starts with. */
#include "scores/guest_files.h"

#include <stddef.h>

#include "base/path.h"
#include "config/storage.h"
#include "scores/packages.h"

/* The same in host.conf and in what is made of it. */
static const struct {
        const char *key;
        size_t wished, member;
} files[] = {
        {"iso", offsetof(struct guest_config, iso), offsetof(struct guest, iso)},
        {"kernel", offsetof(struct guest_config, kernel), offsetof(struct guest, kernel)},
        {"initrd", offsetof(struct guest_config, initrd), offsetof(struct guest, initrd)},
};

static const char *member_of(const void *object, size_t offset)
{
        return *(const char *const *)((const char *)object + offset);
}

void guest_files_ask(const struct guest_config *guest, struct survey *survey)
{
        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
                if (member_of(guest, files[i].wished))
                        survey_ask(survey, ASK_PRESENCE, member_of(guest, files[i].wished));
}

/* An image of ours comes with its pool, as does what lies in one that isn't mounted yet. */
static bool may_come_with_pool(const char *path, const struct wish *wish, const struct answers *answers)
{
        for (array_each(const struct pool_config *, pool, &wish->pools)) {
                const struct pool_state *found = answers_pool(answers, (*pool)->name);

                if (!(*pool)->path || !path_is_below(path, (*pool)->path))
                        continue;
                if ((*pool)->type == POOL_NETFS && !(found && found->active))
                        return true;
                for (array_each(const struct image_config *, image, &wish->images)) {
                        CLEANUP(string_free) char *volume = image_volume_name(*image);

                        if (string_equal((*image)->pool, (*pool)->name) &&
                                string_equal(path + strlen((*pool)->path) + 1, volume))
                                return true;
                }
        }
        return false;
}

static bool may_come(const char *path, const struct wish *wish, const struct answers *answers)
{
        for (array_each(const struct file_config *, file, &wish->files))
                if (string_equal((*file)->path, path))
                        return true;
        return packages_are_missing(wish, answers) || may_come_with_pool(path, wish, answers);
}

bool guest_lacks_files(const struct guest_look *look, const struct wish *wish)
{
        bool lacks = false;

        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
                const char *path = member_of(look->config, files[i].wished);
                const struct file_state *file = path ? answers_file(look->answers, path) : NULL;
                bool is_directory = file && file->exists && file->type == FILE_DIRECTORY;

                if (!file || !look->config->is_running || (file->exists && !is_directory) ||
                        (look->is_running &&
                                string_equal(member_of(&look->found->running, files[i].member), path)) ||
                        (!is_directory && may_come(path, wish, look->answers)))
                        continue;
                plan_block(look->plan, "guest %s: its %s, %s, %s, or correct %s", look->wanted->name,
                        files[i].key, path,
                        is_directory ? "is a directory: put a file there"
                                     : "isn't on the machine: put it there",
                        files[i].key);
                lacks = true;
        }
        return lacks;
}
