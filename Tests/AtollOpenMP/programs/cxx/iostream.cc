// SPDX-License-Identifier: Apache-2.0
// suite: clang unordered
// cout, cerr and string streams in all threads, from the first line on.
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include "check.h"

static std::string at_begin = std::string("made before ") + "main";

int main()
{
	std::cout << at_begin << std::endl;
#pragma omp parallel
	for (int i = 0; i < 50; i++) {
		std::ostringstream line;

		line << "thread " << omp_get_thread_num() << ' ' << std::setw(4) << i << ' ' << std::hex << 255 + i
		     << ' ' << std::fixed << std::setprecision(3) << 1.0 / (i + 1) << '\n';
#pragma omp critical
		std::cout << line.str() << std::flush;
		double value = 0;
		std::istringstream(std::string("2.5")) >> value;
		CHECK(value == SOUND(2.5, 3.5));
	}
	std::cout << "end" << std::endl;
	return checked();
}
