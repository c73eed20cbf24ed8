// SPDX-License-Identifier: Apache-2.0
//
// pthread_once and call_once. An exception of C++ may leave the program's function, as std::call_once
// allows, and the next caller then tries again: so this is C, whose cleanups an unwinder runs.

#include <stdbool.h>
#include <stdint.h>

#include "atoll_pthread.h"

// The unwinder is libgcc's, which programs have that throw; this library does not ask for it.
__asm__(".weak __gcc_personality_v0\n.weak _Unwind_Resume");

// (PthreadOnce.swift)
bool atoll_once_begin(uint64_t once) __attribute__((visibility("hidden")));
void atoll_once_end(uint64_t once, bool is_done) __attribute__((visibility("hidden")));

struct attempt {
	uint64_t once;
	bool is_done;
};

static void end(struct attempt *attempt)
{
	atoll_once_end(attempt->once, attempt->is_done);
}

int pthread_once(int *once, void (*function)(void))
{
	if (__atomic_load_n(once, __ATOMIC_ACQUIRE) == 2 || !atoll_once_begin((uint64_t)once))
		return 0;

	struct attempt attempt __attribute__((cleanup(end))) = {.once = (uint64_t)once};

	function();
	attempt.is_done = true;
	return 0;
}

void call_once(int *once, void (*function)(void))
{
	pthread_once(once, function);
}
