// SPDX-License-Identifier: Apache-2.0
//
// The core's edge to libc.
#define _GNU_SOURCE
#include "atoll_core.h"
#include "atoll_image.h"
#include "atoll_openmp.h"
#include "image.h"

#include <errno.h>
#include <pthread.h>

static void *worker(void *record)
{
	atoll_set_self((uint64_t)record);
	atoll_worker((uint64_t)record);
	return NULL;
}

int atoll_thread_spawn(uint64_t record) __attribute__((weak));

int atoll_core_spawn(uint64_t record)
{
	pthread_t thread;
	int error = atoll_thread_spawn ? atoll_thread_spawn(record) : ENOSYS;

	// Nobody starts threads on stacks of the image yet: one of this process's own then.
	if (error == ENOSYS && atoll_thread(record)->rank == atoll_process.rank)
		error = pthread_create(&thread, NULL, worker, (void *)record);
	return error;
}

static uint64_t spin_limit;

uint64_t atoll_core_spin_limit(void)
{
	return spin_limit;
}

void atoll_core_set_spin_limit(uint64_t pauses)
{
	spin_limit = pauses;
}

uint64_t atoll_core_allocate(uint64_t bytes)
{
	char *block = atoll_heap_allocate(bytes, 128);

	return block ? (uint64_t)block - ATOLL_IMAGE_BASE : 0;
}

void atoll_core_free(uint64_t address)
{
	atoll_heap_free((void *)address);
}

bool atoll_core_spreads(void)
{
	static const char spread[] = "spread";
	const char *text = atoll_kernel_environment("ATOLL_OPENMP_PLACEMENT");

	for (size_t i = 0; i < sizeof(spread); i++)
		if (!text || text[i] != spread[i])
			return false;
	return true;
}

void atoll_core_no_slot(void)
{
	atoll_image_fail(126, "this program has more threads than an image has room for");
}

void atoll_core_no_memory(void)
{
	atoll_image_fail(126, "no memory of the image is left for a team of threads");
}

// Until somebody reads them.
__attribute__((weak)) void atoll_environment_begin(void)
{
}
