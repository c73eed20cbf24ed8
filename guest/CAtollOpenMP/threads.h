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
    uint64_t claimed;     // 1: detached, or somebody has joined it
    uint64_t rank;        // whose process runs it
    uint64_t handle;      // pthread_t
    uint64_t record;      // a worker's; else 0
    char *stack;          // guard included; NULL: the program gave the stack
    uint64_t stack_bytes;
    uint64_t next;        // in the list of those that their rank shall clear away
    uint64_t old_mask;    // what signals it lets through
};

/// Of a thread that runs on a stack of the image: itself.
extern __thread struct atoll_strand *atoll_strand __attribute__((tls_model("initial-exec"))) HIDDEN;

/// Starts `body(argument)` in this process. `stack_bytes` 0: the default. 0, or an errno value.
HIDDEN int atoll_strand_start(void *(*body)(void *), void *argument, uint64_t stack_bytes,
                              uint64_t record, bool blocks_signals, struct atoll_strand **made);
/// How large a stack is where nobody says it.
HIDDEN uint64_t atoll_stack_default(void);
/// Of its watcher: starts the threads that other ranks want in this one.
HIDDEN void atoll_spawn_wanted(void);
/// Of its watcher: frees what ended threads of this rank have left.
HIDDEN void atoll_strands_clear(void);

#endif  // ATOLL_THREADS_H
