// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "linux_counts.h"
#include "common.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

uint32_t atoll_count_load(const void *count) {
    return __atomic_load_n((const uint32_t *)count, __ATOMIC_ACQUIRE);
}

void atoll_count_raise(void *count) { __atomic_fetch_add((uint32_t *)count, 1, __ATOMIC_ACQ_REL); }

int atoll_count_wake(void *count) {
    return checked((int)syscall(SYS_futex, count, FUTEX_WAKE, INT_MAX, NULL, NULL, 0));
}

int atoll_count_wait(void *count, uint32_t seen, uint64_t ns) {
    struct timespec time = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    return checked((int)syscall(SYS_futex, count, FUTEX_WAIT, seen, &time, NULL, 0));
}
