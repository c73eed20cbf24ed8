// SPDX-License-Identifier: Apache-2.0
//
// The processor time of all ranks; see cputime.c.

#ifndef ATOLL_CPUTIME_H
#define ATOLL_CPUTIME_H

#include "image.h"

/// Of a watcher: tells the other ranks what this process has used.
HIDDEN void atoll_cputime_tell(void);
/// Whether the program's processor time is more than this process's.
HIDDEN bool atoll_cputime_is_sum(void);
/// In nanoseconds; no thread sees less than another has told it of.
HIDDEN uint64_t atoll_cputime(void);

#endif  // ATOLL_CPUTIME_H
