// SPDX-License-Identifier: Apache-2.0
//
// Processor time is the program's: the sum over its processes. Each rank's watcher tells now and then
// what its process has used, and so does a thread that asks, of its own; so what is added of the other
// ranks is a few milliseconds old at most, while their watchers get a processor.

#include "cputime.h"

#include "atoll_io.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

#define SHOWN __attribute__((visibility("default")))

// atoll_rank.usage. The first three only grow, and are among atoll_image.usage_latest.
enum { TIME, USER, SYSTEM, FAULTS, READ_FAULTS, WAITS, PREEMPTIONS, WORDS };

typedef int get_usage(int, struct rusage *);

bool atoll_cputime_is_sum(void) {
    return atoll_process.ranks > 1 && atoll_process.is_complete && !atoll_process.is_child;
}

static void raise_to(uint64_t *word, uint64_t value) {
    for (uint64_t seen = load(word); seen < value; seen = load(word))
        if (swap(word, seen, value)) return;
}

static uint64_t microseconds(const struct timeval *time) {
    return (uint64_t)time->tv_sec * 1000000u + (uint64_t)time->tv_usec;
}

static uint64_t own_time(void) {
    struct timespec now = {0};
    atoll_syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, (uint64_t)&now, 0, 0, 0, 0);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void atoll_cputime_tell(void) {
    struct rusage own;
    uint64_t *usage = atoll_rank(atoll_process.rank)->usage;
    atoll_syscall(SYS_getrusage, RUSAGE_SELF, (uint64_t)&own, 0, 0, 0, 0);
    const uint64_t values[WORDS] = {
        own_time(), microseconds(&own.ru_utime), microseconds(&own.ru_stime),
        (uint64_t)own.ru_minflt, (uint64_t)own.ru_majflt, (uint64_t)own.ru_nvcsw,
        (uint64_t)own.ru_nivcsw,
    };
    for (int word = 0; word < WORDS; word++) raise_to(&usage[word], values[word]);
}

static uint64_t sum(int word) {
    uint64_t all = 0;
    for (uint32_t rank = 0; rank < atoll_process.ranks; rank++)
        all += load(&atoll_rank(rank)->usage[word]);
    if (word > SYSTEM) return all;
    uint64_t *latest = &atoll_image()->usage_latest[word];
    raise_to(latest, all);
    return load(latest);
}

uint64_t atoll_cputime(void) {
    if (!atoll_cputime_is_sum()) return own_time();
    raise_to(&atoll_rank(atoll_process.rank)->usage[TIME], own_time());
    return sum(TIME);
}

// ------------------------------------------------------------------------------ the program's calls

SHOWN clock_t clock(void) {
    return (clock_t)(atoll_cputime() / (1000000000u / CLOCKS_PER_SEC));
}

static long usage_here(long who, long usage, long c, long d, long e, long f) {
    (void)c, (void)d, (void)e, (void)f;
    return ((get_usage *)atoll_real("getrusage"))((int)who, (struct rusage *)usage);
}

static struct timeval time_of(uint64_t microseconds) {
    return (struct timeval){(time_t)(microseconds / 1000000), (long)(microseconds % 1000000)};
}

SHOWN int getrusage(int who, struct rusage *usage) {
    if (who == RUSAGE_THREAD) return (int)usage_here(who, (long)usage, 0, 0, 0, 0);
    // Its children are rank 0's, and what it reads and writes.
    int error = (int)atoll_forward(usage_here, who, (long)usage, 0, 0, 0, 0);
    if (error || who != RUSAGE_SELF || !atoll_cputime_is_sum()) return error;
    atoll_cputime_tell();
    usage->ru_utime = time_of(sum(USER));
    usage->ru_stime = time_of(sum(SYSTEM));
    usage->ru_minflt = (long)sum(FAULTS);
    usage->ru_majflt = (long)sum(READ_FAULTS);
    usage->ru_nvcsw = (long)sum(WAITS);
    usage->ru_nivcsw = (long)sum(PREEMPTIONS);
    return 0;
}

static long times_here(long result, long b, long c, long d, long e, long f) {
    (void)b, (void)c, (void)d, (void)e, (void)f;
    return ((clock_t(*)(struct tms *))atoll_real("times"))((struct tms *)result);
}

SHOWN clock_t times(struct tms *result) {
    clock_t date = (clock_t)atoll_forward(times_here, (long)result, 0, 0, 0, 0, 0);
    if (!result || !atoll_cputime_is_sum()) return date;
    atoll_cputime_tell();
    // Its unit is 10 ms, for programs.
    result->tms_utime = (clock_t)(sum(USER) / 10000);
    result->tms_stime = (clock_t)(sum(SYSTEM) / 10000);
    return date;
}
