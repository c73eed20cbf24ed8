// SPDX-License-Identifier: Apache-2.0
//
// Libraries that are loaded while the program runs; see library.c.

#ifndef ATOLL_LIBRARY_H
#define ATOLL_LIBRARY_H

#include "image.h"

/// Of each rank's watcher: loads what a thread of another rank has loaded.
HIDDEN void atoll_library_serve(void);

#endif  // ATOLL_LIBRARY_H
