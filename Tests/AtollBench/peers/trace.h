// SPDX-License-Identifier: Apache-2.0
//
// The trace that heaps are compared by: two threads with a window of live blocks each; every step frees the oldest
// and allocates one of another size, mostly small; every eighth block is handed to the other thread, which frees it.
#ifndef ATOLL_BENCH_TRACE_H
#define ATOLL_BENCH_TRACE_H

#include <stdint.h>

enum { TRACE_WINDOW = 256, TRACE_HANDED = 64 };

/// The next number of a thread's sequence (xorshift64, Marsaglia 2003).
static inline uint64_t trace_next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/// Bytes to ask for: 16 to 256 mostly, up to 4096 one time in sixteen.
static inline uint64_t trace_bytes(uint64_t number) {
    return (number & 15) == 0 ? 16 + (number >> 8) % 4080 : 16 + (number >> 8) % 240;
}

#endif
