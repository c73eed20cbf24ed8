// SPDX-License-Identifier: Apache-2.0
//
// Cancellation in waits of ours; see cancel.c.

#ifndef ATOLL_CANCEL_H
#define ATOLL_CANCEL_H

#include <stdbool.h>

/// Whether the calling thread is to end at its next cancellation point, which the caller then makes: it
/// tidies up, and calls atoll_cancel_test().
bool atoll_cancel_is_due(void) __attribute__((visibility("hidden")));
/// A cancellation point.
void atoll_cancel_test(void) __attribute__((visibility("hidden")));

#endif  // ATOLL_CANCEL_H
