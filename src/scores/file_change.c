#include "scores/file_change.h"

#include "base/path.h"
#include "base/sha256.h"

static bool has_attributes(const struct file_config *wanted, const struct file_state *found)
{
        return wanted->mode == found->mode && string_equal(wanted->owner, found->owner) &&
               string_equal(wanted->group, found->group);
}

static bool has_content(const struct file_config *wanted, const struct file_state *found)
{
        CLEANUP(string_free) char *sha256 = NULL;

        if ((uint64_t)found->size != wanted->content_length)
                return false;
        sha256 = sha256_hex(wanted->content, wanted->content_length);
        return string_equal(sha256, found->sha256);
}

enum file_change file_change(const struct file_config *wanted, const struct file_state *found)
{
        if (!found || !found->exists)
                return wanted->type == FILE_ABSENT ? FILE_AS_WISHED : FILE_TO_CREATE;
        if (wanted->type == FILE_ABSENT)
                return found->type == FILE_DIRECTORY ? FILE_IN_THE_WAY : FILE_TO_REMOVE;
        if (wanted->type != found->type)
                return FILE_IN_THE_WAY;
        if (wanted->type == FILE_REGULAR && !found->sha256)
                return FILE_NOT_READABLE;
        if (wanted->type == FILE_REGULAR && !has_content(wanted, found))
                return FILE_TO_REWRITE;
        return has_attributes(wanted, found) ? FILE_AS_WISHED : FILE_TO_ADJUST;
}

/* path is directory's own or stands directly in it. */
static bool is_at_or_in(const char *path, const char *directory)
{
        return string_equal(path, directory) ||
               (path_is_below(path, directory) && strrchr(path, '/') == path + strlen(directory));
}

bool file_will_be_touched(const struct wish *wish, const struct answers *answers, const char *path)
{
        for (array_each(const struct file_config *, wanted, &wish->files)) {
                enum file_change change = file_change(*wanted, answers_file(answers, (*wanted)->path));

                if (!is_at_or_in((*wanted)->path, path))
                        continue;
                if (change == FILE_TO_CREATE || change == FILE_TO_REWRITE || change == FILE_TO_REMOVE)
                        return true;
        }
        return false;
}
