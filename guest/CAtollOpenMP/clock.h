// SPDX-License-Identifier: Apache-2.0
//
// One clock for all ranks; see clock.c.

#ifndef ATOLL_CLOCK_H
#define ATOLL_CLOCK_H

#include "image.h"

/// Other ranks: finds out what to add to this VM's clocks. Rank 0 has to answer meanwhile.
HIDDEN void atoll_clock_compare(void);
/// Rank 0: tells the time to those who ask.
HIDDEN void atoll_clock_answer(void);

#endif  // ATOLL_CLOCK_H
