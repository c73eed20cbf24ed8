// SPDX-License-Identifier: Apache-2.0
//
// The program's end; see ending.c.

#ifndef ATOLL_ENDING_H
#define ATOLL_ENDING_H

#include "image.h"

/// Rank 0 tells the others that the program has ended with this code.
HIDDEN void atoll_end_mark(int code);
// (pages.c) Writes how large the image's pages are into its header.
HIDDEN void atoll_pages_tell(void);
/// Of rank 0's watcher: does what other ranks have asked for.
HIDDEN void atoll_end_serve(void);
/// Of other ranks: has fatal signals end the program.
HIDDEN void atoll_end_catch_signals(void);

#endif  // ATOLL_ENDING_H
