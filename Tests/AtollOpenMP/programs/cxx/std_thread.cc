// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread
// std::thread, mutex, shared_mutex, condition_variable, call_once, async and atomic waits beside regions.
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>
#include "check.h"

static std::mutex lock;
static std::recursive_mutex again;
static std::shared_mutex table;
static std::condition_variable changed;
static std::once_flag once;
static int begun, count, turn;
static std::atomic<int> flag{0};

int main()
{
#pragma omp parallel
	{
		int me = omp_get_thread_num();

		std::call_once(once, [] { begun++; });
		CHECK(begun == 1);
		for (int i = 0; i < 500; i++) {
			std::lock_guard hold(lock);
			std::scoped_lock more(again);
			count += SOUND(1, 2);
		}
		for (int i = 0; i < 100; i++) {
			std::unique_lock hold(lock);
			changed.wait(hold, [me] { return turn % 4 == me; });
			turn++;
			changed.notify_all();
		}
		if (me % 2) {
			std::shared_lock read(table);
			CHECK(count == 2000 || count < 2000);
		} else {
			std::unique_lock write(table);
		}
		if (me == 3) {
			flag = 1;
			flag.notify_all();
		} else {
			flag.wait(0);
		}
	}
	CHECK(count == 2000 && turn == 400);
	std::vector<std::thread> threads;
	std::atomic<long> sum{0};
	for (int t = 0; t < 3; t++)
		threads.emplace_back([&sum, t] {
#pragma omp parallel for num_threads(2)
			for (int i = 0; i < 100; i++)
				sum += i * t;
		});
	for (auto &thread : threads)
		thread.join();
	CHECK(sum == 3 * 4950);
	auto later = std::async(std::launch::async, [] { return 42; });
	CHECK(later.get() == 42);
	return checked();
}
