// SPDX-License-Identifier: Apache-2.0
//
// Threads on stacks of the image; see threads.c.

#ifndef ATOLL_THREADS_H
#define ATOLL_THREADS_H

#include "image.h"

#include <pthread.h>

/// A thread on a stack of the image, whoever made it. Lies in the image.
struct atoll_strand {
    void *(*body)(void *);
    void *argument;
    void *result;
    uint64_t done;        // 1: it has ended, `result` holds
    uint64_t claimed;     // 1: detached, or somebody joins it
    uint64_t wanted;      // 1: detached; 2: joined from another rank. Its own rank ends it then
    uint64_t rank;        // whose process runs it
    uint64_t handle;      // pthread_t
    uint64_t record;      // a worker's; else 0
    char *stack;          // guard included; NULL: the program gave the stack
    uint64_t stack_bytes;
    struct atoll_strand *next;  // in its rank's list
    uint64_t is_own;      // 1: of the program's own threads, with which it lives
    uint64_t cancelled;   // 1: somebody has called pthread_cancel
    uint64_t signals;     // sent to it and not taken yet, a bit each; see signals.c
};

/// Of a thread that runs on a stack of the image: itself.
extern __thread struct atoll_strand *atoll_strand __attribute__((tls_model("initial-exec"))) HIDDEN;

/// Starts `body(argument)` in this process, with the attributes but for the stack, of which it takes
/// the size, 0 being the default. 0, or an errno value.
HIDDEN int atoll_strand_start(void *(*body)(void *), void *argument,
                              const pthread_attr_t *attributes, uint64_t stack_bytes,
                              uint64_t record, bool is_own, struct atoll_strand **made);
/// How large a stack is where nobody says it.
HIDDEN uint64_t atoll_stack_default(void);
HIDDEN uint64_t atoll_stack_of_main(void);
/// Of its watcher: starts the threads that other ranks want in this one.
/// Whether there were any.
HIDDEN bool atoll_spawn_wanted(void);
/// Of its watcher: frees what ended threads of this rank have left.
/// Whether there was any.
HIDDEN bool atoll_strands_clear(void);

// strand.wanted
enum { ATOLL_STRAND_DETACHED = 1, ATOLL_STRAND_JOINED = 2 };

/// The variable of another thread, of whichever rank.
HIDDEN struct atoll_strand **atoll_strand_of(pthread_t handle);
/// Ends a strand of this rank, if its thread has ended: then its stack is free, the record not yet.
/// EBUSY: it has not.
HIDDEN int atoll_strand_try(struct atoll_strand *strand, void **result);
/// Leaves that to its rank's watcher.
HIDDEN void atoll_strand_leave(struct atoll_strand *strand, uint64_t wanted);

#endif  // ATOLL_THREADS_H
