// SPDX-License-Identifier: Apache-2.0
//
// Binding threads to the processors of places.
#define _GNU_SOURCE
#include "atoll_api.h"
#include "atoll_core.h"
#include "atoll_syscall.h"

#include <sched.h>

// Those that this process could use before any of its threads was bound.
static cpu_set_t usable;
static int usable_count;

int atoll_usable_cpus(void)
{
	cpu_set_t set;

	if (!usable_count) {
		CPU_ZERO(&set);
		if (atoll_syscall(SYS_sched_getaffinity, 0, sizeof(set), (uint64_t)&set, 0, 0, 0) <= 0)
			return 1;
		usable = set;
		usable_count = CPU_COUNT(&set);
	}
	return usable_count;
}

// As places number them, to this kernel's number; negative: it is another rank's, or there is none.
static int own(uint32_t processor)
{
	uint32_t index;

	if (atoll_process.ranks == 1)
		return processor < CPU_SETSIZE && CPU_ISSET(processor, &usable) ? (int)processor : -1;
	if (atoll_processor_rank(processor) != atoll_process.rank)
		return -1;
	// Ranks of one kernel share its processors out among them.
	index = atoll_process.is_local ? processor
				       : processor - atoll_process.rank * atoll_process.threads;
	index %= (uint32_t)usable_count;
	for (int each = 0; each < CPU_SETSIZE; each++)
		if (CPU_ISSET(each, &usable) && index-- == 0)
			return each;
	return -1;
}

void atoll_core_bind(uint32_t place)
{
	cpu_set_t set;
	int any = 0;

	atoll_usable_cpus();
	CPU_ZERO(&set);
	for (uint32_t i = 0; i < atoll_place_size(place); i++) {
		int processor = own(atoll_place_processor(place, i));

		if (processor >= 0) {
			CPU_SET(processor, &set);
			any = 1;
		}
	}
	// Where it cannot be, the thread goes where it likes: the program is right all the same.
	if (any)
		atoll_syscall(SYS_sched_setaffinity, 0, sizeof(set), (uint64_t)&set, 0, 0, 0);
}

uint32_t atoll_core_place_rank(uint32_t place)
{
	return atoll_place_size(place) ? atoll_processor_rank(atoll_place_processor(place, 0)) : 0;
}

static uint32_t binds;

uint32_t atoll_core_binds(void)
{
	return binds;
}

void atoll_core_set_binds(uint32_t places)
{
	binds = places;
}
