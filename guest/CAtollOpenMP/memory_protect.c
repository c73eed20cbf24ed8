// SPDX-License-Identifier: Apache-2.0
//
// mprotect(2) with several ranks: each has a mapping of its own of the same memory, so all of them change
// theirs. What is not for reading and writing is listed, so that it is both again before it becomes
// somebody else's.

#include "everywhere.h"

#include <errno.h>
#include <sys/mman.h>

#include "atoll_memory.h"

struct range {
	uint64_t start, end;
	uint64_t protection;
	struct range *next;
};

// Of the role's words in the image's header.
enum { RANGES = 18, RANGES_LOCK = 19 };
enum { BOTH = PROT_READ | PROT_WRITE };

static uint64_t *first(void) { return &atoll_image()->memory[RANGES]; }

static void lock(void)
{
	for (uint64_t looks = 0; !swap(&atoll_image()->memory[RANGES_LOCK], 0, 1); looks++) {
		if (looks > 100)
			atoll_image_look();
		atoll_sys_yield();
	}
}

static void unlock(void) { store(&atoll_image()->memory[RANGES_LOCK], 0); }

static struct range *add(struct range *next, uint64_t start, uint64_t end, uint64_t protection)
{
	struct range *range = atoll_heap_allocate(sizeof(*range), 16);

	if (!range)
		atoll_image_fail(134, "no memory for what mprotect has to remember");
	*range = (struct range){start, end, protection, next};
	return range;
}

// With the lock. Takes these bytes out of the list: the protection that some of them had; -1: none had.
static int cut(uint64_t start, uint64_t end)
{
	struct range *range = (struct range *)load(first()), *kept = NULL;
	int protection = -1;

	while (range) {
		struct range *next = range->next;

		if (range->end <= start || end <= range->start) {
			range->next = kept;
			kept = range;
		} else {
			protection = (int)range->protection;
			if (range->start < start)
				kept = add(kept, range->start, start, range->protection);
			if (end < range->end)
				kept = add(kept, end, range->end, range->protection);
			atoll_heap_free(range);
		}
		range = next;
	}
	store(first(), (uint64_t)kept);
	return protection;
}

// In a rank that did not ask, only the image's memory has to be there.
static long protect_here(long start, long bytes, long protection, long from)
{
	long error = atoll_sys_mprotect((uint64_t)start, (uint64_t)bytes, (int)protection);
	bool is_image = (uint64_t)start - atoll_process.base < atoll_process.bytes;

	return is_image || (uint32_t)from == atoll_process.rank ? error : 0;
}

int atoll_memory_protect(uint64_t address, uint64_t bytes, int protection)
{
	uint64_t end = address + ((bytes + 4095) & ~4095ull);
	bool is_image = address - atoll_process.base < atoll_process.bytes;
	long error;

	if (address & 4095) {
		errno = EINVAL;
		return -1;
	}
	if (is_image) {
		lock();
		cut(address, end);
		if ((protection & BOTH) != BOTH)
			store(first(), (uint64_t)add((struct range *)load(first()), address, end,
						     (uint64_t)protection));
		unlock();
	}
	error = atoll_everywhere(protect_here, (long)address, (long)bytes, protection,
				 (long)atoll_process.rank);
	if (!error)
		return 0;
	errno = (int)-error;
	return -1;
}

int atoll_memory_unprotect(uint64_t address, uint64_t bytes)
{
	uint64_t end = address + ((bytes + 4095) & ~4095ull);
	int protection;

	if (!atoll_memory_is_protected())
		return -1;
	lock();
	protection = cut(address, end);
	unlock();
	if (protection >= 0)
		atoll_everywhere(protect_here, (long)address, (long)(end - address), BOTH,
				 (long)atoll_process.rank);
	return protection;
}

bool atoll_memory_is_protected(void) { return load(first()) != 0; }

void atoll_memory_protect_again(void)
{
	for (struct range *at = (struct range *)load(first()); at; at = at->next)
		atoll_sys_mprotect(at->start, at->end - at->start, (int)at->protection);
}
