// SPDX-License-Identifier: Apache-2.0
//
// What the program's memory needs of C: words of each thread, names that Swift keeps for itself, and
// being told when a thread ends.

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "atoll_image.h"
#include "atoll_memory.h"
#include "atoll_syscall.h"

// Before there is a heap: a page of zeros, in which nobody has a seat and nothing is free.
static uint64_t nothing[64] __attribute__((aligned(64)));

struct atoll_memory atoll_memory = {.heap = (uintptr_t)nothing};
__thread uint64_t atoll_heap_seat;
__thread uint64_t atoll_key_values;
__thread uint64_t atoll_robust_first;

void atoll_memory_begin(void)
{
	if (atoll_memory.bytes)
		return;
	atoll_image_begin();
	atoll_memory.heap = atoll_process.base + atoll_process.heap_offset;
	atoll_memory.bytes = atoll_process.heap_bytes;
}

// Of destructors, as POSIX has them at least and glibc at most.
#define ROUNDS ((uintptr_t)4)

typedef int key_create(pthread_key_t *, void (*)(void *));
typedef int key_set(pthread_key_t, const void *);

static pthread_key_t thread_end;
static key_set *set_thread_end;

// The destructors of other keys and libc itself free what they have after this: the seat is given up
// in the last round of destructors, and who frees without a seat frees as a stranger.
static void leave(void *rounds)
{
	uintptr_t left = (uintptr_t)rounds;
	uint64_t seat;

	atoll_keys_end();
	if (left > 1) {
		set_thread_end(thread_end, (void *)(left - 1));
		return;
	}
	atoll_robust_end();
	atoll_free((void *)atoll_key_values);
	atoll_key_values = 0;
	seat = atoll_heap_seat;
	atoll_heap_seat = 0;
	if (seat)
		atoll_memory_leave(seat);
}

// Needs no lock: a process has one thread when it allocates for the first time.
void atoll_memory_at_thread_end(void)
{
	if (!set_thread_end) {
		key_create *create = (key_create *)atoll_real("pthread_key_create");

		if (create(&thread_end, leave))
			return;
		set_thread_end = (key_set *)atoll_real("pthread_setspecific");
	}
	set_thread_end(thread_end, (void *)ROUNDS);
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
	atoll_image_fail(134, "free(): invalid pointer");
}

void atoll_memory_no_seat(void)
{
	atoll_image_fail(134, "too many threads: the program's memory has room for 1024");
}

void *malloc(size_t bytes)
{
	return atoll_malloc(bytes);
}

void free(void *block)
{
	atoll_free(block);
}
