// SPDX-License-Identifier: Apache-2.0
//
// The waits of doacross loops take an argument for each of the loops.
#include <stdarg.h>

#include "atoll_core.h"

#define LOOPS 32

void GOMP_doacross_wait(long first, ...)
{
	uint64_t count = atoll_core_doacross_dimensions(), vector[LOOPS] = { (uint64_t)first };
	va_list rest;

	va_start(rest, first);
	for (uint64_t i = 1; i < count && i < LOOPS; i++)
		vector[i] = (uint64_t)va_arg(rest, long);
	va_end(rest);
	atoll_core_doacross_wait((uint64_t)vector);
}

void GOMP_doacross_ull_wait(unsigned long long first, ...)
{
	uint64_t count = atoll_core_doacross_dimensions(), vector[LOOPS] = { first };
	va_list rest;

	va_start(rest, first);
	for (uint64_t i = 1; i < count && i < LOOPS; i++)
		vector[i] = va_arg(rest, unsigned long long);
	va_end(rest);
	atoll_core_doacross_wait((uint64_t)vector);
}
