// SPDX-License-Identifier: Apache-2.0
//
// A word by which a thread is woken that waits for what other ranks want of it. Between processes of one
// kernel the waiter sleeps on it, so that it need not look every half millisecond, which takes a
// twentieth of a processor from the program. Between VMs it sleeps on its VM's doorbell (Bell.swift); where
// there is none, or a rank does not ring, it naps.

#ifndef ATOLL_BELL_H
#define ATOLL_BELL_H

#include "image.h"

/// Bit 0 of a bell: somebody sleeps. The rest counts how often it was rung.
enum { ATOLL_BELL_SLEEPS = 1, ATOLL_BELL_STEP = 2 };

/// To be read before the look for work after which the caller may sleep.
static inline uint64_t atoll_bell_heard(const uint64_t *bell) {
    return load(bell) & ~(uint64_t)ATOLL_BELL_SLEEPS;
}

/// Sleeps for so long at most. Whether the bell was rung after `heard` was read.
HIDDEN bool atoll_bell_sleep(uint64_t *bell, uint64_t heard, uint64_t nanoseconds);

/// After the work is there to be seen.
HIDDEN void atoll_bell_ring(uint64_t *bell);

/// Has the watcher of a rank, or those of all, look.
HIDDEN void atoll_ring(uint32_t rank);
HIDDEN void atoll_ring_all(void);

#endif  // ATOLL_BELL_H
