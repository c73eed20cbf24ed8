// SPDX-License-Identifier: Apache-2.0
//
// Atoll for C, and for every language that can call C: the threads of a job, spread over several
// virtual machines, as one team that shares memory.
//
// A program is started on every machine of a job by `atoll run` or `atoll-run`. Each of its processes
// joins the team and runs a function in all its threads; those of all machines then count together:
//
//     static int work(atoll_thread *me, void *context) {
//         double mine = atoll_thread_rank(me), all;
//         int error = atoll_all_reduce_double(me, mine, ATOLL_SUM, &all);
//         return error;
//     }
//
//     int main(void) {
//         atoll_team *team;
//         int error = atoll_team_join(&team);
//         if (error == 0) error = atoll_team_run(team, work, NULL);
//         if (error != 0) fprintf(stderr, "%s\n", atoll_last_error());
//         ...
//
// Link with -latoll (pkg-config atoll). The library needs libc alone.
//
// Results: 0 is success; a negative number is an error, one of those below; a positive number, where a
// function can give one, is described there.
//
// What a user may set in the environment, for any program (atoll run --env, atoll-run -e):
//
//     ATOLL_SPIN=n            microseconds that a wait spins before it lets others run, 0 to 1000; without
//                             it, as long as is measured to be worth it
//     ATOLL_WAIT_POLICY=p     active: spin a millisecond; passive: do not spin, and sleep soon
//     ATOLL_PIN=p             compact: threads on neighbouring CPUs; spread: far apart; none
//     ATOLL_BARRIER=b         auto, central or dissemination
//
// If a machine dies: when a machine of the job is lost, one of its processes ends early, or a thread's
// function returns anything but 0, every wait of the others ends with an error
// (ATOLL_ERROR_MEMBER_LOST, ATOLL_ERROR_PEER_FAILED). Nothing waits for ever for the dead. What a lock
// protects when its holder dies, see atoll_lock_acquire.

#ifndef ATOLL_H
#define ATOLL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ------------------------------------------------------------------------------------------ version

// Programs built for a major version run with every later minor version of the library.
#define ATOLL_VERSION_MAJOR 1
#define ATOLL_VERSION_MINOR 1

/// The version of the library in use: major << 16 | minor.
uint32_t atoll_version(void);

// ------------------------------------------------------------------------------------------- errors

enum {
    ATOLL_ERROR_ENVIRONMENT = -1,        // not started as part of a job
    ATOLL_ERROR_MAPPING = -2,            // the region's memory cannot be opened or mapped
    ATOLL_ERROR_REGION = -3,             // the memory is no region of this version
    ATOLL_ERROR_NO_SUCH_JOB = -4,        // the region knows of no such job
    ATOLL_ERROR_SHAPE_MISMATCH = -5,     // the job's processes do not agree on its shape
    ATOLL_ERROR_TEAM_TOO_LARGE = -6,     // more than 4096 threads
    ATOLL_ERROR_THREADS = -7,            // the kernel gives no more threads
    ATOLL_ERROR_BAD_NAME = -8,           // empty or too long
    ATOLL_ERROR_SIZE_MISMATCH = -9,      // an object of this name has another size
    ATOLL_ERROR_NO_ROOM = -10,           // the region is full
    ATOLL_ERROR_NO_SUCH_OBJECT = -11,    // no object has this name
    ATOLL_ERROR_MEMBER_LOST = -12,       // a machine of the job is lost, or its process has ended
    ATOLL_ERROR_PEER_FAILED = -13,       // another thread of the team has failed
    ATOLL_ERROR_TOO_MANY_ARRIVALS = -14, // more threads came to a barrier than the team has
    ATOLL_ERROR_POISONED = -15,          // the lock's holder died and nobody repaired the data
    ATOLL_ERROR_NOT_OWNER = -16,         // the thread holds the lock already, or does not hold it
    ATOLL_ERROR_DRAINING = -17,          // the region is about to be unplugged
    ATOLL_ERROR_TIMED_OUT = -18,
    ATOLL_ERROR_INVALID = -19,           // an argument makes no sense
    ATOLL_ERROR_KIND_MISMATCH = -20,     // an object of this name is something else
};

/// What an error is, in a few words. Never NULL; lives as long as the process.
const char *atoll_error_string(int error);

/// The calling thread's last error, as a sentence that names the facts. Never NULL, "" before the
/// first error; valid until this thread's next call of this library.
const char *atoll_last_error(void);

// --------------------------------------------------------------------------------------------- team

typedef struct atoll_team atoll_team;
typedef struct atoll_thread atoll_thread;

/// Joins the job that this process was started for.
/// Errors: ENVIRONMENT to TEAM_TOO_LARGE, NO_ROOM, MEMBER_LOST, DRAINING.
int atoll_team_join(atoll_team **team);

/// Gives the team back, and unmaps the region: no address within it may be used from here on. Not
/// while atoll_team_run runs. NULL is let pass.
void atoll_team_leave(atoll_team *team);

struct atoll_team_info {
    uint32_t size;            // set it to sizeof(struct atoll_team_info) before the call
    uint32_t vms;             // machines that take part
    uint32_t vm_rank;         // which of them this is: 0 to vms - 1
    uint32_t threads_per_vm;
    uint64_t job;             // the job's number
    uint32_t slot;            // this member's slot in its group
    uint32_t reserved;
};

/// Describes the team, as far as `info->size` reaches: later versions may know more fields.
/// Errors: INVALID.
int atoll_team_get_info(const atoll_team *team, struct atoll_team_info *info);

/// A function that one thread runs. 0: all is well. A positive number ends the whole team.
typedef int (*atoll_body)(atoll_thread *me, void *context);

/// Runs `body` once in each of this machine's threads, the calling one among them, and returns when all
/// threads of the team, on every machine, have come to its end; what they wrote is then seen here. Every
/// process of the job calls it the same number of times.
///
/// Gives the positive number that a thread of this process returned; errors: THREADS, PEER_FAILED,
/// MEMBER_LOST, DRAINING, or the negative number that a thread returned.
int atoll_team_run(atoll_team *team, atoll_body body, void *context);

// ------------------------------------------------------------------------------------------- thread

// An atoll_thread is valid in the body that it was handed to, and in that thread alone.

/// Which thread of the team this is: 0 to size - 1, machine by machine.
int atoll_thread_rank(const atoll_thread *me);
/// Threads of the team, on all machines.
int atoll_thread_size(const atoll_thread *me);
/// Which machine this is.
int atoll_thread_vm_rank(const atoll_thread *me);
/// Which of its machine's threads this is.
int atoll_thread_in_vm(const atoll_thread *me);

/// Waits until all threads of the team have come. What each wrote before, all see after.
/// Errors: MEMBER_LOST, PEER_FAILED, TOO_MANY_ARRIVALS, DRAINING.
int atoll_barrier(atoll_thread *me);

/// The two halves of a barrier: comes, without waiting for the others; and waits for them. Between the
/// two is the time for work that nobody else needs; no other barrier, loop or reduction is to be called
/// there. Since 1.1. Errors: as atoll_barrier; INVALID for a second arrival, or a wait without one.
int atoll_barrier_arrive(atoll_thread *me);
int atoll_barrier_wait(atoll_thread *me);

enum {
    ATOLL_SUM = 0,
    ATOLL_MINIMUM = 1,
    ATOLL_MAXIMUM = 2,
    ATOLL_PRODUCT = 3,       // since 1.1, as the rest
    ATOLL_AND = 4,           // of the bits; not of double
    ATOLL_OR = 5,
    ATOLL_EXCLUSIVE_OR = 6,
};

/// Reduces one value of each thread to one that all get; a barrier, too. Values are taken in order of
/// rank: the same values give the same bits. Not-a-number wins. Errors: as atoll_barrier, and INVALID.
int atoll_all_reduce_double(atoll_thread *me, double value, int operation, double *result);
/// A sum or product wraps.
int atoll_all_reduce_int64(atoll_thread *me, int64_t value, int operation, int64_t *result);
/// Since 1.1.
int atoll_all_reduce_uint64(atoll_thread *me, uint64_t value, int operation, uint64_t *result);

/// Makes one of two values: `*into` becomes what it and `*from` give together. Associative; of two
/// ranks' values the lower one's is `into`. Since 1.1.
typedef void (*atoll_combine)(void *into, const void *from, void *context);

#define ATOLL_VALUE_BYTES 64

/// Reduces one value of `bytes` bytes, at most ATOLL_VALUE_BYTES, of each thread by the caller's
/// function, in order of rank; `value` is the thread's own before and the result after. `combine` runs
/// in one thread of the team, with that thread's context. Since 1.1. Errors: as atoll_barrier, and
/// INVALID.
int atoll_all_reduce(
    atoll_thread *me, void *value, size_t bytes, atoll_combine combine, void *context);

/// Gives the value of the thread of rank `root` to all; a barrier, too. Since 1.1.
/// Errors: as atoll_barrier, and INVALID.
int atoll_broadcast(atoll_thread *me, void *value, size_t bytes, int root);

// -------------------------------------------------------------------------------------------- loops

// Barriers, reductions, loops, sections and single regions are constructs: all threads of the team call
// the same ones in the same order, with the same ranges and schedules. A body may use its thread for
// locks and memory, not for another construct.

/// This thread's share of begin..<end: first..<last, contiguous, in order of rank, sizes differing by
/// one at most. Errors: INVALID.
int atoll_share(const atoll_thread *me, int64_t begin, int64_t end, int64_t *first, int64_t *last);

/// A function that works on first..<last. 0: all is well.
typedef int (*atoll_range_body)(atoll_thread *me, int64_t first, int64_t last, void *context);

/// Calls `body` with this thread's share, if it has one, then waits for all threads. Gives what `body`
/// gives, if that is not 0, at once. Errors: as atoll_barrier, and INVALID.
int atoll_parallel_for(
    atoll_thread *me, int64_t begin, int64_t end, atoll_range_body body, void *context);

/// How the iterations of a loop are shared out. Since 1.1.
enum {
    ATOLL_STATIC = 0,     // one contiguous share each; with a chunk size, chunks dealt out in turn
    ATOLL_DYNAMIC = 1,    // chunks of one size (1 unless given), for whoever asks next
    ATOLL_GUIDED = 2,     // chunks that shrink with what is left, down to `chunk`
    ATOLL_TRAPEZOID = 3,  // chunks that shrink evenly from `chunk` (0: half of an even share) to `last`
};

/// Do not wait for the others at the loop's end. Up to eight such loops overlap.
#define ATOLL_NO_WAIT 1u

/// A loop's schedule. Zero all of it, then set `size` to sizeof(struct atoll_schedule). Since 1.1.
struct atoll_schedule {
    uint32_t size;
    uint32_t kind;
    uint32_t flags;
    uint32_t reserved;
    int64_t chunk;  // 0: what the kind says
    int64_t last;
};

/// Calls `body` with each chunk that falls to this thread, then waits for all. Without a schedule: as
/// atoll_parallel_for. Gives what `body` gives, if that is not 0, at once. Since 1.1.
/// Errors: as atoll_barrier, and INVALID.
int atoll_for(
    atoll_thread *me, int64_t begin, int64_t end, const struct atoll_schedule *schedule,
    atoll_range_body body, void *context);

/// A function that one iteration of an ordered loop runs. 0: all is well. Since 1.1.
typedef int (*atoll_iteration_body)(atoll_thread *me, int64_t index, void *context);

/// Calls `body` with each iteration that falls to this thread, then waits for all. Within it,
/// atoll_ordered runs a part of it in the order of the loop; an iteration that does not call it takes its
/// turn at its end. Without a schedule: dynamic. Since 1.1. Errors: as atoll_barrier, and INVALID.
int atoll_for_ordered(
    atoll_thread *me, int64_t begin, int64_t end, const struct atoll_schedule *schedule,
    atoll_iteration_body body, void *context);

/// Runs `body` when all iterations before the present one have had their turn. Once an iteration. Gives
/// what `body` gives. Since 1.1. Errors: as atoll_barrier, and INVALID outside of atoll_for_ordered.
int atoll_ordered(atoll_thread *me, atoll_body body, void *context);

/// A function that computes the value of first..<last, and combines it into `*value`. 0: all is well.
/// Since 1.1.
typedef int (*atoll_reduce_body)(
    atoll_thread *me, int64_t first, int64_t last, void *value, void *context);

/// Reduces over a range. `value`, of at most ATOLL_VALUE_BYTES, is what changes nothing when combined
/// (0 of a sum), and the result afterwards, in all threads. The range is cut into the same parts
/// whatever the team, and the parts are combined in their order: floating point gives the same bits for
/// any number of machines, threads, and any timing. `body` gets its part's value as it was given here.
/// Since 1.1. Errors: as atoll_barrier, and INVALID.
int atoll_reduce_for(
    atoll_thread *me, int64_t begin, int64_t end, void *value, size_t bytes, atoll_reduce_body body,
    atoll_combine combine, void *context);

/// As atoll_for, with chunks of `chunk` iterations, and survives the loss of machines: chunks that a lost
/// one had taken and not finished are handed out again, and the team goes on without it. The launcher must
/// let the job go on, too: `--on-loss continue`. `body` must be repeatable: what it writes may depend on
/// nothing that it has written. `lost` (may be NULL): a bit for the slot of each machine that was lost in
/// this loop. Since 1.1. Errors: as atoll_barrier, and INVALID.
int atoll_for_restartable(
    atoll_thread *me, int64_t begin, int64_t end, int64_t chunk, atoll_range_body body, void *context,
    uint64_t *lost);

/// Which of those threads this is that the team goes on with, and how many they are: as
/// atoll_thread_rank and atoll_thread_size until a restartable loop has lost a machine. Since 1.1.
/// Errors: INVALID.
int atoll_thread_present(const atoll_thread *me, int *rank, int *size);

// ----------------------------------------------------------------------------- sections and regions

/// Runs `body` in the first thread that comes here, and in no other; then waits for all, unless `flags`
/// say ATOLL_NO_WAIT. Gives what `body` gives. Since 1.1. Errors: as atoll_barrier, and INVALID.
int atoll_single(atoll_thread *me, uint32_t flags, atoll_body body, void *context);

/// Calls `body` with 0 to `count` - 1, once each, in whichever threads are free; then waits for all,
/// unless `flags` say ATOLL_NO_WAIT. Since 1.1. Errors: as atoll_barrier, and INVALID.
int atoll_sections(
    atoll_thread *me, int count, uint32_t flags, atoll_iteration_body body, void *context);

/// A function that a critical region runs; `owner_died`: whether the thread that was in it before died
/// there, and the body has to repair what it left. 0: all is well, and repaired. Since 1.1.
typedef int (*atoll_critical_body)(atoll_thread *me, int owner_died, void *context);

/// Runs `body` while no other thread of the team is in a critical region of this name. Where the body
/// of one that took over from the dead gives anything but 0, the region is closed to all: POISONED.
/// Since 1.1. Errors: as atoll_lock_open and atoll_lock_acquire.
int atoll_critical(atoll_thread *me, const char *name, atoll_critical_body body, void *context);

// -------------------------------------------------------------------------------------------- tasks

/// A function that tasks call, with a copy of what it was spawned with. It runs in any thread of the team,
/// on any machine: nothing in the arguments may be an address. It may spawn tasks, wait for them and use
/// locks, but must not meet a construct. 0: all is well. Since 1.1.
typedef int (*atoll_task_function)(atoll_thread *me, const void *arguments, void *context);

/// Calls `body`, in which threads spawn tasks, and returns when it and all tasks have ended, in the whole
/// team. A construct, and a barrier. `functions`: the same, in the same order, in all processes; tasks
/// name them by their place. `capacity`: how many tasks of one thread can wait (0: 256); beyond it, a
/// task runs where it is spawned. Since 1.1.
/// Errors: as atoll_barrier, NO_ROOM, INVALID, and what the functions give.
int atoll_tasks(
    atoll_thread *me, const atoll_task_function *functions, uint32_t count, uint32_t capacity,
    atoll_body body, void *context);

/// What a task needs of what those do that the same task has spawned before. A key stands for a piece of
/// data: any number, the same for all. Since 1.1.
enum {
    ATOLL_READS = 0,   // waits for older ones that write it
    ATOLL_WRITES = 1,  // waits for older ones that read or write it
};

struct atoll_dependence {
    uint64_t key;
    uint32_t kind;
    uint32_t reserved;
};

/// Lets the function in this place run sometime, in some thread, with a copy of `bytes` bytes of
/// arguments, at most ATOLL_VALUE_BYTES (NULL for 0). Within atoll_tasks. Since 1.1.
/// Errors: as atoll_barrier, INVALID, and what tasks give that run here meanwhile.
int atoll_task_spawn(
    atoll_thread *me, uint32_t function, const void *arguments, size_t bytes,
    const struct atoll_dependence *dependences, uint32_t count);
/// Waits for all tasks that the running task has spawned, and theirs; runs tasks meanwhile. Since 1.1.
/// Errors: as atoll_task_spawn.
int atoll_task_wait(atoll_thread *me);
/// Calls `body`, and waits for all tasks that were spawned in it, and theirs. Gives what `body` gives.
/// Since 1.1. Errors: as atoll_task_spawn.
int atoll_task_group(atoll_thread *me, atoll_body body, void *context);

// ---------------------------------------------------------------------------------------- sub-teams

/// Takes no part in a split, and waits for the others.
#define ATOLL_NO_COLOUR INT64_MIN

/// Splits the team: threads of the same colour become a team of their own for as long as `body` runs,
/// which gets its thread there, with a rank, barriers, loops, reductions and tasks of its own. Within it,
/// `me` is not to be used. Returns when all parts have come to their ends. A construct, and a barrier.
/// Gives what `body` gives. Since 1.1. Errors: as atoll_barrier, NO_ROOM, INVALID.
int atoll_split(atoll_thread *me, int64_t colour, atoll_body body, void *context);

/// Runs `body` in so many threads of this machine, new ones but for the first, as a team of their own, and
/// returns when all have come to its end. Within it, `me` is not to be used. No construct: each thread may
/// do so by itself. Gives what a body gives, which ends the whole team. Since 1.1.
/// Errors: as atoll_barrier, THREADS, TEAM_TOO_LARGE, NO_ROOM, INVALID.
int atoll_nested(atoll_thread *me, int threads, atoll_body body, void *context);

#ifdef __cplusplus
}
#endif

// The rest of the interface; a program need not name them.
#include "atoll_data.h"
#include "atoll_sync.h"

#endif  // ATOLL_H
