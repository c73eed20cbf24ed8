// SPDX-License-Identifier: Apache-2.0
//
// syscall(): what the kernel is asked by number. Most calls run in rank 0, like those that have a
// function of their own; some are a thread's, or another part of the runtime has them.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "atoll_syscall.h"
#include "forward_entry.h"

static long answer(long result)
{
	if (result < 0 && result > -4096) {
		errno = (int)-result;
		return -1;
	}
	return result;
}

// ---------------------------------------------------------------------------- futexes of all ranks

static uint64_t nanoseconds_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec;
}

// How long from now on; ~0: for ever.
static uint64_t patience_of(int operation, const struct timespec *limit)
{
	struct timespec now;
	uint64_t until;

	if (!limit)
		return ~0ull;
	if ((operation & FUTEX_CMD_MASK) == FUTEX_WAIT)
		return nanoseconds_of(limit);
	clock_gettime(operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now);
	until = nanoseconds_of(limit);
	return until > nanoseconds_of(&now) ? until - nanoseconds_of(&now) : 0;
}

// A kernel wakes only its own threads: so a waiter looks at the word itself, ever more seldom. It also
// returns without having been woken, which futexes may do, so that a wake-up from elsewhere that
// changes nothing is not lost.
static long futex_wait(uint32_t *word, uint32_t seen, uint64_t patience)
{
	const uint64_t is_endless = patience == ~0ull;
	uint64_t nap = 20000, total = 0;

	for (;;) {
		struct timespec time;
		long result;

		if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != seen)
			return total ? 0 : -EAGAIN;
		if (nap > patience - total)
			nap = patience - total;
		if (nap == 0)
			return -ETIMEDOUT;
		time = (struct timespec){0, (long)nap};
		result = atoll_syscall(SYS_futex, (uint64_t)word, FUTEX_WAIT_PRIVATE, seen,
				       (uint64_t)&time, 0, 0);
		if (result != -ETIMEDOUT && result != -EAGAIN)
			return result;
		total += nap;
		if (nap < 500000)
			nap *= 2;
		if (is_endless && total > 5000000)
			return 0;
		atoll_image_look();
	}
}

static long futex(uint32_t *word, int operation, uint32_t value, uint64_t extra, uint64_t other,
		  uint64_t last)
{
	switch (operation & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		return futex_wait(word, value,
				  patience_of(operation, (const struct timespec *)extra));
	case FUTEX_WAKE:
	case FUTEX_WAKE_BITSET:
		return atoll_syscall(SYS_futex, (uint64_t)word, FUTEX_WAKE_PRIVATE, value, 0, 0, 0);
	case FUTEX_CMP_REQUEUE:
		if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != (uint32_t)last)
			return -EAGAIN;
		// Whoever wakes without need looks again.
		// fall through
	case FUTEX_REQUEUE:
		(void)other;
		return atoll_syscall(SYS_futex, (uint64_t)word, FUTEX_WAKE_PRIVATE, INT_MAX, 0, 0,
				     0);
	default:
		return -ENOSYS;
	}
}

// ------------------------------------------------------------------------------------ all the rest

struct call {
	uint64_t number, arguments[6];
};

static long make(const struct call *call)
{
	const uint64_t *a = call->arguments;

	return answer(atoll_syscall((long)call->number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

// Of a thread of another rank.
static long elsewhere(struct call *call)
{
	uint64_t *a = call->arguments;

	switch (call->number) {
	// The image's and the heap's memory: whoever has these functions has the calls.
	case SYS_mmap:
		return (long)mmap((void *)a[0], a[1], (int)a[2], (int)a[3], (int)a[4], (off_t)a[5]);
	case SYS_munmap:
		return munmap((void *)a[0], a[1]);
	case SYS_mremap:
		return (long)mremap((void *)a[0], a[1], a[2], (int)a[3], (void *)a[4]);
	case SYS_mprotect:
		return mprotect((void *)a[0], a[1], (int)a[2]);
	case SYS_madvise:
		return madvise((void *)a[0], a[1], (int)a[2]);
	case SYS_clock_gettime:
		return clock_gettime((clockid_t)a[0], (struct timespec *)a[1]);
	case SYS_getrusage:
		return getrusage((int)a[0], (struct rusage *)a[1]);
	case SYS_times:
		return times((struct tms *)a[0]);
	case SYS_exit_group:
		_exit((int)a[0]);
	case SYS_gettid:
		return gettid();
	case SYS_sched_setaffinity:
		return sched_setaffinity((pid_t)a[0], a[1], (const cpu_set_t *)a[2]);
	case SYS_tgkill:
		return tgkill((pid_t)a[0], (pid_t)a[1], (int)a[2]);
	// A thread's own.
	case SYS_sched_yield:
	case SYS_sched_getaffinity:
	case SYS_sched_getparam:
	case SYS_sched_setparam:
	case SYS_sched_getscheduler:
	case SYS_sched_setscheduler:
	case SYS_getcpu:
	case SYS_nanosleep:
	case SYS_clock_nanosleep:
	case SYS_clock_getres:
	case SYS_rt_sigprocmask:
	case SYS_sigaltstack:
	case SYS_prctl:
	case SYS_arch_prctl:
	case SYS_set_robust_list:
	case SYS_get_robust_list:
	case SYS_set_tid_address:
	case SYS_rseq:
	case SYS_membarrier:
	case SYS_getrandom:
	case SYS_mlock:
	case SYS_munlock:
	case SYS_mincore:
	case SYS_msync:
	case SYS_get_mempolicy:
	case SYS_set_mempolicy:
	case SYS_mbind:
	case SYS_move_pages:
	case SYS_perf_event_open:
	case SYS_sysinfo:
	case SYS_exit:
		return make(call);
	case SYS_fork:
	case SYS_vfork:
		return fork();
	case SYS_clone:
	case SYS_unshare:
	case SYS_setns:
	case SYS_ptrace:
	case SYS_shmat:
	case SYS_shmdt:
	case SYS_brk:
	case SYS_io_uring_setup:
	case SYS_userfaultfd:
	case SYS_seccomp:
	case SYS_rt_sigreturn:
#ifdef SYS_clone3
	case SYS_clone3:
#endif
		atoll_io_refuse("syscall", ATOLL_IO_ELSEWHERE,
				"it asked for a process or memory of that VM's own");
	default:
		return atoll_forward(make, (long)call, 0, 0, 0, 0, 0);
	}
}

__attribute__((visibility("default"))) long syscall(long number, ...)
{
	struct call call = {.number = (uint64_t)number};
	__builtin_va_list rest;

	__builtin_va_start(rest, number);
	for (int index = 0; index < 6; index++)
		call.arguments[index] = __builtin_va_arg(rest, uint64_t);
	__builtin_va_end(rest);
	if (number == SYS_futex && atoll_process.ranks > 1) {
		const uint64_t *a = call.arguments;

		return answer(futex((uint32_t *)a[0], (int)a[1], (uint32_t)a[2], a[3], a[4], a[5]));
	}
	return atoll_io_is_remote() ? elsewhere(&call) : make(&call);
}
