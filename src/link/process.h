/* A process here as a far end. */
#pragma once

#include "base/array.h"
#include "link/far.h"
#include "link/loop.h"

/* Events come later, never from within. */
struct far *process_start(
        struct loop *loop, const struct strings *argv, const struct far_user *user, void *context);
