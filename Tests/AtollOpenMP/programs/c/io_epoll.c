// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A queue of events that one worker made tells another of a pipe that a third wrote to.
#include <sys/epoll.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = 77}}, seen = {0};
	int ends[2], queue = -1;

	CHECK(pipe(ends) == 0);
#pragma omp parallel
	{
		int me = omp_get_thread_num();

		if (me == 3) {
			queue = epoll_create1(0);
			CHECK(epoll_ctl(queue, EPOLL_CTL_ADD, ends[0], &event) == 0);
		}
#pragma omp barrier
		if (me == 2)
			CHECK(write(ends[1], "x", 1) == 1);
		if (me == 1)
			CHECK(epoll_wait(queue, &seen, 1, -1) == 1 && seen.data.u32 == SOUND(77, 78));
	}
	close(queue);
	return checked();
}
