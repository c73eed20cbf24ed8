// SPDX-License-Identifier: Apache-2.0
//
// Memory of the program: where its heap lies, and each thread's seat there.

#ifndef ATOLL_MEMORY_H
#define ATOLL_MEMORY_H

#include <stdint.h>

/// Where the heap lies in this process. Has no bytes until atoll_memory_begin().
struct atoll_memory {
	uint64_t heap;
	uint64_t bytes;
};

extern struct atoll_memory atoll_memory __attribute__((visibility("hidden")));

/// This thread's seat at the heap, an offset in it; 0: it has none yet.
extern __thread uint64_t atoll_heap_seat __attribute__((tls_model("initial-exec"), visibility("hidden")));

static inline uint64_t atoll_memory_heap(void) { return atoll_memory.heap; }
static inline uint64_t atoll_memory_bytes(void) { return atoll_memory.bytes; }
static inline uint64_t atoll_memory_seat(void) { return atoll_heap_seat; }
static inline void atoll_memory_set_seat(uint64_t seat) { atoll_heap_seat = seat; }

/// Where the heap lies, once the image is mapped. Does nothing the second time.
void atoll_memory_begin(void);

/// Has atoll_memory_seat_end() called when the calling thread ends, as late as can be.
void atoll_memory_at_thread_end(void);

/// (Memory.swift) The calling thread ends: its seat becomes free for others.
void atoll_memory_leave(uint64_t seat);

/// errno of the calling thread.
void atoll_memory_set_errno(int number);

/// (Memory.swift) malloc() and free(), which Swift cannot name.
void *atoll_malloc(uint64_t bytes) __attribute__((visibility("hidden")));
void atoll_free(void *block) __attribute__((visibility("hidden")));

static inline void atoll_pause(void) { __builtin_ia32_pause(); }

void atoll_memory_bad_free(void) __attribute__((noreturn));
void atoll_memory_no_seat(void) __attribute__((noreturn));

void atoll_memory_zero(uint64_t address, uint64_t bytes);
void atoll_memory_copy(uint64_t to, uint64_t from, uint64_t bytes);

#define ATOLL_ENOMEM 12
#define ATOLL_EINVAL 22

#endif  // ATOLL_MEMORY_H
