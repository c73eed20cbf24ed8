// SPDX-License-Identifier: Apache-2.0
//
// One clock. Each VM counts its own time: ranks of others find out, before the program starts, what to
// add to theirs, so that times that threads of different ranks have read can be compared. No such
// comparison is exact, and clocks drift. So that no thread sees an earlier time than another has told
// it of, VMs set their clocks forward to the latest time that anybody has read (L. Lamport, Time,
// clocks, and the ordering of events in a distributed system, 1978): the program's clock is the
// fastest VM's.

#include "clock.h"
#include "cputime.h"

#include <errno.h>
#include <sys/time.h>
#include <time.h>

#define SHOWN __attribute__((visibility("default")))

enum { ROUNDS = 64 };

typedef int get_time(clockid_t, struct timespec *);

// libc's, which asks the kernel only where it must.
static get_time *real(void) {
    static get_time *found;
    if (!found) found = (get_time *)atoll_real("clock_gettime");
    return found;
}

static uint64_t own(clockid_t clock) {
    struct timespec now;
    real()(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t atoll_clock(void) {
    return own(CLOCK_MONOTONIC) + load(&atoll_process.clock_offset);
}

void atoll_clock_answer(void) {
    for (uint32_t i = 1; i < atoll_process.ranks; i++) {
        struct atoll_rank *rank = atoll_rank(i);
        uint64_t ping = load(&rank->ping);
        if (ping == rank->pong) continue;
        rank->pong_date = own(CLOCK_REALTIME);
        rank->pong_time = own(CLOCK_MONOTONIC);
        store(&rank->pong, ping);
    }
}

// Of the rounds, the quickest says most: rank 0 has read its clock between our two looks at ours.
void atoll_clock_compare(void) {
    if (atoll_process.is_local || atoll_process.rank == 0) return;
    struct atoll_rank *rank = atoll_rank(atoll_process.rank);
    uint64_t best = UINT64_MAX;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        uint64_t before = own(CLOCK_MONOTONIC), date = own(CLOCK_REALTIME);
        store(&rank->ping, round);
        for (uint64_t looks = 0; load(&rank->pong) != round; looks++) {
            if (looks < 10000) continue;
            atoll_image_look();
            atoll_sys_nap(20000);
        }
        uint64_t after = own(CLOCK_MONOTONIC), took = after - before;
        if (took >= best) continue;
        best = took;
        atoll_process.clock_offset = rank->pong_time - (before + took / 2);
        atoll_process.date_offset = rank->pong_date - (date + took / 2);
    }
    rank->clock_offset = atoll_process.clock_offset;
}

// ------------------------------------------------------------------------------ the program's calls

struct reading {
    uint64_t *offset;  // this rank's, to add
    uint64_t *latest;  // that any thread has read; NULL: nobody compares
};

static struct reading reading_of(clockid_t clock) {
    if (atoll_process.ranks < 2 || atoll_process.is_local || atoll_process.is_child)
        return (struct reading){0};
    struct atoll_image *image = atoll_image();
    switch (clock) {
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
        return (struct reading){&atoll_process.clock_offset, &image->clock_latest};
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
        return (struct reading){&atoll_process.clock_offset, 0};
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        return (struct reading){&atoll_process.date_offset, &image->date_latest};
    case CLOCK_TAI:
        return (struct reading){&atoll_process.date_offset, 0};
    default:
        return (struct reading){0};  // of a process, or of a thread
    }
}

// What the latest is must have been found out before our clock is read: what comes between the two
// may take long, and is no reason to set the clock forward.
static uint64_t set_forward(struct reading reading, uint64_t latest, uint64_t counted) {
    uint64_t offset = load(reading.offset), now = counted + offset;
    while ((int64_t)(latest - now) > 0) {
        if (swap(reading.offset, offset, latest - counted)) return latest;
        offset = load(reading.offset);
        now = counted + offset;
    }
    for (uint64_t last = latest; (int64_t)(now - last) > 0; last = load(reading.latest))
        if (swap(reading.latest, last, now)) break;
    return now;
}

SHOWN int clock_gettime(clockid_t clock, struct timespec *time) {
    if (clock == CLOCK_PROCESS_CPUTIME_ID && atoll_cputime_is_sum()) {
        uint64_t used = atoll_cputime();
        *time = (struct timespec){(time_t)(used / 1000000000u), (long)(used % 1000000000u)};
        return 0;
    }
    struct reading reading = reading_of(clock);
    uint64_t latest = reading.latest ? load(reading.latest) : 0;
    int error = real()(clock, time);
    if (error || !reading.offset) return error;
    uint64_t now = (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
    now = reading.latest ? set_forward(reading, latest, now) : now + load(reading.offset);
    time->tv_sec = (time_t)(now / 1000000000u);
    time->tv_nsec = (long)(now % 1000000000u);
    return 0;
}

uint64_t atoll_program_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

SHOWN int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    if (zone) *(struct timezone *)zone = (struct timezone){0};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

SHOWN time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

SHOWN int timespec_get(struct timespec *time, int base) {
    if (base != TIME_UTC) return 0;
    return clock_gettime(CLOCK_REALTIME, time) ? 0 : base;
}
