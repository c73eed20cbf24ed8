// SPDX-License-Identifier: Apache-2.0
//
// Calls that other ranks' processes have to make; see everywhere.c.

#ifndef ATOLL_EVERYWHERE_H
#define ATOLL_EVERYWHERE_H

#include "image.h"

typedef long atoll_call(long, long, long, long);

/// Makes the call in this process and in every other rank's, where its watcher makes it. Returns when
/// all have: the first answer that is not 0.
HIDDEN long atoll_everywhere(atoll_call *call, long a, long b, long c, long d);
/// Makes the call in that rank's process: its answer.
HIDDEN long atoll_in_rank(uint32_t rank, atoll_call *call, long a, long b, long c, long d);
/// Of a watcher: makes the calls that others want in this process. Whether there was one.
HIDDEN bool atoll_everywhere_serve(void);

#endif  // ATOLL_EVERYWHERE_H
