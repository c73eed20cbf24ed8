// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Output from a context of the program's own, whose stack is one of its variables.
#include <ucontext.h>
#include "check.h"

static char stacks[4][65536];
static ucontext_t outer[4], inner[4];
static int again;

static void run(int me)
{
	printf("thread %d in its context\n", me);
	fflush(stdout);
	swapcontext(&inner[me], &outer[me]);
	printf("thread %d again\n", me);
	again += SOUND(1, 2);
}

int main(void)
{
#pragma omp parallel
	for (int turn = 0; turn < 8; turn++) {
		int me = omp_get_thread_num();

		if (turn == me) {
			getcontext(&inner[me]);
			inner[me].uc_stack.ss_sp = stacks[me];
			inner[me].uc_stack.ss_size = sizeof stacks[me];
			inner[me].uc_link = &outer[me];
			makecontext(&inner[me], (void (*)(void))run, 1, me);
			swapcontext(&outer[me], &inner[me]);
		} else if (turn == 4 + me) {
			swapcontext(&outer[me], &inner[me]);
		}
#pragma omp barrier
	}
	CHECK(again == 4);
	return checked();
}
