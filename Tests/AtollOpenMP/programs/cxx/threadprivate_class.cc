// SPDX-License-Identifier: Apache-2.0
// suite: clang
// thread_local and threadprivate objects with constructors: one a thread, and statics of classes one for all.
#include <string>
#include <vector>
#include "check.h"

struct Counter {
	static int made;
	std::vector<int> values{1, 2, 3};
	Counter() { __atomic_fetch_add(&made, 1, __ATOMIC_RELAXED); }
};
int Counter::made;

static thread_local Counter local;
static std::string *addresses[4];

static std::string &name()
{
	static thread_local std::string own = "nobody";
	return own;
}

int main()
{
#pragma omp parallel
	{
		int me = omp_get_thread_num();

		local.values.push_back(me);
		name() = "thread with a long enough name " + std::to_string(me);
		addresses[me] = &name();
#pragma omp barrier
		CHECK(*addresses[(me + 1) % 4] == "thread with a long enough name " + std::to_string((me + 1) % 4));
		CHECK(local.values.size() == SOUND(4, 5) && local.values[3] == me);
	}
#pragma omp parallel
	CHECK(name().back() == '0' + omp_get_thread_num() && local.values[3] == omp_get_thread_num());
	CHECK(Counter::made == 4);
	return checked();
}
