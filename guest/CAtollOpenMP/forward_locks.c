// SPDX-License-Identifier: Apache-2.0
//
// A stream's lock belongs to the thread of rank 0 that took it. So one of them serves this thread
// alone, by a mailbox, from the first lock on until the last is given back.

#define _GNU_SOURCE
#include <stdio.h>

#include "forward_entry.h"

static ATOLL_IO_ENTRY(flockfile, 0)
static ATOLL_IO_ENTRY(ftrylockfile, 0)
static ATOLL_IO_ENTRY(funlockfile, 0)

static void nothing(void) {}

// Ends the time of this thread's own server with a last call.
static void unpin(void *function, FILE *stream)
{
	struct atoll_io_request request = {.function = (uint64_t)function,
					   .arguments = {(uint64_t)stream}};

	atoll_io_ask((uint64_t)&request, ATOLL_IO_UNPINS);
	atoll_io_mailbox = 0;
}

static int take(struct atoll_io_entry *entry, FILE *stream)
{
	struct atoll_io_request request = {.function = (uint64_t)atoll_io_find(entry),
					   .arguments = {(uint64_t)stream}};
	bool is_first = atoll_io_locks == 0;
	int result;

	atoll_io_ask((uint64_t)&request, is_first ? ATOLL_IO_PINS : 0);
	result = (int)request.result;
	if (is_first)
		atoll_io_mailbox = request.mailbox;
	if (result == 0)
		atoll_io_locks++;
	else if (is_first)
		unpin(nothing, NULL);
	return result;
}

// In rank 0 it is only known how many are held: see atoll_io_may_serve().
static void count(uint64_t change)
{
	__atomic_fetch_add(&atoll_io_state[ATOLL_IO_STATE_LOCKED], change, __ATOMIC_RELAXED);
}

__attribute__((visibility("default"))) void flockfile(FILE *stream)
{
	if (atoll_io_is_remote()) {
		take(&atoll_io_entry_flockfile, stream);
		return;
	}
	((void (*)(FILE *))atoll_io_find(&atoll_io_entry_flockfile))(stream);
	count(1);
}

__attribute__((visibility("default"))) int ftrylockfile(FILE *stream)
{
	int result;

	if (atoll_io_is_remote())
		return take(&atoll_io_entry_ftrylockfile, stream);
	result = ((int (*)(FILE *))atoll_io_find(&atoll_io_entry_ftrylockfile))(stream);
	if (result == 0)
		count(1);
	return result;
}

__attribute__((visibility("default"))) void funlockfile(FILE *stream)
{
	void *real = atoll_io_find(&atoll_io_entry_funlockfile);

	if (!atoll_io_is_remote()) {
		((void (*)(FILE *))real)(stream);
		count(-1ull);
		return;
	}
	if (atoll_io_locks == 1)
		unpin(real, stream);
	else
		ATOLL_IO_CALL(funlockfile, stream);
	if (atoll_io_locks)
		atoll_io_locks--;
}

__attribute__((visibility("default"))) void _IO_flockfile(FILE *stream) { flockfile(stream); }
__attribute__((visibility("default"))) int _IO_ftrylockfile(FILE *stream) { return ftrylockfile(stream); }
__attribute__((visibility("default"))) void _IO_funlockfile(FILE *stream) { funlockfile(stream); }
