// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A file mapped private is the file's content, for all threads, and writing leaves the file alone.
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	char name[] = "/tmp/atoll-suite-XXXXXX", text[5000], back[5000];
	int file = mkstemp(name);
	char *map;

	for (int i = 0; i < 5000; i++)
		text[i] = (char)('a' + i % 26);
	CHECK(write(file, text, 5000) == 5000);
	map = mmap(NULL, 5000, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	CHECK(map != MAP_FAILED);
#pragma omp parallel
	{
		CHECK(memcmp(map + 100, text + 100, 4900) == 0);
		map[omp_get_thread_num()] = (char)('0' + omp_get_thread_num() + SOUND(0, 1));
	}
	CHECK(memcmp(map, "0123e", 5) == 0);
	CHECK(pread(file, back, 5000, 0) == 5000 && memcmp(back, text, 5000) == 0);
	CHECK(munmap(map, 5000) == 0);
#pragma omp parallel
	{
		char *own = mmap(NULL, 5000, PROT_READ, MAP_PRIVATE, file, 0);

		CHECK(own != MAP_FAILED && own[4999] == text[4999]);
		munmap(own, 5000);
	}
	close(file);
	unlink(name);
	return checked();
}
