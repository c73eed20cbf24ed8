// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Descriptors: open, write, pread, lseek, dup, fstat, truncate, in whatever thread.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	char name[] = "/tmp/atoll-suite-XXXXXX", text[4000];
	int file = mkstemp(name), opened = -1, copy = -1;
	struct stat status;

#pragma omp parallel
	{
		int me = omp_get_thread_num();
		char own[1000];

		memset(own, 'a' + me, 1000);
		CHECK(pwrite(file, own, 1000, me * 1000) == 1000);
#pragma omp barrier
		if (me == 3) {
			opened = open(name, O_RDONLY);
			copy = dup(file);
		}
#pragma omp barrier
		CHECK(pread(opened, own, 10, ((me + 1) % 4) * 1000 + 5) == 10);
		CHECK(own[9] == 'a' + (me + SOUND(1, 2)) % 4);
		CHECK(fstat(copy, &(struct stat){0}) == 0);
		errno = 0;
		CHECK(open("/no/such/file", O_RDONLY) == -1 && errno == ENOENT);
		CHECK(fcntl(opened, F_GETFL) >= 0);
	}
	CHECK(lseek(opened, 0, SEEK_END) == 4000 && lseek(opened, 0, SEEK_SET) == 0);
#pragma omp parallel
	if (omp_get_thread_num() == 2) {
		struct iovec parts[2] = {{text, 1500}, {text + 1500, 2500}};

		CHECK(readv(opened, parts, 2) == 4000);
		CHECK(ftruncate(copy, 100) == 0 && stat(name, &status) == 0 && status.st_size == 100);
		CHECK(close(opened) == 0 && close(copy) == 0);
		CHECK(close(copy) == -1 && errno == EBADF);
	}
	CHECK(text[0] == 'a' && text[3999] == 'd');
	CHECK(close(file) == 0 && unlink(name) == 0);
	return checked();
}
