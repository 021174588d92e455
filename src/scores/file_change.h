/* How a file differs from its wish; shared by the file Score and by whoever must know that a file is about to
 * be written. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"

enum file_change {
        FILE_AS_WISHED,
        FILE_TO_CREATE,  /* a file or directory that isn't there */
        FILE_TO_REWRITE, /* another content */
        FILE_TO_ADJUST,  /* only mode, owner or group */
        FILE_TO_REMOVE,
        FILE_IN_THE_WAY,  /* something of another type, which isn't ours to remove */
        FILE_NOT_READABLE /* its content can't be compared */
};

/* found may be NULL: not there. */
enum file_change file_change(const struct file_config *wanted, const struct file_state *found);

/* The wish has a file there whose steps will touch path's time of modification: the file itself, or a
 * directory in which files come, go or are replaced. */
bool file_will_be_touched(const struct wish *wish, const struct answers *answers, const char *path);
