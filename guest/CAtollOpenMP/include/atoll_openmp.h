// SPDX-License-Identifier: Apache-2.0
//
// What the OpenMP runtime cannot say in Swift: a word for each thread, and calls with any number of
// arguments. Not installed: programs need no header of ours.

#ifndef ATOLL_OPENMP_H
#define ATOLL_OPENMP_H

#include <stdint.h>

/// The offset of this thread's record in the image; 0: it has none yet.
// The library is there before the program is: its thread-local words lie in the first block.
extern __thread uint64_t atoll_thread_record __attribute__((tls_model("initial-exec")));

static inline uint64_t atoll_self(void) { return atoll_thread_record; }
static inline void atoll_set_self(uint64_t record) { atoll_thread_record = record; }

#endif  // ATOLL_OPENMP_H
