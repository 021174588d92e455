/* What stat and sha256sum print about files. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "means/probe_parts.h"

static const char *type_name(mode_t mode)
{
        switch (mode & S_IFMT) {
        case S_IFLNK:
                return "symbolic link";
        case S_IFSOCK:
                return "socket";
        case S_IFIFO:
                return "named pipe";
        case S_IFBLK:
                return "block device";
        case S_IFCHR:
                return "character device";
        case S_IFDIR:
                return "directory";
        default:
                return "regular file";
        }
}

static struct file_state *find_file(struct answers *answers, const char *path)
{
        for (array_each(struct file_state, file, &answers->files))
                if (strcmp(file->path, path) == 0)
                        return file;
        return NULL;
}

static bool read_numbers(struct file_state *file, const char *line)
{
        unsigned mode;
        long long size, modified_s;

        if (file->exists || sscanf(line, "%x %lld %lld", &mode, &size, &modified_s) != 3)
                return false;
        file->exists = true;
        file->type = S_ISREG(mode) ? FILE_REGULAR : S_ISDIR(mode) ? FILE_DIRECTORY : FILE_ABSENT;
        string_replace(&file->what, type_name(mode));
        file->mode = mode & 07777;
        file->size = size;
        return !__builtin_mul_overflow(modified_s, 1000000LL, &file->modified_us);
}

/* A directory's path, as it would be: a beginning of the file's own. */
static bool read_above(const struct file_state *file, const char *line, char **ret_path)
{
        size_t length = strlen(line);

        if (file->exists || length == 0 || strncmp(file->path, line, length) != 0 ||
                file->path[length] != '/')
                return false;
        string_replace(ret_path, line);
        return true;
}

/* "2026-11-23 19:55:49.492817079 +0000": only what is behind the point, which %Y leaves out. */
static bool read_fraction(struct file_state *file, const char *line)
{
        const char *point = strchr(line, '.');
        unsigned us;

        if (!point)
                return true; /* a filesystem or a stat without */
        if (strspn(point + 1, "0123456789") < 6 || sscanf(point, ".%6u", &us) != 1)
                return false;
        return !__builtin_add_overflow(file->modified_us, us, &file->modified_us);
}

bool file_state_read(struct answers *answers, struct file_state **file, char *line)
{
        char what = *line++;

        if (what == 'n')
                return (*file = find_file(answers, line));
        if (!*file)
                return false;
        switch (what) {
        case 's':
                return read_numbers(*file, line);
        case 'b':
                return read_above(*file, line, &(*file)->obstacle);
        case 'm':
                return read_above(*file, line, &(*file)->missing);
        case 'u':
                string_replace(&(*file)->owner, line);
                return true;
        case 'g':
                string_replace(&(*file)->group, line);
                return true;
        case 't':
                return read_fraction(*file, line);
        default:
                return false;
        }
}

/* "HEX  PATH"; a backslash in front says that those of the path were doubled. */
bool file_sum_read(struct answers *answers, char *line)
{
        bool is_escaped = *line == '\\';
        char *sum = line + is_escaped, *path, *to;
        struct file_state *file;

        if (strspn(sum, "0123456789abcdef") != 64 || strncmp(sum + 64, "  ", 2) != 0)
                return false;
        path = to = sum + 66;
        for (const char *from = path; is_escaped; from++) {
                from += from[0] == '\\' && from[1];
                *to++ = *from;
                if (!*from)
                        break;
        }
        sum[64] = '\0';
        file = find_file(answers, path);
        if (!file)
                return false;
        string_replace(&file->sha256, sum);
        return true;
}
