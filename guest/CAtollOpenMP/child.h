// SPDX-License-Identifier: Apache-2.0
//
// Processes that the program makes; see child.c.

#ifndef ATOLL_CHILD_H
#define ATOLL_CHILD_H

#include "image.h"

#include <signal.h>

/// Of rank 0's watcher: forks for a thread that has asked for it.
HIDDEN void atoll_child_serve(void);

#endif  // ATOLL_CHILD_H
