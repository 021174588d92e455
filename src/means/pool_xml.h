/* Storage pools as libvirt's XML, and back. */
#pragma once

#include "base/error.h"
#include "config/config.h"

/* A pool of type dir, owned by the caller. It asks for no mode: so libvirt gives a directory that it makes 0711 and
 * leaves one that is there as it is (seen with 9.0 and 11.3). */
char *pool_xml_write(const struct pool_config *pool, const char *uuid);

/* Type and path of any pool; a pool without a path has "". Both owned by the caller. */
int pool_xml_read(const char *xml, char **ret_type, char **ret_path, struct error *error);
