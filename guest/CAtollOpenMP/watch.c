// SPDX-License-Identifier: Apache-2.0
//
// Each rank's watcher: its initial thread, once the program runs on others. It starts threads that
// other ranks want here, and sees to it that no rank outlives the program.

#include "bell.h"
#include "child.h"
#include "cputime.h"
#include "ending.h"
#include "everywhere.h"
#include "library.h"
#include "start.h"
#include "symbol.h"
#include "threads.h"

#include <poll.h>
#include <time.h>

enum { LOST = 124 };
// ns between looks: a part of the time since something has happened, within these. A program that computes
// has a better use for the processor; who wants something rings, where that can be heard.
static const uint64_t SHORT = 500000, LONGEST = 16000000, LONGEST_AFTER_EXEC = 4000000;
static const uint64_t PART = 16, PART_WITH_BELL = 2;
static const uint64_t SILENCE_AFTER_EXEC = 1300000000;

static struct pollfd process[ATOLL_IMAGE_RANKS];
static unsigned processes;
static bool is_watching;
static uint8_t rank_of[ATOLL_IMAGE_RANKS];

static struct { uint64_t beat, since; } heard[ATOLL_IMAGE_RANKS];

static void say_lost(uint32_t rank) {
    const struct atoll_rank *record = atoll_rank(rank);
    bool has_name = record->name[0] != 0;
    uint64_t region = atoll_image_region();
    char name[256] = "";
    if (region) atoll_symbol_name(region, name, sizeof name);
    SAY("lost ", has_name ? record->name : "process ", has_name ? "" : NUMBER(rank),
        name[0] ? " in the parallel region " : "", name, "; the program cannot go on without it");
}

static void lost(uint64_t end) __attribute__((noreturn));
static void lost(uint64_t end) {
    static uint64_t said;
    // One rank says it for all, and one of its threads: the others wait until it has, since the first to exit
    // ends the process.
    if (atoll_process.rank == (end >> 16 & 255)) {
        if (!swap(&said, 0, 1)) for (;;) atoll_sys_nap(1000000000);
        say_lost((uint32_t)(end >> 8 & 255));
    }
    atoll_sys_exit(LOST);
}

void atoll_image_look(void) {
    if (atoll_process.ranks < 2 || atoll_process.is_child) return;
    uint64_t end = load(&atoll_image()->end);
    if (!end) {
        if (!is_watching) atoll_look_for_dead();
        return;
    }
    if ((end & 255) == ATOLL_END_LOST) lost(end);
    if (atoll_process.rank != 0 && (end & 255) == ATOLL_END_EXIT) {
        store(&atoll_rank(atoll_process.rank)->state, ATOLL_RANK_GONE);
        atoll_sys_exit(0);
    }
}

static void lose(uint32_t rank) {
    struct atoll_image *image = atoll_image();
    // Who ends in order says so before it is gone.
    if (load(&atoll_rank(rank)->state) == ATOLL_RANK_GONE) return;
    // Rank 0 says who was lost: it is the program. Where it is itself the lost one, whoever has found that first.
    uint64_t sayer = rank == 0 ? atoll_process.rank : 0;
    swap(&image->end, 0, ATOLL_END_LOST | (uint64_t)rank << 8 | sayer << 16);
    atoll_ring_all();
    atoll_image_look();
    // It was about to end, perhaps by a signal that another rank's thread has got.
    if (rank == 0) atoll_sys_exit(LOST);
}

static uint64_t monotonic(void) {
    struct timespec now;
    atoll_syscall(SYS_clock_gettime, CLOCK_MONOTONIC, (uint64_t)&now, 0, 0, 0, 0);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void watch_processes(void) {
    if (!atoll_process.is_local) return;
    for (uint32_t rank = 0; rank < atoll_process.ranks; rank++) {
        if (rank == atoll_process.rank) continue;
        long fd = atoll_syscall(SYS_pidfd_open, atoll_rank(rank)->pid, 0, 0, 0, 0, 0);
        if (fd == -3) lose(rank);  // ESRCH
        if (fd < 0) continue;
        long high = atoll_syscall(SYS_fcntl, (uint64_t)fd, 1030, 1000, 0, 0, 0);  // F_DUPFD_CLOEXEC
        if (high >= 0) atoll_syscall(SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
        process[processes].fd = (int)(high >= 0 ? high : fd);
        process[processes].events = POLLIN;
        rank_of[processes++] = (uint8_t)rank;
    }
}

// Rank 0 has become another program, which knows nothing of us: it is silent.
static void leave_after_exec(uint64_t now) {
    static uint64_t beat, since;
    if (!load(&atoll_image()->exec)) return;
    uint64_t found = load(&atoll_rank(0)->heartbeat);
    if (found != beat || !since) since = now;
    beat = found;
    if (now - since > SILENCE_AFTER_EXEC) atoll_sys_exit(0);
}

// Where the others' processes cannot be seen: whoever has been silent for the lease.
static void listen(uint64_t now) {
    uint64_t lease = atoll_image()->lease_ns;
    if (atoll_process.is_local || !lease) return;
    for (uint32_t rank = 0; rank < atoll_process.ranks; rank++) {
        uint64_t beat = load(&atoll_rank(rank)->heartbeat);
        if (rank == atoll_process.rank) continue;
        if (beat != heard[rank].beat || !heard[rank].since) {
            heard[rank].beat = beat;
            heard[rank].since = now;
        } else if (now - heard[rank].since > lease) {
            lose(rank);
        }
    }
}

static uint64_t nap_after(uint64_t quiet) {
    uint64_t nap = quiet / (atoll_process.is_local || atoll_process.has_doorbell ? PART_WITH_BELL : PART);
    uint64_t longest = load(&atoll_image()->exec) ? LONGEST_AFTER_EXEC : LONGEST;
    return nap < SHORT ? SHORT : nap > longest ? longest : nap;
}

void atoll_watch(void) {
    struct atoll_rank *own = atoll_rank(atoll_process.rank);
    uint64_t since = monotonic(), looks = 0;
    bool was_rung = false;
    watch_processes();
    is_watching = true;
    for (;;) {
        uint64_t heard = atoll_bell_heard(&own->bell), now = monotonic();
        __atomic_fetch_add(&own->heartbeat, 1, __ATOMIC_RELEASE);
        bool worked = was_rung;
        worked |= atoll_spawn_wanted();
        worked |= atoll_strands_clear();
        worked |= atoll_everywhere_serve();
        atoll_cputime_tell();
        worked |= load(&atoll_image()->fork_request) || load(&atoll_image()->loading);
        if (worked) since = now;
        if (atoll_process.rank == 0) {
            atoll_end_serve();
            atoll_child_serve();
        }
        atoll_library_serve();
        atoll_image_look();
        if (looks++ % 64 == 0) listen(now);
        if (atoll_process.rank != 0) leave_after_exec(now);
        was_rung = atoll_bell_sleep(&own->bell, heard, nap_after(now - since));
        struct timespec at_once = {0, 0};
        if (!processes || atoll_syscall(SYS_ppoll, (uint64_t)process, processes, (uint64_t)&at_once,
                                        0, 8, 0) <= 0)
            continue;
        for (unsigned i = 0; i < processes; i++) {
            if (!process[i].revents) continue;
            lose(rank_of[i]);
            process[i].fd = -1;
            // The program has ended without a word to us, by a signal: so do we.
            if (rank_of[i] == 0) {
                atoll_image_look();
                atoll_sys_exit(LOST);
            }
        }
    }
}
