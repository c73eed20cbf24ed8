// SPDX-License-Identifier: Apache-2.0
//
// A part of atoll.h, which includes it: arrays, the heap, counters, queues, rings, and statistics of all.

#ifndef ATOLL_DATA_H
#define ATOLL_DATA_H

#include "atoll.h"

#ifdef __cplusplus
extern "C" {
#endif

// -------------------------------------------------------------------------------------------- memory

/// Memory of the region with this name, `count` elements of `element_bytes` each, zero at first, the
/// same for all threads of the team (each machine may see it at another address: put no pointers into
/// it). It goes when the job ends. Aligned to 64 bytes, to 4096 from 4096 bytes on.
/// Errors: BAD_NAME, SIZE_MISMATCH, NO_ROOM, MEMBER_LOST, DRAINING, INVALID.
int atoll_array_open(
    atoll_team *team, const char *name, size_t count, size_t element_bytes, void **address);

// ---------------------------------------------------------------------------------------------- heap

// Since 1.1. Memory in blocks of any size, which any thread of any machine allocates and frees. Blocks of a
// thread that died stay allocated; what it had cached goes to others.

/// A named heap. A plain value.
typedef struct atoll_heap_handle {
    uint64_t place;
    uint64_t bytes;
} atoll_heap_handle;

/// Fewer bytes make no heap.
#define ATOLL_HEAP_MINIMUM (192 * 1024)

/// The heap of this name, of `bytes` bytes (rounded down to 4096), the same for all threads of the team.
/// Errors: as atoll_array_open, and KIND_MISMATCH.
int atoll_heap_open(atoll_team *team, const char *name, size_t bytes, atoll_heap_handle *heap);
/// Takes a block of at least `bytes` bytes, aligned to 16. What is in it is anything.
/// Errors: NO_ROOM; INVALID, also where more threads use the heap than it has seats.
int atoll_heap_allocate(atoll_thread *me, atoll_heap_handle heap, size_t bytes, void **address);
/// Gives a block back, whoever has allocated it. NULL is let pass.
/// Errors: INVALID: no block of this heap begins there, or it is free already.
int atoll_heap_free(atoll_thread *me, atoll_heap_handle heap, void *address);

/// What a heap holds, about: others go on meanwhile.
struct atoll_heap_statistics {
    uint32_t size;      // set it to sizeof(struct atoll_heap_statistics) before the call
    uint32_t seats;     // threads that use it
    uint64_t capacity;  // bytes, of all pages together
    uint64_t bytes;     // in blocks that are taken
    uint64_t blocks;
    uint64_t large_blocks;     // of those, over 32 KiB
    uint64_t reclaimed_pages;  // that came from threads that died or left
};

/// Describes a heap, as far as `statistics->size` reaches. Errors: INVALID.
int atoll_heap_get_statistics(
    atoll_team *team, atoll_heap_handle heap, struct atoll_heap_statistics *statistics);

/// Where an address of the region lies in it: what to put into shared memory in place of an address,
/// which each machine has its own. Never 0. Errors: INVALID.
int atoll_offset_of(atoll_team *team, const void *address, uint64_t *offset);
/// The address here. Errors: INVALID.
int atoll_address_of(atoll_team *team, uint64_t offset, void **address);

// --------------------------------------------------------------------------- counters and queues

// Since 1.1. None of them holds anything for a thread: one that dies leaves what it had added, and
// nothing half done. They go when the job ends.

/// A named sum that all threads add to without waiting for each other.
typedef uint64_t atoll_counter_handle;

/// Errors: as atoll_lock_open.
int atoll_counter_open(atoll_team *team, const char *name, atoll_counter_handle *counter);
/// Wraps. Errors: INVALID.
int atoll_counter_add(atoll_thread *me, atoll_counter_handle counter, int64_t delta);
/// All that was added by what this thread knows of, and perhaps some of what is being added now.
/// Errors: INVALID.
int atoll_counter_sum(atoll_thread *me, atoll_counter_handle counter, int64_t *sum);

/// A named queue of words, with any number of producers and consumers. A plain value.
typedef struct atoll_queue_handle {
    uint64_t place;
    uint64_t capacity;
} atoll_queue_handle;

/// Room for `capacity` elements, a power of two. Errors: as atoll_lock_open, and SIZE_MISMATCH.
int atoll_queue_open(
    atoll_team *team, const char *name, size_t capacity, atoll_queue_handle *queue);
/// Adds an element. Gives 0 or ATOLL_BUSY. Errors: TIMED_OUT, MEMBER_LOST, PEER_FAILED, DRAINING,
/// INVALID.
int atoll_queue_push(
    atoll_thread *me, atoll_queue_handle queue, uint64_t value, uint64_t nanoseconds);
/// Takes the oldest element. Gives 0 or ATOLL_BUSY. Errors: as atoll_queue_push.
int atoll_queue_pop(
    atoll_thread *me, atoll_queue_handle queue, uint64_t *value, uint64_t nanoseconds);

/// A named queue of words from one thread to another one, faster than a queue. A plain value.
typedef struct atoll_ring_handle {
    uint64_t place;
    uint64_t capacity;
} atoll_ring_handle;

/// Room for `capacity` elements, a power of two. Errors: as atoll_lock_open, and SIZE_MISMATCH.
int atoll_ring_open(atoll_team *team, const char *name, size_t capacity, atoll_ring_handle *ring);
/// Adds an element, in the one thread that does. Gives 0 or ATOLL_BUSY. Errors: as atoll_queue_push.
int atoll_ring_push(
    atoll_thread *me, atoll_ring_handle ring, uint64_t value, uint64_t nanoseconds);
/// Takes the oldest element, in the one thread that does. Gives 0 or ATOLL_BUSY. Errors: as
/// atoll_queue_push.
int atoll_ring_pop(
    atoll_thread *me, atoll_ring_handle ring, uint64_t *value, uint64_t nanoseconds);

// ------------------------------------------------------------------------------------- statistics

/// What an object is. Since 1.1.
enum {
    ATOLL_KIND_LOCK = 1,
    ATOLL_KIND_RECURSIVE_LOCK = 2,
    ATOLL_KIND_READ_WRITE_LOCK = 3,
    ATOLL_KIND_CONDITION = 4,
    ATOLL_KIND_SEMAPHORE = 5,
    ATOLL_KIND_ONCE = 6,
    ATOLL_KIND_LATCH = 7,
    ATOLL_KIND_BARRIER = 8,
    ATOLL_KIND_HEAP = 10,
    ATOLL_KIND_RING = 11,
    ATOLL_KIND_QUEUE = 12,
    ATOLL_KIND_COUNTER = 14,
};

/// How an object was used since it was made. Later versions may know more fields. Since 1.1.
struct atoll_statistics {
    uint32_t size;          // set it to sizeof(struct atoll_statistics) before the call
    uint32_t kind;
    uint64_t acquisitions;  // times it was taken; of a barrier: rounds completed
    uint64_t contended;     // of these, after waiting
    uint64_t wait_ns;       // that all waits took together, spinning left out
    uint64_t waiters;       // threads that wait now
    uint64_t deaths;        // holders that died
    uint32_t waits[16];     // of 2^k to 2^(k+1) microseconds; the first shorter ones, the last longer ones, too
};

/// Describes the use of the object of this kind and name, as far as `statistics->size` reaches; of the
/// whole team's barrier: ATOLL_KIND_BARRIER, and NULL. Takes a look at all names: not for inner loops.
/// Since 1.1. Errors: NO_SUCH_OBJECT, INVALID.
int atoll_get_statistics(
    atoll_team *team, uint32_t kind, const char *name, struct atoll_statistics *statistics);

#ifdef __cplusplus
}
#endif

#endif  // ATOLL_DATA_H
