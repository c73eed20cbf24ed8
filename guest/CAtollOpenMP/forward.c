// SPDX-License-Identifier: Apache-2.0
//
// A call's way to rank 0 and back, as far as it needs libc.

#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "atoll_syscall.h"
#include "bell.h"
#include "forward_entry.h"
#include "threads.h"

__thread uint64_t atoll_io_mailbox;
__thread uint64_t atoll_io_locks;
__thread uint32_t atoll_io_looks = 2000;
uint64_t atoll_io_state[16] __attribute__((aligned(64)));

// The macros of <stdio.h> look themselves whether a stream has ended. Of the standard ones each rank
// has its own, which nobody else uses: with an answer comes what those of rank 0 say.
extern struct _IO_FILE _IO_2_1_stdin_, _IO_2_1_stdout_, _IO_2_1_stderr_;
enum { STREAM_STATES = 0x30 };  // _IO_EOF_SEEN, _IO_ERR_SEEN

static uint64_t states_of_streams(void)
{
	return (uint64_t)(_IO_2_1_stdin_._flags & STREAM_STATES) |
	       (uint64_t)(_IO_2_1_stdout_._flags & STREAM_STATES) << 8 |
	       (uint64_t)(_IO_2_1_stderr_._flags & STREAM_STATES) << 16;
}

static void set_states_of_streams(uint64_t states)
{
	_IO_2_1_stdin_._flags = (_IO_2_1_stdin_._flags & ~STREAM_STATES) | (states & 255);
	_IO_2_1_stdout_._flags =
		(_IO_2_1_stdout_._flags & ~STREAM_STATES) | (states >> 8 & 255);
	_IO_2_1_stderr_._flags = (_IO_2_1_stderr_._flags & ~STREAM_STATES) | (states >> 16 & 255);
}

void atoll_io_nap(uint64_t nanoseconds) { atoll_sys_nap(nanoseconds); }
void atoll_io_yield(void) { atoll_sys_yield(); }

// In the line of the word that says which slots to look at.
static uint64_t *server_bell(void) { return &atoll_image()->io[2]; }

bool atoll_io_has_bell(void) { return atoll_process.is_local || atoll_process.has_doorbell; }
uint64_t atoll_io_bell_heard(void) { return atoll_bell_heard(server_bell()); }
void atoll_io_bell_sleep(uint64_t heard, uint64_t nanoseconds)
{
	atoll_bell_sleep(server_bell(), heard, nanoseconds);
}
void atoll_io_bell_ring(void) { atoll_bell_ring(server_bell()); }

void atoll_io_sleep_on(int word, uint64_t seen, uint64_t nanoseconds)
{
	struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};

	atoll_syscall(SYS_futex, (uint64_t)&atoll_io_state[word], FUTEX_WAIT_PRIVATE, (uint32_t)seen,
		      nanoseconds ? (uint64_t)&time : 0, 0, 0);
}

void atoll_io_wake_one(int word)
{
	atoll_syscall(SYS_futex, (uint64_t)&atoll_io_state[word], FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}

static size_t length_of(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

static void say(const char *text) { atoll_sys_write(2, text, length_of(text)); }

_Noreturn void atoll_io_refuse(const char *name, const char *where, const char *why)
{
	char sentence[256];
	const char *const parts[] = {name, " cannot be called ", where, ": ", why};
	size_t length = 0;

	for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++)
		for (const char *byte = parts[part]; *byte && length < sizeof(sentence) - 1; byte++)
			sentence[length++] = *byte;
	sentence[length] = 0;
	atoll_image_fail(126, sentence);
}

void *atoll_io_find(struct atoll_io_entry *entry)
{
	int error = errno;
	void *real = __atomic_load_n(&entry->real, __ATOMIC_RELAXED);

	if (!real) {
		real = atoll_real(entry->name);
		if (!real) {
			say("atoll: libc has no ");
			say(entry->name);
			say("\n");
			atoll_sys_exit(126);
		}
		__atomic_store_n(&entry->real, real, __ATOMIC_RELAXED);
	}
	errno = error;
	return real;
}

bool atoll_io_is_remote(void)
{
	return atoll_process.rank && atoll_strand && !atoll_process.is_child;
}

bool atoll_io_may_serve(void)
{
	return !atoll_process.rank && !atoll_process.is_child &&
	       !__atomic_load_n(&atoll_io_state[ATOLL_IO_STATE_LOCKED], __ATOMIC_RELAXED);
}

typedef long function_of_six(long, long, long, long, long, long);

long atoll_io_send_request(struct atoll_io_request *request, void *function, uint64_t flags,
			   const long *arguments)
{
	request->function = (uint64_t)function;
	request->error = errno;
	request->locale = (uint64_t)uselocale((locale_t)0);
	for (int index = 0; index < 6; index++)
		request->arguments[index] = arguments[index];
	atoll_io_ask((uint64_t)request, flags);
	errno = request->error;
	if (request->streams != states_of_streams())
		set_states_of_streams(request->streams);
	return request->result;
}

long atoll_io_send(void *function, uint64_t flags, const long *arguments)
{
	struct atoll_io_request request = {0};

	return atoll_io_send_request(&request, function, flags, arguments);
}

long atoll_forward(void *function, long a, long b, long c, long d, long e, long f)
{
	const long arguments[6] = {a, b, c, d, e, f};

	if (!atoll_io_is_remote())
		return ((function_of_six *)function)(a, b, c, d, e, f);
	return atoll_io_send(function, 0, arguments);
}

// From the stubs: not static, since only they name it.
__attribute__((used, visibility("hidden"))) long atoll_io_forward_registers(
	struct atoll_io_entry *entry, const long *a)
{
	void *real = atoll_io_find(entry);

	if (!atoll_io_is_remote())
		return ((function_of_six *)real)(a[0], a[1], a[2], a[3], a[4], a[5]);
	if (entry->flags & (ATOLL_IO_WAITS | ATOLL_IO_READS | ATOLL_IO_CANCELS))
		return atoll_io_send_wait(real, entry->flags, a);
	return atoll_io_send(real, entry->flags, a);
}

long atoll_io_call(struct atoll_io_entry *entry, long a, long b, long c, long d, long e, long f)
{
	const long arguments[6] = {a, b, c, d, e, f};

	return atoll_io_forward_registers(entry, arguments);
}

// From the stubs. The answer points into libc's memory, which has the same addresses in all ranks but
// not the same contents.
__attribute__((used, visibility("hidden"))) long atoll_io_fetch_registers(
	struct atoll_io_entry *entry, const long *a)
{
	void *real = atoll_io_find(entry);
	char *answer, *at;
	long length = (long)entry->flags;

	if (!atoll_io_is_remote())
		return ((function_of_six *)real)(a[0], a[1], a[2], a[3], a[4], a[5]);
	answer = (char *)atoll_io_send(real, 0, a);
	if (!answer || (uint64_t)answer - atoll_process.base < atoll_process.bytes)
		return (long)answer;
	if (length == 0)
		length = atoll_forward(strlen, (long)answer, 0, 0, 0, 0, 0) + 1;
	// By way of this stack, which both ranks see.
	at = answer;
	for (char part[256]; length > 0;) {
		long count = length < (long)sizeof(part) ? length : (long)sizeof(part);

		atoll_forward(memcpy, (long)part, (long)at, count, 0, 0, 0);
		// A constant is the same already, and cannot be written.
		if (memcmp(at, part, count))
			memcpy(at, part, count);
		at += count;
		length -= count;
	}
	return (long)answer;
}

void atoll_io_run(uint64_t address)
{
	struct atoll_io_request *request = (struct atoll_io_request *)address;
	const uint64_t *a = request->arguments;
	int error = errno;
	// It is in the image, or libc's own, and good here too.
	locale_t locale = (locale_t)request->locale, own = LC_GLOBAL_LOCALE;

	if (request->is_wait)
		atoll_io_begin_wait(request);
	if (locale && locale != LC_GLOBAL_LOCALE)
		own = uselocale(locale);
	errno = request->error;
	request->result =
		((function_of_six *)request->function)(a[0], a[1], a[2], a[3], a[4], a[5]);
	request->error = errno;
	if (locale && locale != LC_GLOBAL_LOCALE)
		uselocale(own);
	if (request->is_wait)
		atoll_io_end_wait(request);
	request->streams = states_of_streams();
	errno = error;
}

bool atoll_io_would_wait(uint64_t address)
{
	const struct atoll_io_request *request = (struct atoll_io_request *)address;
	struct pollfd descriptor = {.fd = (int)request->arguments[0], .events = POLLIN};

	return atoll_syscall(SYS_poll, (uint64_t)&descriptor, 1, 0, 0, 0, 0) == 0;
}

uint64_t atoll_io_make_mailbox(uint64_t request)
{
	uint64_t *mailbox = atoll_heap_allocate(64, 64);

	if (mailbox)
		__atomic_store_n(mailbox, 0, __ATOMIC_RELEASE);
	((struct atoll_io_request *)request)->mailbox = (uint64_t)mailbox;
	return (uint64_t)mailbox;
}

void atoll_io_free_mailbox(uint64_t mailbox) { atoll_heap_free((void *)mailbox); }
