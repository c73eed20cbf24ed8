// SPDX-License-Identifier: Apache-2.0
//
// Calls whose meaning is the thread's or the process's: another thread, of rank 0, makes them.

#define _GNU_SOURCE
#include <signal.h>
#include <errno.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <stdio.h>
#include <sys/shm.h>
#include <sys/types.h>
#include <unistd.h>

#include "atoll_syscall.h"
#include "forward_entry.h"
#include "threads.h"

#define OURS __attribute__((used, visibility("hidden")))

extern struct atoll_io_entry atoll_io_entry_sigsuspend, atoll_io_entry_sigwaitinfo;

// Only programs with more than 4 million threads have these numbers: no other thread of the program
// has it, in whichever VM.
OURS pid_t atoll_io_gettid(void)
{
	long number = atoll_syscall(SYS_gettid, 0, 0, 0, 0, 0, 0);

	return (pid_t)(number | (long)atoll_process.rank << 22);
}

// 0: this thread, or one of this rank, by its number here; else the call is rank 0's.
static bool is_here(pid_t *thread)
{
	if (*thread == 0)
		return true;
	if (*thread >> 22 != (pid_t)atoll_process.rank)
		return false;
	*thread &= (1 << 22) - 1;
	return true;
}

extern struct atoll_io_entry atoll_io_entry_sched_setaffinity, atoll_io_entry_sched_getaffinity;

OURS int atoll_io_sched_setaffinity(pid_t thread, size_t bytes, const cpu_set_t *set)
{
	if (!is_here(&thread))
		return (int)ATOLL_IO_CALL(sched_setaffinity, thread, bytes, set);
	return ((__typeof__(&sched_setaffinity))atoll_io_find(&atoll_io_entry_sched_setaffinity))(
		thread, bytes, set);
}

OURS int atoll_io_sched_getaffinity(pid_t thread, size_t bytes, cpu_set_t *set)
{
	if (!is_here(&thread))
		return (int)ATOLL_IO_CALL(sched_getaffinity, thread, bytes, set);
	return ((__typeof__(&sched_getaffinity))atoll_io_find(&atoll_io_entry_sched_getaffinity))(
		thread, bytes, set);
}

OURS int atoll_io_pause(void)
{
	sigset_t none = {0};

	return (int)ATOLL_IO_CALL(sigsuspend, &none);
}

// libc's goes on waiting when it is interrupted, and could not be ended.
OURS int atoll_io_sigwait(const sigset_t *set, int *number)
{
	int got;

	do
		got = (int)ATOLL_IO_CALL(sigwaitinfo, set, NULL);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno;
	*number = got;
	return 0;
}

// With memory of its own: its end, and its becoming another program, are not those of all ranks.
__attribute__((visibility("default"))) pid_t vfork(void) { return fork(); }
__attribute__((visibility("default"))) pid_t __vfork(void) { return fork(); }

// What no rank may do, since the others could not follow.
#define ALONE(why)                                                                                 \
	if (atoll_process.ranks > 1 && !atoll_process.is_child)                                    \
		atoll_io_refuse(__func__, ATOLL_IO_ANYWHERE, why);

__attribute__((visibility("default"))) void *shmat(int segment, const void *address, int flags)
{
	ALONE("no other VM would see that memory")
	return ((__typeof__(&shmat))atoll_real("shmat"))(segment, address, flags);
}

__attribute__((visibility("default"))) int daemon(int stays, int keeps)
{
	ALONE("the new process would be without the other VMs")
	return ((__typeof__(&daemon))atoll_real("daemon"))(stays, keeps);
}

__attribute__((visibility("default"))) int forkpty(int *terminal, char *name,
						   const struct termios *settings,
						   const struct winsize *size)
{
	ALONE("its child would share the program's memory")
	return ((__typeof__(&forkpty))atoll_real("forkpty"))(terminal, name, settings, size);
}

// The functions come by value.
struct cookie {
	void *cookie;
	const char *mode;
	cookie_io_functions_t functions;
};

static FILE *open_cookie(struct cookie *cookie)
{
	return fopencookie(cookie->cookie, cookie->mode, cookie->functions);
}

OURS FILE *atoll_io_fopencookie(void *cookie, const char *mode, cookie_io_functions_t functions)
{
	struct cookie given = {cookie, mode, functions};

	if (!atoll_io_is_remote())
		return ((__typeof__(&fopencookie))atoll_real("fopencookie"))(cookie, mode,
									     functions);
	return (FILE *)atoll_forward(open_cookie, (long)&given, 0, 0, 0, 0, 0);
}
