// SPDX-License-Identifier: Apache-2.0
//
// Counts of 32 bits in memory that processes of one kernel share, on which threads can sleep. As in
// linux_shim.h, a call gives what the system call gives, or -errno.

#ifndef ATOLL_LINUX_COUNTS_H
#define ATOLL_LINUX_COUNTS_H

#include <stdint.h>

uint32_t atoll_count_load(const void *count);
void atoll_count_raise(void *count);
/// Wakes all threads that sleep on the count.
int atoll_count_wake(void *count);
/// Sleeps while the count is `seen`, for so many nanoseconds at most.
int atoll_count_wait(void *count, uint32_t seen, uint64_t ns);

#endif  // ATOLL_LINUX_COUNTS_H
