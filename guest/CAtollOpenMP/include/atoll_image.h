// SPDX-License-Identifier: Apache-2.0
//
// The image: the memory of one program whose threads run in several processes ("ranks"), at one address
// in all of them. Read by the runtime in each rank, and by the starter that prepares it.
//
//     0          header
//     4 KiB      a record for each rank
//     64 KiB     a record for each thread slot
//     1088 KiB   the pool: small records of the runtime's own, given out once
//     2 MiB      the heap, to the end: blocks, stacks, and copies of the program's writable segments
//
// Fields that several ranks write while the program runs are words of 8 bytes, touched by atomic
// operations alone. Zeros are an image that nobody has begun.

#ifndef ATOLL_IMAGE_H
#define ATOLL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATOLL_IMAGE_BASE 0x200000000000ull
#define ATOLL_IMAGE_MAGIC 0x6567616d696c6c6full  // "ollimage"
#define ATOLL_IMAGE_VERSION 1u
#define ATOLL_IMAGE_RANKS 64
#define ATOLL_IMAGE_THREADS 1024
#define ATOLL_IMAGE_AT_RANKS 0x1000ull
#define ATOLL_IMAGE_AT_THREADS 0x10000ull
#define ATOLL_IMAGE_AT_POOL 0x110000ull
#define ATOLL_IMAGE_AT_HEAP 0x200000ull
#define ATOLL_IMAGE_SEGMENTS 128  // writable segments of the program and its libraries

// image.state
enum {
    ATOLL_IMAGE_NONE = 0,
    ATOLL_IMAGE_BUILDING = 1,  // one process writes the header
    ATOLL_IMAGE_WRITTEN = 2,   // line 0-3 hold; the heap may be used
    ATOLL_IMAGE_LISTED = 3,    // rank 0 has copied its segments and published the list
    ATOLL_IMAGE_COMPLETE = 4,  // every rank has them mapped; its workers can run
    ATOLL_IMAGE_REFUSED = 5,   // a rank's segments differ: nobody goes on
};

// image.end
enum {
    ATOLL_END_NONE = 0,
    ATOLL_END_EXIT = 1,    // rank 0 has ended, by its own will: end_code is its exit code
    ATOLL_END_ASKED = 2,   // a thread of another rank asks rank 0 to call exit(end_code)
    ATOLL_END_QUICK = 3,   // likewise quick_exit
    ATOLL_END_AT_ONCE = 4, // likewise _exit
    ATOLL_END_SIGNAL = 5,  // likewise to die of the signal end_code
    ATOLL_END_LOST = 6,    // bits 8 on: the number of the rank that was lost; 16 on: of the rank that says so
};

// rank.state
enum {
    ATOLL_RANK_NONE = 0,
    ATOLL_RANK_MAPPED = 1,   // has the image
    ATOLL_RANK_READY = 2,    // has the program's segments too, and watches for requests
    ATOLL_RANK_GONE = 3,     // has ended in order
};

// thread.state, image's: who runs it.
enum {
    ATOLL_THREAD_NONE = 0,
    ATOLL_THREAD_WANTED = 1,   // its rank shall start it
    ATOLL_THREAD_STARTED = 2,
    ATOLL_THREAD_FAILED = 3,   // it could not be started: see `error`
};

struct atoll_segment {
    uint64_t address;   // in every rank, a multiple of the page size
    uint64_t bytes;
    uint64_t offset;    // of its bytes in the image
    uint64_t hash;      // of what every rank's loader has put there, before any constructor ran
};

struct atoll_image {
    // Line 0, 1: what the starter says, or the first to come where there is none. Fixed then.
    uint64_t magic;
    uint32_t version;
    uint32_t ranks;
    uint64_t bytes;             // of the whole image
    uint32_t threads_per_rank;
    uint32_t thread_slots;      // that may be used, of ATOLL_IMAGE_THREADS
    uint64_t pool_offset;
    uint64_t pool_bytes;
    uint64_t heap_offset;
    uint64_t heap_bytes;
    uint32_t flags;             // ATOLL_IMAGE_LOCAL
    uint32_t huge_page_bytes;   // of some of its pages, at the end, for the report; else 0
    uint64_t job;               // the job's number, for sentences; 0: none
    uint64_t lease_ns;          // how long a rank may be silent
    uint64_t loading;           // dlopen: 1: a thread is at it
    uint64_t stacks;            // of threads that run: how many,
    uint64_t stack_bytes;       // and their length
    uint64_t reserved0[2];

    // Line 2, 3: where it stands.
    uint64_t state;
    uint64_t ready;             // ranks that have the segments mapped
    uint64_t end;               // the low byte says what, see above; the rest is end_code
    uint64_t clock_base;        // CLOCK_MONOTONIC of rank 0 when the image began, ns
    uint64_t environment;       // address of the program's environ; 0: not yet
    uint64_t segments;          // how many of the list hold
    uint64_t list_address;      // of the list, see ATOLL_IMAGE_SEGMENTS
    uint64_t program_hash;      // of the program's and its libraries' names and addresses
    uint64_t own_threads;       // that the program has made and that have not ended, main too
    uint64_t loads;             // dlopen: address of the last load's record
    uint64_t pool_next;         // the first byte of the pool that nobody has
    uint64_t fork_request;      // address of what a thread asks rank 0's watcher for; 0: nothing
    uint64_t fork_first;        // handlers of pthread_atfork, first and last
    uint64_t fork_last;
    uint64_t exec;              // 1: rank 0 is about to become another program
    uint64_t arena;             // dlopen: address below which the next library is loaded

    // The rest of the page: lines for roles of the runtime that need a word or two for all ranks.
    uint64_t core[128];         // 256
    uint64_t tasks[64];
    uint64_t memory[128];
    uint64_t io[64];
    uint64_t api[32];
    uint64_t clock_latest;      // CLOCK_MONOTONIC, and CLOCK_REALTIME, that the program has
    uint64_t date_latest;       // read last in any rank, ns; see clock.c
    uint64_t usage_latest[4];   // likewise of processor time, in all, in user and system mode
    uint64_t everywhere_lock;   // 1: somebody has the watchers of all ranks make a call;
    uint64_t everywhere_call;   // its address,
    uint64_t everywhere_count;  // and how many there have been; see everywhere.c
    uint64_t signal_actions;    // address of the list of the program's handlers; see signals.c
    uint64_t end_signal;        // that a thread of another rank than 0 has got, and the program is
                                // to die of; 8 on: the rank. 0: none
    uint64_t reserved4[5];
    uint64_t ompt[48];          // the tools interface's, see atoll_ompt.h; zero: there is no tool
};

#define ATOLL_IMAGE_LOCAL 1u  // the ranks are processes of one kernel: pids mean the same in all
#define ATOLL_IMAGE_REPORTED 2u  // threads keep figures for the launcher's report

// thread.figures: a count, and nanoseconds, of each.
enum {
    ATOLL_FIGURE_REGION = 0,  // outermost parallel regions
    ATOLL_FIGURE_BARRIER = 2,  // waits at barriers and ends of regions
    ATOLL_FIGURE_LOCK = 4,  // waits for locks and critical regions
    ATOLL_FIGURE_LOOP = 6,  // waits of work-sharing constructs: for their turn, for a value
    ATOLL_FIGURE_OTHER = 8,  // other waits
    ATOLL_FIGURE_DEPTH = 14,  // the thread's own: regions that it is in,
    ATOLL_FIGURE_BEGAN = 15,  // and when the outermost began
};

struct atoll_rank {
    // Line 0: its process.
    uint64_t state;
    uint64_t pid;
    uint64_t heartbeat;         // counts while its watcher lives
    uint64_t clock_offset;      // to add to its CLOCK_MONOTONIC to have rank 0's, ns, when it began
    uint32_t slot;              // of its member in the region; ATOLL_SLOT_HOST's value: none
    uint32_t threads;           // workers it shall have, the first slot of rank 0 included
    uint64_t incarnation;
    uint64_t start_time;        // of the process, as its kernel counts it: tells it from a later one
    uint64_t thread_first;      // the first of its thread slots; see atoll_thread_rank
    // Line 1: requests to its watcher.
    uint64_t wanted;            // grows with each request
    uint64_t loaded;            // dlopen: requests answered
    uint64_t load_error;        // address of the last answer's text; 0: it went well
    uint64_t reap;              // ended threads whose stacks it shall free: address of the first
    uint64_t ping;              // its clock's comparison with rank 0's: asks,
    uint64_t pong;              // is answered,
    uint64_t pong_time;         // with rank 0's CLOCK_MONOTONIC,
    uint64_t pong_date;         // and CLOCK_REALTIME, ns
    // Line 2: what sentences call it.
    char name[64];
    // Line 3: the processor time that its process has used, as far as it has said so; see cputime.c.
    uint64_t usage[7];
    uint64_t bell;              // wakes its watcher; see bell.h
};

struct atoll_thread {
    uint64_t core[64];          // line 0-7
    uint64_t tasks[32];         // line 8-11
    // Line 12: image's.
    uint64_t state;
    uint64_t rank;              // where it runs
    uint64_t stack;             // address of the lowest byte, guard page included
    uint64_t stack_bytes;
    uint64_t handle;            // its pthread_t
    uint64_t error;
    uint64_t wanted_stack_bytes; // 0: the default
    uint64_t reserved12;
    // Line 13: memory's.
    uint64_t memory[8];
    // Line 14, 15: figures for the report.
    uint64_t figures[16];
};

_Static_assert(sizeof(struct atoll_image) == 4096, "the header is a page");
_Static_assert(offsetof(struct atoll_image, state) == 128, "");
_Static_assert(offsetof(struct atoll_image, core) == 256, "");
_Static_assert(offsetof(struct atoll_image, ompt) == 3712, "away from what is written often");
_Static_assert(sizeof(struct atoll_rank) == 256, "a rank's record is four lines");
_Static_assert(offsetof(struct atoll_rank, wanted) == 64, "");
_Static_assert(offsetof(struct atoll_rank, name) == 128, "");
_Static_assert(sizeof(struct atoll_thread) == 1024, "a thread's record is sixteen lines");
_Static_assert(offsetof(struct atoll_thread, state) == 768, "");
_Static_assert(offsetof(struct atoll_thread, memory) == 832, "");
_Static_assert(offsetof(struct atoll_thread, figures) == 896, "");
_Static_assert(ATOLL_IMAGE_AT_RANKS + ATOLL_IMAGE_RANKS * sizeof(struct atoll_rank) <=
               ATOLL_IMAGE_AT_THREADS, "");
_Static_assert(ATOLL_IMAGE_AT_THREADS + ATOLL_IMAGE_THREADS * sizeof(struct atoll_thread) <=
               ATOLL_IMAGE_AT_POOL, "");

/// The offset in the image of a thread slot's record: what `atoll_thread_record` holds.
static inline uint64_t atoll_thread_offset(uint32_t slot) {
    return ATOLL_IMAGE_AT_THREADS + (uint64_t)slot * sizeof(struct atoll_thread);
}

/// What a process knows of itself. Its own, written once by atoll_image_begin().
struct atoll_process {
    uint64_t base;              // where the image lies: ATOLL_IMAGE_BASE; 0: not begun
    uint64_t bytes;
    uint64_t heap_offset;
    uint64_t heap_bytes;
    uint32_t rank;
    uint32_t ranks;
    uint32_t threads;           // per rank
    uint32_t thread_slots;
    uint32_t is_begun;          // the image is mapped
    uint32_t is_complete;       // the program's segments are too: parallel regions may use all ranks
    uint32_t is_local;
    uint32_t is_child;          // forked: a process of its own, in which nothing is shared
    uint64_t clock_offset;      // to add to CLOCK_MONOTONIC, modulo 2^64; grows
    uint64_t date_offset;       // to add to CLOCK_REALTIME
    // Of the VM's doorbell; see atoll_doorbell.h.
    uint32_t has_doorbell;
    uint32_t slot;              // of this process's member
    uint64_t sleepers;          // address; 0: there are no such words
    uint64_t members;           // slots of all ranks, as bits
};
extern struct atoll_process atoll_process __attribute__((visibility("hidden")));

/// Whether threads of all ranks can see all that the calling thread does.
static inline bool atoll_process_is_complete(void) {
    return atoll_process.is_complete || atoll_process.ranks == 1;
}

static inline struct atoll_image *atoll_image(void) {
    return (struct atoll_image *)ATOLL_IMAGE_BASE;
}
static inline bool atoll_is_reported(void) {
    return (atoll_image()->flags & ATOLL_IMAGE_REPORTED) != 0;
}
static inline struct atoll_rank *atoll_rank(uint32_t rank) {
    return (struct atoll_rank *)(ATOLL_IMAGE_BASE + ATOLL_IMAGE_AT_RANKS) + rank;
}
/// `record`: as atoll_thread_offset() gives it.
static inline struct atoll_thread *atoll_thread(uint64_t record) {
    return (struct atoll_thread *)(ATOLL_IMAGE_BASE + record);
}

// ------------------------------------------------------------------------------- what image gives

/// Maps the image and sets atoll_process. For the very first allocation of a process, before any
/// constructor has run; later calls do nothing. Ends the process with a sentence where it cannot.
void atoll_image_begin(void);

/// Called from the slow path of every wait. Seldom looks; ends this process if the program has ended
/// or a rank is lost.
void atoll_image_look(void);

/// Has the thread of `record` started, on a stack of the image, in the rank that the record names
/// (`rank`, `wanted_stack_bytes`). It runs atoll_worker(record). 0, or an errno value where this
/// process is its rank and cannot; else failure is told in the record's `state` and `error`.
int atoll_thread_spawn(uint64_t record);

/// The next definition of a libc function after our own.
void *atoll_real(const char *name);

/// About the same in all ranks, for figures and time-outs: rank 0's CLOCK_MONOTONIC, in ns.
uint64_t atoll_clock(void);

/// What the program sees of it, in omp_get_wtime: no thread sees an earlier time than one that
/// another has told it of.
uint64_t atoll_program_clock(void);

/// Ends the whole program with this sentence and code, from any rank. Does not return.
void atoll_image_fail(int code, const char *sentence) __attribute__((noreturn));

/// A run of the pool that is never given back, zeroed, aligned to 64; 0: it is used up.
uint64_t atoll_pool_take(uint64_t bytes);

// ------------------------------------------------------------ what image calls in the other roles

/// Memory: once, in one process, before any other uses the heap, whose records are zero; `is_zero`: so
/// is all the rest. Nothing in it may allocate by malloc.
void atoll_heap_create(bool is_zero);
/// Memory: blocks of the heap for stacks and segments, aligned to `alignment` (a power of two).
void *atoll_heap_allocate(uint64_t bytes, uint64_t alignment);
void atoll_heap_free(void *block);
/// Memory: from this byte of the heap on nothing is allocated.
uint64_t atoll_heap_end(void);

/// Core: in each rank, after the image is complete, before main; rank 0 first reads the environment.
void atoll_runtime_begin(void);
/// Core: what a worker thread runs; it does not return while the process lives.
void atoll_worker(uint64_t record);
/// Core: a thread that the program made ends; its record, if it has one, is free then.
void atoll_runtime_thread_end(uint64_t record);
/// Core: the calling thread is all that a forked process has.
void atoll_runtime_child(void);

/// The function of the parallel region that the program is in; 0: none.
uint64_t atoll_image_region(void);
/// (kmpc_fork.c) The function of the program's that a team with this function and data runs.
uint64_t atoll_kmpc_region(uint64_t function, uint64_t data);

/// Io: in rank 0, before main.
void atoll_io_begin(void);

#endif  // ATOLL_IMAGE_H
