/* A directory of its own for each test that keeps something, in PROVISION_HOME. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static char store_home[] = "/tmp/provision-store-XXXXXX";

static inline int store_home_make(void **state)
{
        (void)state;
        memcpy(store_home + sizeof(store_home) - 7, "XXXXXX", 6);
        if (!mkdtemp(store_home))
                return -1;
        return setenv("PROVISION_HOME", store_home, 1);
}

static inline int store_home_remove(void **state)
{
        CLEANUP(string_free) char *command = string_format("rm -rf %s", store_home);

        (void)state;
        return system(command);
}

#define IN_STORE_HOME(test) cmocka_unit_test_setup_teardown(test, store_home_make, store_home_remove)
