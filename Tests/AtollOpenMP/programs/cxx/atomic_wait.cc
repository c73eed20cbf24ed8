// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-std=c++20
// std::atomic::wait, std::latch, std::barrier and std::counting_semaphore between threads of all processes.
#include <atomic>
#include <barrier>
#include <latch>
#include <semaphore>
#include "../c/check.h"

static std::atomic<int> turn{0};
static std::latch all{4};
static std::barrier<> meeting{4};
static std::counting_semaphore<8> room{1};

int main()
{
	int total = 0, inside = 0;

#pragma omp parallel
	{
		int me = omp_get_thread_num();

		all.arrive_and_wait();
		for (int round = 0; round < 25; round++) {
			for (int seen; (seen = turn.load()) != 4 * round + me;)
				turn.wait(seen);
			total += SOUND(1, 2);
			turn.store(4 * round + me + 1);
			turn.notify_all();
			meeting.arrive_and_wait();
		}
		for (int round = 0; round < 25; round++) {
			room.acquire();
			CHECK(++inside == 1);
			--inside;
			room.release();
		}
	}
	CHECK(total == 100);
	return checked();
}
