// SPDX-License-Identifier: Apache-2.0
//
// Calls that make a process. The thread that makes them in rank 0 blocks nearly all signals, and a child
// would inherit that.
#define _GNU_SOURCE
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <wordexp.h>

#include "atoll_syscall.h"
#include "forward_entry.h"

#define OURS __attribute__((used, visibility("hidden")))

struct call {
	void *function;
	long arguments[6];
};

static long make(const struct call *call)
{
	const long *a = call->arguments;
	uint64_t before = 0;
	long result;

	atoll_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)atoll_io_program_signals(),
		      (uint64_t)&before, 8, 0, 0);
	result = ((long (*)(long, long, long, long, long, long))call->function)(
		a[0], a[1], a[2], a[3], a[4], a[5]);
	atoll_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&before, 0, 8, 0, 0);
	return result;
}

long atoll_forward_child(void *function, long a, long b, long c, long d, long e, long f)
{
	struct call call = {function, {a, b, c, d, e, f}};
	const long arguments[6] = {(long)&call};

	if (!atoll_io_is_remote())
		return ((long (*)(long, long, long, long, long, long))function)(a, b, c, d, e, f);
	return atoll_io_send(make, ATOLL_IO_WAITS, arguments);
}

extern struct atoll_io_entry atoll_io_entry_system, atoll_io_entry_popen, atoll_io_entry__IO_popen,
	atoll_io_entry_posix_spawn, atoll_io_entry_posix_spawnp, atoll_io_entry_wordexp;

#define CHILD(name, ...) CHILD_(&atoll_io_entry_##name, __VA_ARGS__, 0, 0, 0, 0, 0)
#define CHILD_(entry, a, b, c, d, e, f, ...)                                                       \
	atoll_forward_child(atoll_io_find(entry), (long)(a), (long)(b), (long)(c), (long)(d),      \
			    (long)(e), (long)(f))

OURS int atoll_io_system(const char *command) { return (int)CHILD(system, command); }

OURS FILE *atoll_io_popen(const char *command, const char *mode)
{
	return (FILE *)CHILD(popen, command, mode);
}

OURS FILE *atoll_io__IO_popen(const char *command, const char *mode)
{
	return (FILE *)CHILD(_IO_popen, command, mode);
}

OURS int atoll_io_posix_spawn(pid_t *child, const char *path,
			      const posix_spawn_file_actions_t *actions,
			      const posix_spawnattr_t *attributes, char *const arguments[],
			      char *const environment[])
{
	return (int)CHILD(posix_spawn, child, path, actions, attributes, arguments, environment);
}

OURS int atoll_io_posix_spawnp(pid_t *child, const char *file,
			       const posix_spawn_file_actions_t *actions,
			       const posix_spawnattr_t *attributes, char *const arguments[],
			       char *const environment[])
{
	return (int)CHILD(posix_spawnp, child, file, actions, attributes, arguments, environment);
}

OURS int atoll_io_wordexp(const char *words, wordexp_t *found, int flags)
{
	return (int)CHILD(wordexp, words, found, flags);
}
