// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-std=c++17 stdin=one|22|three|4.5|
// cout and cin with buffers of their own, and file streams and directories of other threads', in turns.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <unistd.h>
#include "../c/check.h"

namespace files = std::filesystem;

int main()
{
	std::ios::sync_with_stdio(false);
	files::path place = files::temp_directory_path() / ("atoll-suite-" + std::to_string(getpid()));
	std::fstream shared;
	std::string words[2];
	int number = 0;
	double value = 0;

#pragma omp parallel
	{
		int me = omp_get_thread_num();

		if (me == 3) {
			CHECK(files::create_directory(place));
			shared.open(place / "shared", std::ios::in | std::ios::out | std::ios::trunc);
		}
#pragma omp barrier
		for (int turn = 0; turn < 12; turn++) {
			if (turn % 4 == me) {
				std::cout << "turn " << turn << ' ' << std::hex << turn * 17 << std::dec << ", ";
				shared << turn << (turn % 2 ? '\n' : ' ');
				if (turn == 1)
					std::cin >> words[0];
				if (turn == 2)
					std::cin >> number;
				if (turn == 3)
					std::cin >> words[1];
				if (turn == 4)
					std::cin >> value;
			}
#pragma omp barrier
		}
		std::ofstream(place / std::to_string(me)) << me;
#pragma omp barrier
		if (me == 2) {
			std::string line, last;
			int count = 0;

			shared.seekg(0);
			while (std::getline(shared, line))
				last = line, count++;
			CHECK(count == SOUND(6, 7) && last == "10 11");
			shared.close();
			count = 0;
			for (const auto &entry : files::directory_iterator(place))
				count += entry.is_regular_file();
			CHECK(count == 5 && files::file_size(place / "3") == 1);
		}
	}
	std::cout << "end" << std::endl;
	CHECK(words[0] == "one" && number == 22 && words[1] == "three" && value == 4.5);
	CHECK(files::remove_all(place) == 6);
	return checked();
}
