// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "atoll_memory.h"

// Before there is a heap: a page of zeros, in which nobody has a seat and nothing is free.
static uint64_t nothing[64] __attribute__((aligned(64)));

struct atoll_memory atoll_memory = {.heap = (uintptr_t)nothing};
__thread uint64_t atoll_heap_seat;

static pthread_key_t thread_end;
static int has_thread_end;

// Of destructors, as POSIX has them at least and glibc at most.
#define ROUNDS ((uintptr_t)4)

void atoll_memory_begin(void)
{
	size_t bytes;
	void *heap;

	if (atoll_memory.bytes)
		return;
	bytes = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE) / 2;
	bytes &= ~(size_t)0xffff;
	heap = mmap((void *)0x200000000000, bytes, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	if (heap == MAP_FAILED)
		atoll_memory_fail("the address of the program's memory is taken");
	atoll_memory.heap = (uint64_t)heap;
	atoll_memory.bytes = bytes;
}

// The destructors of other keys and libc itself free what they have after this: the seat is given up
// in the last round of destructors, and who frees without a seat frees as a stranger.
static void leave(void *rounds)
{
	uintptr_t left = (uintptr_t)rounds;
	uint64_t seat;

	if (left > 1) {
		pthread_setspecific(thread_end, (void *)(left - 1));
		return;
	}
	seat = atoll_heap_seat;
	atoll_heap_seat = 0;
	if (seat)
		atoll_memory_leave(seat);
}

void atoll_memory_at_thread_end(void)
{
	if (!has_thread_end) {
		has_thread_end = 1;
		if (pthread_key_create(&thread_end, leave))
			return;
	}
	pthread_setspecific(thread_end, (void *)ROUNDS);
}

void atoll_memory_set_errno(int number)
{
	errno = number;
}

void atoll_memory_zero(uint64_t address, uint64_t bytes)
{
	memset((void *)address, 0, bytes);
}

void atoll_memory_copy(uint64_t to, uint64_t from, uint64_t bytes)
{
	memcpy((void *)to, (void *)from, bytes);
}

void atoll_memory_bad_free(void)
{
	atoll_memory_fail("free(): invalid pointer");
}

void atoll_memory_no_seat(void)
{
	atoll_memory_fail("too many threads: the program's memory has room for 1024");
}

void atoll_memory_wait(uint64_t looks)
{
	if (looks > 100)
		sched_yield();
	else
		__builtin_ia32_pause();
}

void atoll_memory_fail(const char *sentence)
{
	if (write(2, "atoll: ", 7) < 0 || write(2, sentence, strlen(sentence)) < 0 ||
	    write(2, "\n", 1) < 0)
		abort();
	abort();
}

void *malloc(size_t bytes)
{
	return atoll_malloc(bytes);
}

void free(void *block)
{
	atoll_free(block);
}
