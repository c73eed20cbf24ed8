// SPDX-License-Identifier: Apache-2.0
//
// The device constructs: there is no device but the host, whose memory the program's is.
#include "atoll_core.h"

#include <stdbool.h>
#include <stddef.h>

// How gcc says what an argument of a target region is: the low byte.
#define FIRST_PRIVATE 12

// device-specific arguments: the identifier's bits, and where a value stands in the word itself.
#define ARGUMENT_THREAD_LIMIT (1 << 8 | 0)

void GOMP_taskwait_depend(void **depend);

static void region(void (*function)(void *), void *data)
{
	atoll_core_target((uint64_t)function, (uint64_t)data);
}

void GOMP_target(int device, void (*function)(void *), const void *unused, size_t count, void **hosts,
		 size_t *sizes, unsigned char *kinds)
{
	region(function, hosts);
}

void GOMP_target_ext(int device, void (*function)(void *), size_t count, void **hosts, size_t *sizes,
		     unsigned short *kinds, unsigned int flags, void **depend, void **arguments)
{
	size_t bytes = 0, at = 0, i;

	if (depend)
		GOMP_taskwait_depend(depend);
	// What is private to the region begins as a copy.
	for (i = 0; i < count; i++)
		if ((kinds[i] & 0xff) == FIRST_PRIVATE)
			bytes += sizes[i] + ((size_t)1 << (kinds[i] >> 8));

	char copies[bytes + 1];

	for (i = 0; i < count; i++) {
		size_t align = (size_t)1 << (kinds[i] >> 8), j;
		char *from = hosts[i], *to;

		if ((kinds[i] & 0xff) != FIRST_PRIVATE)
			continue;
		to = (char *)(((size_t)copies + at + align - 1) & ~(align - 1));
		for (j = 0; j < sizes[i]; j++)
			to[j] = from[j];
		hosts[i] = to;
		at = (size_t)(to - copies) + sizes[i];
	}
	region(function, hosts);
}

void GOMP_target_data(int device, const void *unused, size_t count, void **hosts, size_t *sizes,
		      unsigned char *kinds)
{
}

void GOMP_target_data_ext(int device, size_t count, void **hosts, size_t *sizes, unsigned short *kinds)
{
}

void GOMP_target_end_data(void)
{
}

void GOMP_target_update(int device, const void *unused, size_t count, void **hosts, size_t *sizes,
			unsigned char *kinds)
{
}

void GOMP_target_update_ext(int device, size_t count, void **hosts, size_t *sizes,
			    unsigned short *kinds, unsigned int flags, void **depend)
{
	if (depend)
		GOMP_taskwait_depend(depend);
}

void GOMP_target_enter_exit_data(int device, size_t count, void **hosts, size_t *sizes,
				 unsigned short *kinds, unsigned int flags, void **depend)
{
	if (depend)
		GOMP_taskwait_depend(depend);
}

void GOMP_offload_register(const void *table, int type, const void *data)
{
}

void GOMP_offload_unregister(const void *table, int type, const void *data)
{
}

void GOMP_offload_register_ver(unsigned int version, const void *table, int type, const void *data)
{
}

void GOMP_offload_unregister_ver(unsigned int version, const void *table, int type,
				 const void *data)
{
}
