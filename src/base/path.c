#include <string.h>

#include "base/path.h"

bool path_is_below(const char *path, const char *directory)
{
        size_t length = strlen(directory);

        while (length > 0 && directory[length - 1] == '/')
                length--;
        return strncmp(path, directory, length) == 0 && path[length] == '/' && path[length + 1];
}
