// SPDX-License-Identifier: Apache-2.0
//
// What the threads of a team share: the second part of atoll_abi.h, whose rules and version hold here.
// (atoll_team itself is a name of the C interface, atoll.h.)

#ifndef ATOLL_ABI_TEAM_H
#define ATOLL_ABI_TEAM_H

#include <stddef.h>
#include <stdint.h>

// The control block of a team: an object of the directory (kind: team) that its threads share. Words
// with different writers lie on different lines. Its parts lie at offsets from the block's start, which
// the first line gives; they follow from size, vms and the format, so that a reader can check them.
#define ATOLL_TEAM_FORMAT 2u
#define ATOLL_TEAM_LARGEST 4096u  // threads
#define ATOLL_TEAM_LOOPS 8u       // descriptors: how many loops without a barrier can overlap
#define ATOLL_TEAM_LANES 16u      // counters that share out one loop
#define ATOLL_TEAM_PARTS 256u     // partial results of a reduction in a fixed order
#define ATOLL_TEAM_CHUNKS 1024u   // chunks of a restartable loop
#define ATOLL_TEAM_VALUE_BYTES 64u  // of a value that is reduced or broadcast

struct atoll_team_block {
    // Line 0: who makes it, once.
    uint32_t format;
    uint32_t size;            // threads
    uint32_t vms;             // VMs that take part
    uint32_t threads_per_vm;  // 0: not the same in all (a team that was split off)
    uint64_t parent;          // offset of the team that this one was split from; 0: none
    uint32_t barrier_offset;  // in all offsets: from the block's start
    uint32_t barrier_bytes;
    uint32_t loops_offset;    // ATOLL_TEAM_LOOPS of struct atoll_team_loop
    uint32_t parts_offset;    // ATOLL_TEAM_PARTS values
    uint32_t chunks_offset;   // ATOLL_TEAM_CHUNKS words
    uint32_t threads_offset;  // size of struct atoll_team_thread, in order of rank
    uint64_t bytes;           // of the whole block
    uint32_t barrier;         // its algorithm; 0: central, 1: dissemination
    uint32_t reserved0;
    // Line 1: any thread, when a part of the team has failed or is lost.
    uint64_t failed;   // who failed first: rank + 1
    uint64_t dropped;  // slots of lost members that the team goes on without
    uint64_t reserved1[6];
    // Line 2: the last to come to a barrier that reduces.
    uint64_t result[8];
};

// A loop, or another construct that is shared out, of which each thread of the team meets the same in
// the same order. Number n uses descriptor n % ATOLL_TEAM_LOOPS.
struct atoll_team_loop {
    // Line 0: who makes it ready for its next use.
    uint64_t number;  // which construct may use it
    uint64_t reserved0[7];
    // Line 1: threads that leave it: how many have.
    uint64_t left;
    uint64_t reserved1[7];
    // Line 2: threads in it. The next iteration of an ordered region; who a single region fell to.
    uint64_t turn;
    uint64_t reserved2[7];
    // A line for each lane: threads that take chunks from it.
    uint64_t lane[8 * ATOLL_TEAM_LANES];
};

// A word of a restartable loop's chunk:
//   bits  0-15  rank + 1 of the thread that has taken it; 0: nobody
//   bits 16-17  0: free, 1: taken, 2: done
//   bits 18-63  low bits of the loop's number + 1; of another loop: as free
#define ATOLL_CHUNK_STATE_SHIFT 16
#define ATOLL_CHUNK_LOOP_SHIFT 18
#define ATOLL_CHUNK_TAKEN 1u
#define ATOLL_CHUNK_DONE 2u

// One thread of a team.
struct atoll_team_thread {
    // Line 0: the thread. Waits that end while they spin leave no trace here.
    uint64_t owner;         // owner word; 0: it does not run
    uint64_t waiting_on;    // offset of what it waits for: a sync object, or the team's block for the
                            // team's barrier; 0: it does not wait
    uint64_t waiting_kind;  // what that is: a kind of object
    uint64_t waiting_ns;    // how long this wait has taken, renewed now and then
    uint64_t waited_ns;     // all its waits that are over
    uint64_t waits;         // how many those were
    uint64_t reserved0[2];
    // Line 1: the thread: what it gives to a reduction.
    uint64_t contribution[8];
};

// Where fields lie, as constants.
enum {
    ATOLL_AT_TEAM_FORMAT = offsetof(struct atoll_team_block, format),
    ATOLL_AT_TEAM_SIZE = offsetof(struct atoll_team_block, size),
    ATOLL_AT_TEAM_VMS = offsetof(struct atoll_team_block, vms),
    ATOLL_AT_TEAM_THREADS_PER_VM = offsetof(struct atoll_team_block, threads_per_vm),
    ATOLL_AT_TEAM_PARENT = offsetof(struct atoll_team_block, parent),
    ATOLL_AT_TEAM_BARRIER_OFFSET = offsetof(struct atoll_team_block, barrier_offset),
    ATOLL_AT_TEAM_BARRIER = offsetof(struct atoll_team_block, barrier),
    ATOLL_AT_TEAM_BARRIER_BYTES = offsetof(struct atoll_team_block, barrier_bytes),
    ATOLL_AT_TEAM_LOOPS_OFFSET = offsetof(struct atoll_team_block, loops_offset),
    ATOLL_AT_TEAM_PARTS_OFFSET = offsetof(struct atoll_team_block, parts_offset),
    ATOLL_AT_TEAM_CHUNKS_OFFSET = offsetof(struct atoll_team_block, chunks_offset),
    ATOLL_AT_TEAM_THREADS_OFFSET = offsetof(struct atoll_team_block, threads_offset),
    ATOLL_AT_TEAM_BYTES = offsetof(struct atoll_team_block, bytes),
    ATOLL_AT_TEAM_FAILED = offsetof(struct atoll_team_block, failed),
    ATOLL_AT_TEAM_DROPPED = offsetof(struct atoll_team_block, dropped),
    ATOLL_AT_TEAM_RESULT = offsetof(struct atoll_team_block, result),
    ATOLL_AT_TEAM_LOOP_NUMBER = offsetof(struct atoll_team_loop, number),
    ATOLL_AT_TEAM_LOOP_LEFT = offsetof(struct atoll_team_loop, left),
    ATOLL_AT_TEAM_LOOP_TURN = offsetof(struct atoll_team_loop, turn),
    ATOLL_AT_TEAM_LOOP_LANE = offsetof(struct atoll_team_loop, lane),
    ATOLL_AT_TEAM_THREAD_OWNER = offsetof(struct atoll_team_thread, owner),
    ATOLL_AT_TEAM_THREAD_WAITING_ON = offsetof(struct atoll_team_thread, waiting_on),
    ATOLL_AT_TEAM_THREAD_WAITING_KIND = offsetof(struct atoll_team_thread, waiting_kind),
    ATOLL_AT_TEAM_THREAD_WAITING_NS = offsetof(struct atoll_team_thread, waiting_ns),
    ATOLL_AT_TEAM_THREAD_WAITED_NS = offsetof(struct atoll_team_thread, waited_ns),
    ATOLL_AT_TEAM_THREAD_WAITS = offsetof(struct atoll_team_thread, waits),
    ATOLL_AT_TEAM_THREAD_CONTRIBUTION = offsetof(struct atoll_team_thread, contribution),
};

#define ATOLL_PIN(type, field, where) \
    _Static_assert(offsetof(struct type, field) == (where), #type "." #field " is at " #where)

ATOLL_PIN(atoll_team_block, parent, 16);
ATOLL_PIN(atoll_team_block, barrier_offset, 24);
ATOLL_PIN(atoll_team_block, bytes, 48);
ATOLL_PIN(atoll_team_block, barrier, 56);
ATOLL_PIN(atoll_team_block, failed, 64);
ATOLL_PIN(atoll_team_block, result, 128);
_Static_assert(sizeof(struct atoll_team_block) == 3 * 64, "a team's head is three lines");
ATOLL_PIN(atoll_team_loop, left, 64);
ATOLL_PIN(atoll_team_loop, turn, 128);
ATOLL_PIN(atoll_team_loop, lane, 192);
_Static_assert(sizeof(struct atoll_team_loop) == (3 + ATOLL_TEAM_LANES) * 64,
               "a loop is three lines and a line a lane");
ATOLL_PIN(atoll_team_thread, waiting_on, 8);
ATOLL_PIN(atoll_team_thread, contribution, 64);
_Static_assert(sizeof(struct atoll_team_thread) == 2 * 64, "a thread is two lines");

#undef ATOLL_PIN

#endif  // ATOLL_ABI_TEAM_H
