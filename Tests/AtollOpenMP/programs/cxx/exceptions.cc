// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Exceptions are thrown and caught within a region, with their types and texts, and kept for other threads.
#include <exception>
#include <stdexcept>
#include <string>
#include "check.h"

struct Special : std::runtime_error {
	int thread;
	explicit Special(int thread) : std::runtime_error("special"), thread(thread) {}
};

static void dig(int depth, int thread)
{
	std::string kept(100, 'x');

	if (depth == 0)
		throw Special(thread);
	dig(depth - 1, thread);
	CHECK(kept.size() == 100);
}

int main()
{
	int caught = 0;
	std::exception_ptr kept[4];

#pragma omp parallel reduction(+ : caught)
	{
		int me = omp_get_thread_num();

		for (int i = 0; i < 100; i++)
			try {
				dig(i % 10, me);
			} catch (const std::exception &error) {
				auto special = dynamic_cast<const Special *>(&error);

				caught += special && special->thread == me + SOUND(0, 1) &&
					  std::string(error.what()) == "special";
				kept[me] = std::current_exception();
			}
	}
	CHECK(caught == 400);
	for (int i = 0; i < 4; i++)
		try {
			std::rethrow_exception(kept[i]);
		} catch (const Special &special) {
			CHECK(special.thread == i);
		}
	return checked();
}
