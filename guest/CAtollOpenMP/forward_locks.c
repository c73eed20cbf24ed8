// SPDX-License-Identifier: Apache-2.0
//
// A stream's lock belongs to the thread of rank 0 that took it. So one of them serves this thread
// alone, by a mailbox, from the first lock on until the last is given back.

#define _GNU_SOURCE
#include <stdio.h>

#include "forward_entry.h"

#define OURS __attribute__((used, visibility("hidden")))

extern struct atoll_io_entry atoll_io_entry_flockfile, atoll_io_entry_ftrylockfile,
	atoll_io_entry_funlockfile;

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

OURS void atoll_io_flockfile(FILE *stream)
{
	if (atoll_io_is_remote())
		take(&atoll_io_entry_flockfile, stream);
	else
		((void (*)(FILE *))atoll_io_find(&atoll_io_entry_flockfile))(stream);
}

OURS int atoll_io_ftrylockfile(FILE *stream)
{
	if (atoll_io_is_remote())
		return take(&atoll_io_entry_ftrylockfile, stream);
	return ((int (*)(FILE *))atoll_io_find(&atoll_io_entry_ftrylockfile))(stream);
}

OURS void atoll_io_funlockfile(FILE *stream)
{
	void *real = atoll_io_find(&atoll_io_entry_funlockfile);

	if (!atoll_io_is_remote())
		((void (*)(FILE *))real)(stream);
	else if (atoll_io_locks == 1)
		unpin(real, stream);
	else
		ATOLL_IO_CALL(funlockfile, stream);
	if (atoll_io_locks)
		atoll_io_locks--;
}

OURS void atoll_io__IO_flockfile(FILE *stream) { atoll_io_flockfile(stream); }
OURS int atoll_io__IO_ftrylockfile(FILE *stream) { return atoll_io_ftrylockfile(stream); }
OURS void atoll_io__IO_funlockfile(FILE *stream) { atoll_io_funlockfile(stream); }
