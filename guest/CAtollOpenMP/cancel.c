// SPDX-License-Identifier: Apache-2.0
//
// Cancellation (POSIX, "Thread Cancellation"). libc cancels a thread, in the process that runs it; what
// is ours is to have that done there, and to look for it in the waits that are ours.

#include "atoll_cancel.h"
#include "everywhere.h"
#include "threads.h"

#define SHOWN __attribute__((visibility("default")))

static long cancel_here(long handle, long b, long c, long d) {
    (void)b, (void)c, (void)d;
    return ((int (*)(pthread_t))atoll_real("pthread_cancel"))((pthread_t)handle);
}

SHOWN int pthread_cancel(pthread_t handle) {
    struct atoll_strand *strand = *atoll_strand_of(handle);
    if (!strand) return (int)cancel_here((long)handle, 0, 0, 0);
    store(&strand->cancelled, 1);
    return (int)atoll_in_rank((uint32_t)strand->rank, cancel_here, (long)handle, 0, 0, 0);
}

bool atoll_cancel_is_due(void) {
    if (!atoll_strand || !load(&atoll_strand->cancelled)) return false;
    // libc does not tell whether a thread may be cancelled, but for what it was when that is changed.
    int state, unused;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_setcancelstate(state, &unused);
    return state == PTHREAD_CANCEL_ENABLE;
}

// Who cancels it has said so, and libc may know it a moment later.
void atoll_cancel_test(void) {
    for (uint64_t looks = 0; atoll_cancel_is_due(); looks++) {
        pthread_testcancel();
        if (looks < 20) {
            atoll_sys_yield();
        } else {
            atoll_image_look();
            atoll_sys_nap(50000);
        }
    }
}
