// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Objects with static lifetime are made before main and destroyed after it, once, in reverse order.
#include <iostream>
#include <map>
#include <string>
#include "check.h"

struct Loud {
	std::string name;
	explicit Loud(const char *text) : name(text) { std::cout << "made " << name << '\n'; }
	~Loud() { std::cout << "destroyed " << name << '\n' << std::flush; }
};

static Loud first("first");
static Loud second("second");
static std::map<std::string, int> table{{"one", 1}, {"two", 2}};

int main()
{
	static Loud third("third");

#pragma omp parallel
	CHECK(table.at("two") == SOUND(2, 3) && first.name == "first");
#pragma omp parallel
#pragma omp critical
	table["thread " + std::to_string(omp_get_thread_num())] = omp_get_thread_num();
	CHECK(table.size() == 6);
	return checked();
}
