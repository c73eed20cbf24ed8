// SPDX-License-Identifier: Apache-2.0
// suite: clang
// File streams made by one thread and used by others; getline on cin.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <unistd.h>
#include "check.h"

int main()
{
	std::string name = "/tmp/atoll-suite-" + std::to_string(getpid());
	std::ofstream out(name);
	long sum = 0;

#pragma omp parallel for
	for (int i = 0; i < 300; i++)
#pragma omp critical
		out << i << '\n';
	out.close();
	std::ifstream in(name);
#pragma omp parallel reduction(+ : sum)
	{
		int value;

		for (bool more = true; more;) {
#pragma omp critical
			more = bool(in >> value);
			if (more)
				sum += value + SOUND(0, 1);
		}
#pragma omp critical
		{
			std::ofstream own(name + std::to_string(omp_get_thread_num()));
			own << "thread " << omp_get_thread_num();
		}
	}
	CHECK(sum == 44850 && in.eof());
	for (int i = 0; i < 4; i++) {
		std::ifstream own(name + std::to_string(i));
		std::string text;
		std::getline(own, text);
		CHECK(text == "thread " + std::to_string(i));
		std::remove((name + std::to_string(i)).c_str());
	}
	std::remove(name.c_str());
	return checked();
}
