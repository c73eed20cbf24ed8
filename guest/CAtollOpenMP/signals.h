// SPDX-License-Identifier: Apache-2.0
//
// Signals for one thread; see signals.c.

#ifndef ATOLL_SIGNALS_H
#define ATOLL_SIGNALS_H

#include "image.h"

/// The signal by which the runtime interrupts a thread; for nobody else.
enum { ATOLL_CARRIER = 54 };

/// Of other ranks: the carrier runs the program's handlers.
HIDDEN void atoll_signals_begin(void);
/// Of rank 0, before main: the other ranks get what constructors have set.
HIDDEN void atoll_signals_tell(void);
/// Of rank 0: whether its threads can be interrupted by the carrier.
HIDDEN bool atoll_signals_can_interrupt(void);
/// What a fault without a handler of the program's does (ending.c).
HIDDEN void atoll_end_by_signal(int number);

/// How many handlers have run in the calling thread after which a blocked call is to end.
extern __thread uint64_t atoll_signals_taken __attribute__((tls_model("initial-exec"))) HIDDEN;

#endif  // ATOLL_SIGNALS_H
