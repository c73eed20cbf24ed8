// SPDX-License-Identifier: Apache-2.0
//
// The threads of rank 0 that serve, and their end in a forked child.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "atoll_syscall.h"
#include "forward_entry.h"
#include "signals.h"
#include "threads.h"

static void *serve(void *nothing)
{
	atoll_io_serve();
	return nothing;
}

// On stacks of the image, where there is room: what libc calls back may show its variables to other
// ranks. Signals are for the program's own threads, except those that a call itself brings about.
void atoll_io_start_server(void)
{
	static struct atoll_io_entry create = {0, "pthread_create", 0};
	static const int own[] = {SIGSEGV, SIGBUS,  SIGFPE,  SIGILL, SIGTRAP, SIGABRT,
				  SIGSYS,  SIGPIPE, SIGTTIN, SIGTTOU, SIGXFSZ, SIGXCPU,
				  ATOLL_CARRIER};
	uint64_t blocked = ~0ull, before = 0;
	pthread_t thread;

	for (size_t index = 0; index < sizeof(own) / sizeof(own[0]); index++)
		blocked &= ~(1ull << (own[index] - 1));
	atoll_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&blocked, (uint64_t)&before, 8, 0,
		      0);
	if (atoll_strand_start(serve, 0, 0, 1 << 20, 0, false, 0) &&
	    !((int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
		       void *))atoll_io_find(&create))(&thread, 0, serve, 0))
		pthread_detach(thread);
	atoll_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&before, 0, 8, 0, 0);
}

void atoll_io_begin(void)
{
	if (atoll_process.rank || atoll_process.ranks < 2)
		return;
	atoll_syscall(SYS_rt_sigprocmask, SIG_BLOCK, 0, (uint64_t)atoll_io_program_signals(), 8, 0,
		      0);
	atoll_io_start_server();
	atoll_io_start_server();
}

// A stream's lock may have been held by a thread that the child does not have: libc's own fork frees
// them too.
static void free_streams(void)
{
	void *(*first)(void) = atoll_real("_IO_iter_begin");
	void *(*end)(void) = atoll_real("_IO_iter_end");
	void *(*next)(void *) = atoll_real("_IO_iter_next");
	FILE *(*stream_of)(void *) = atoll_real("_IO_iter_file");
	void (*free_list)(void) = atoll_real("_IO_list_resetlock");

	if (!first || !end || !next || !stream_of || !free_list)
		return;
	free_list();
	for (void *at = first(); at != end(); at = next(at)) {
		FILE *stream = stream_of(at);

		if (stream->_lock)
			memset(stream->_lock, 0, 16);	// as libc lays it out: int, int, owner
	}
}

void atoll_io_child(void)
{
	for (size_t word = 0; word < sizeof(atoll_io_state) / sizeof(atoll_io_state[0]); word++)
		atoll_io_state[word] = 0;
	atoll_io_state[ATOLL_IO_STATE_CLOSED] = 1;
	atoll_io_mailbox = atoll_io_locks = 0;
	free_streams();
}
