// SPDX-License-Identifier: Apache-2.0
//
// A call that waits in rank 0 ends early where the thread that made it has got a signal or is to be
// cancelled: the thread that serves it is sent a signal that does nothing.

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>

#include "atoll_cancel.h"
#include "atoll_syscall.h"
#include "forward_entry.h"
#include "signals.h"

// request.server: who serves it, and whether a signal is on its way to that thread.
#define IS_SIGNALLED (1ull << 63)

static __thread uint64_t own_number;

void atoll_io_begin_wait(struct atoll_io_request *request)
{
	if (!own_number)
		own_number = (uint64_t)atoll_syscall(SYS_gettid, 0, 0, 0, 0, 0, 0);
	store(&request->server, own_number);
}

// Then no signal comes any more: it would end this thread's next call.
void atoll_io_end_wait(struct atoll_io_request *request)
{
	if (swap(&request->server, own_number, 0))
		return;
	// The kernel delivers what is on its way when a call returns.
	while (!swap(&request->server, own_number, 0))
		atoll_sys_yield();
	atoll_sys_yield();
}

// In rank 0.
static long interrupt(long address, long b, long c, long d, long e, long f)
{
	struct atoll_io_request *request = (struct atoll_io_request *)address;
	uint64_t server = load(&request->server);

	(void)b, (void)c, (void)d, (void)e, (void)f;
	if (!server || server & IS_SIGNALLED || !atoll_signals_can_interrupt() ||
	    !swap(&request->server, server, server | IS_SIGNALLED))
		return 0;
	atoll_syscall(SYS_tgkill, (uint64_t)atoll_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0), server,
		      ATOLL_CARRIER, 0, 0, 0);
	store(&request->server, server);
	return 0;
}

void atoll_io_waits(uint64_t address)
{
	struct atoll_io_request *request = (struct atoll_io_request *)address;
	uint64_t mailbox = atoll_io_mailbox;
	const long arguments[6] = {(long)address};

	if (!request->is_wait ||
	    (request->taken == atoll_signals_taken && !atoll_cancel_is_due()))
		return;
	// Not by the thread that is to be interrupted.
	atoll_io_mailbox = 0;
	atoll_io_send(interrupt, ATOLL_IO_QUICK, arguments);
	atoll_io_mailbox = mailbox;
}

long atoll_io_send_wait(void *function, uint64_t flags, const long *arguments)
{
	struct atoll_io_request request = {.is_wait = 1, .taken = atoll_signals_taken};
	long result;

	atoll_cancel_test();
	result = atoll_io_send_request(&request, function, flags & ~(uint64_t)ATOLL_IO_CANCELS,
				       arguments);
	if (request.error == EINTR)
		atoll_cancel_test();
	return result;
}
