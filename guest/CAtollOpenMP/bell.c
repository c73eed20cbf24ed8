// SPDX-License-Identifier: Apache-2.0

#include "bell.h"

#include "include/atoll_doorbell.h"

#include <linux/futex.h>
#include <time.h>

bool atoll_bell_sleep(uint64_t *bell, uint64_t heard, uint64_t nanoseconds) {
    if (!atoll_process.is_local) {
        if (!atoll_bell_await((uint64_t)bell, heard, nanoseconds)) atoll_sys_nap(nanoseconds);
        return atoll_bell_heard(bell) != heard;
    }
    uint64_t seen = heard;
    while (!__atomic_compare_exchange_n(bell, &seen, heard | ATOLL_BELL_SLEEPS, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        if (seen == (heard | ATOLL_BELL_SLEEPS)) break;
        if ((seen & ~(uint64_t)ATOLL_BELL_SLEEPS) != heard) return true;
    }
    struct timespec time = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    // Of its lower half: of a word that lies in a file's memory, for all that have the file mapped.
    atoll_syscall(SYS_futex, (uint64_t)bell, FUTEX_WAIT, (uint32_t)(heard | ATOLL_BELL_SLEEPS),
                  (uint64_t)&time, 0, 0);
    uint64_t found = __atomic_fetch_and(bell, ~(uint64_t)ATOLL_BELL_SLEEPS, __ATOMIC_ACQ_REL);
    return (found & ~(uint64_t)ATOLL_BELL_SLEEPS) != heard;
}

void atoll_bell_ring(uint64_t *bell) {
    if (!atoll_process.is_local) {
        if (!atoll_has_doorbell()) return;
        __atomic_fetch_add(bell, ATOLL_BELL_STEP, __ATOMIC_ACQ_REL);
        atoll_bell_rouse();
        return;
    }
    uint64_t found = __atomic_fetch_add(bell, ATOLL_BELL_STEP, __ATOMIC_ACQ_REL);
    if (found & ATOLL_BELL_SLEEPS)
        atoll_syscall(SYS_futex, (uint64_t)bell, FUTEX_WAKE, 1, 0, 0, 0);
}

void atoll_ring(uint32_t rank) { atoll_bell_ring(&atoll_rank(rank)->bell); }

void atoll_ring_all(void) {
    for (uint32_t rank = 0; rank < atoll_process.ranks; rank++) atoll_ring(rank);
}
