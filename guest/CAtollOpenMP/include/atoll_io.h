// SPDX-License-Identifier: Apache-2.0
//
// Input and output: what a thread of another rank asks of the kernel and of libc's streams happens in
// rank 0, whose descriptors, FILEs, directories and process are the program's.
//
// A call is run there with its own arguments: function addresses, the program's memory and the caller's
// stack (so also a va_list) are the same in all ranks. In rank 0 a call costs one predictable branch.
// A thread that is not the program's (a rank's own watcher, on a stack of its own) calls its own libc.

#ifndef ATOLL_IO_H
#define ATOLL_IO_H

#include <stdbool.h>
#include <stdint.h>

/// Where `function` runs: in rank 0, with six arguments of the integer class. errno is carried there
/// and back. In rank 0, and in a thread that is not the program's, it is an ordinary call.
long atoll_forward(void *function, long a, long b, long c, long d, long e, long f);

/// Likewise for what makes a process: it is to have the signals that the program began with, and not
/// those of the thread that makes it.
long atoll_forward_child(void *function, long a, long b, long c, long d, long e, long f);

/// Whether this thread's calls go to rank 0.
bool atoll_io_is_remote(void);

/// Rank 0, before main: starts the threads that serve.
void atoll_io_begin(void);

/// Serves one call of another rank, if there is one that cannot block: for threads of rank 0 that wait
/// for something else. Cheap where there is none.
bool atoll_io_serve_one(void);

/// In the child of a fork, by the thread that goes on: it serves nobody, asks nobody, and finds no
/// stream locked.
void atoll_io_child(void);

// ------------------------------------------------------------------------------------ its own parts

/// A call on its way: on the caller's stack, or wherever both ranks see it.
struct atoll_io_request {
	uint64_t state;		// 0: asked; else done
	uint64_t function;
	uint64_t arguments[6];
	uint64_t result;
	uint64_t error;		// errno, before and after
	uint64_t mailbox;	// where this thread's next calls go, while it holds a stream's lock
	uint64_t streams;	// whether the standard streams have ended or failed
	uint64_t is_wait;	// it may be ended early; see forward_interrupt.c
	uint64_t server;	// while it is: the thread of rank 0 that makes it
	uint64_t taken;		// signals that the caller had got when it made the call
	uint64_t locale;	// that the caller alone uses; else 0 or LC_GLOBAL_LOCALE
} __attribute__((aligned(64)));

// What is known of a call, in the low bits of its address in a slot.
enum {
	ATOLL_IO_QUICK = 1,	// it cannot block: whoever has time may serve it
	ATOLL_IO_READS = 2,	// it waits for input on its first argument, a descriptor
	ATOLL_IO_WAITS = 4,	// it waits for something outside: nobody else shall wait behind it
	ATOLL_IO_PINS = 8,	// whoever serves it serves this thread alone, until it says ATOLL_IO_UNPINS
	ATOLL_IO_UNPINS = 16,
	ATOLL_IO_CANCELS = 32,	// of an entry: a cancellation point, as those that wait are
};

/// A function of libc's that is not called directly: see forward_table.h.
struct atoll_io_entry {
	void *real;		// libc's, once found; the same in every rank
	const char *name;
	uint64_t flags;
};

long atoll_io_send(void *function, uint64_t flags, const long *arguments);
long atoll_io_send_request(struct atoll_io_request *request, void *function, uint64_t flags,
			   const long *arguments);
/// Likewise, for a call that may wait: a signal to the caller ends it, and it is a cancellation point.
long atoll_io_send_wait(void *function, uint64_t flags, const long *arguments);
/// Of the thread that makes it, around such a call.
void atoll_io_begin_wait(struct atoll_io_request *request);
void atoll_io_end_wait(struct atoll_io_request *request);
/// Of the caller, now and then while it waits.
void atoll_io_waits(uint64_t request);
long atoll_io_call(struct atoll_io_entry *entry, long a, long b, long c, long d, long e, long f);
void *atoll_io_find(struct atoll_io_entry *entry);
/// Ends the program: `name` cannot be had with the threads of one program in several processes.
_Noreturn void atoll_io_refuse(const char *name, const char *where, const char *why);
#define ATOLL_IO_ELSEWHERE "outside the program's first VM"
#define ATOLL_IO_ANYWHERE "in a program that runs in several VMs"

/// Runs the request in this process.
void atoll_io_run(uint64_t request);
/// Whether a request that reads would have to wait for its input.
bool atoll_io_would_wait(uint64_t request);
/// Where the thread of this request puts its next calls; 0: there is no memory.
uint64_t atoll_io_make_mailbox(uint64_t request);
void atoll_io_free_mailbox(uint64_t mailbox);
/// A further thread that serves.
void atoll_io_start_server(void);

/// Whether requests are for this process, and no thread holds a stream's lock.
bool atoll_io_may_serve(void);

/// Swift: hands a request over and waits for its answer.
void atoll_io_ask(uint64_t request, uint64_t flags);
/// Swift: what a serving thread runs.
void atoll_io_serve(void);

/// Words of rank 0's alone, for its serving threads.
enum {
	ATOLL_IO_STATE_LEADER = 0,	// the serving thread that looks for requests; 0: none
	ATOLL_IO_STATE_SERVERS = 1,	// threads so far: they are numbered from 1
	ATOLL_IO_STATE_BEAT = 2,	// the leader, its calls so far, and whether it is in one
	ATOLL_IO_STATE_WATCHER = 3,	// the one that looks whether the leader is held up; 0: none
	ATOLL_IO_STATE_PARKED = 4,	// how many neither lead nor watch
	ATOLL_IO_STATE_PARK = 5,	// what those sleep on
	ATOLL_IO_STATE_WATCH = 6,	// what the watcher sleeps on
	ATOLL_IO_STATE_CLOSED = 7,	// nothing is served any more
	ATOLL_IO_STATE_ASLEEP = 9,	// whether the watcher must be woken when the leader begins a call
	ATOLL_IO_STATE_LOCKED = 8,	// how many locks of streams threads hold by flockfile
};
extern uint64_t atoll_io_state[16] __attribute__((visibility("hidden")));
static inline uint64_t atoll_io_state_address(void) { return (uint64_t)atoll_io_state; }
/// The mailbox of this thread while it holds a stream's lock, and how many locks it holds.
extern __thread uint64_t atoll_io_mailbox __attribute__((tls_model("initial-exec")));
extern __thread uint64_t atoll_io_locks __attribute__((tls_model("initial-exec")));

/// How often this thread has last looked for an answer before it made room.
extern __thread uint32_t atoll_io_looks __attribute__((tls_model("initial-exec")));

static inline uint32_t atoll_io_get_looks(void) { return atoll_io_looks; }
static inline void atoll_io_set_looks(uint32_t looks) { atoll_io_looks = looks; }
static inline uint64_t atoll_io_get_mailbox(void) { return atoll_io_mailbox; }
static inline void atoll_io_set_mailbox(uint64_t mailbox) { atoll_io_mailbox = mailbox; }

// The kernel's own calls, past every interposer.
void atoll_io_nap(uint64_t nanoseconds);
void atoll_io_yield(void);
/// Rank 0's leading server sleeps until a request is posted, where ranks can ring for it; see bell.h.
bool atoll_io_has_bell(void);
uint64_t atoll_io_bell_heard(void);
void atoll_io_bell_sleep(uint64_t heard, uint64_t nanoseconds);
void atoll_io_bell_ring(void);
/// Waits while the low half of a word of atoll_io_state is `seen`, for that long at most; 0: no limit.
void atoll_io_sleep_on(int state_word, uint64_t seen, uint64_t nanoseconds);
void atoll_io_wake_one(int state_word);
static inline void atoll_io_relax(void)
{
	__builtin_ia32_pause();
}

#endif  // ATOLL_IO_H
