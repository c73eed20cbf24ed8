// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Vectors, maps and strings that grow under a lock, filled by all threads.
#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>
#include "check.h"

int main()
{
	std::vector<std::string> words;
	std::map<int, std::vector<int>> tree;
	std::unordered_map<std::string, int> counts;

#pragma omp parallel for schedule(dynamic, 3)
	for (int i = 0; i < 1000; i++) {
		std::string word = "a word long enough to leave the string's own room " + std::to_string(i % 100);

#pragma omp critical
		{
			words.push_back(word);
			tree[i % 37].push_back(i);
			counts[word]++;
		}
	}
	CHECK(words.size() == 1000 && tree.size() == 37 && counts.size() == 100);
	for (auto &[word, count] : counts)
		CHECK(count == SOUND(10, 11));
	std::sort(words.begin(), words.end());
	CHECK(words[0].substr(words[0].size() - 2) == " 0");
	std::vector<long> all(4);
#pragma omp parallel
	{
		std::vector<long> own;

		for (int i = 0; i < 20000; i++)
			own.push_back(i);
		for (long value : own)
			all[omp_get_thread_num()] += value;
	}
	CHECK(all == std::vector<long>(4, 199990000));
	return checked();
}
