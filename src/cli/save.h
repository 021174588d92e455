/* Writing a file that others read: they see the old one or the new one, whole. */
#pragma once

#include "base/error.h"

/* Replaces or makes the file; it is on the disk when this returns. */
int save_file(const char *path, const char *content, struct error *error);
