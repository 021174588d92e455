/* Storage pools as libvirt's XML, and back. */
#pragma once

#include "base/error.h"
#include "plan/answers.h"

/* Owned by the caller. It asks for no mode: so libvirt gives a directory that it makes 0711 and
 * leaves one that is there as it is (seen with 9.0 and 11.3). */
char *pool_xml_write(const struct pool_config *pool, const char *uuid);

/* Fills in type, path and source of any pool; a pool without a path has "". */
int pool_xml_read(const char *xml, struct pool_state *ret_pool, struct error *error);
