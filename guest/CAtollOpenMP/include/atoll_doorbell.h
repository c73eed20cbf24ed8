// SPDX-License-Identifier: Apache-2.0
//
// The doorbell of the VM that this process runs in: by the kernel module's device, or, between processes of
// one kernel, by counts in a file (ATOLL_BELL). What is done with it is Bell.swift's.

#ifndef ATOLL_DOORBELL_H
#define ATOLL_DOORBELL_H

#include "atoll_image.h"

/// Once, when the image is there.
void atoll_doorbell_begin(void);

static inline bool atoll_has_doorbell(void) { return atoll_process.has_doorbell; }
/// Where the words of the sleepers lie (AtollSync's Sleepers), and the slots of the program's ranks, as bits.
static inline uint64_t atoll_doorbell_sleepers(void) { return atoll_process.sleepers; }
static inline uint64_t atoll_doorbell_members(void) { return atoll_process.members; }
static inline uint32_t atoll_doorbell_slot(void) { return atoll_process.slot; }

// As AtollSync's Doorbell says.
uint32_t atoll_doorbell_heard(void);
void atoll_doorbell_ring(uint32_t slot);
uint32_t atoll_doorbell_sleep(uint32_t heard, uint64_t nanoseconds);

// (Bell.swift)
/// After a store that may end another thread's wait.
void atoll_bell_rouse(void);
/// Sleeps while the bell's word, without its lowest bit, is `heard`; false: nobody rings, the caller naps.
bool atoll_bell_await(uint64_t word, uint64_t heard, uint64_t nanoseconds);
/// This process stores without ringing.
void atoll_bell_silent(void);

#endif  // ATOLL_DOORBELL_H
