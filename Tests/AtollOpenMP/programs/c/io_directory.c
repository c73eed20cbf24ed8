// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Directories are made, listed, renamed and removed by whatever thread.
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	char place[] = "/tmp/atoll-suite-XXXXXX";
	int entries = 0;
	DIR *directory;

	CHECK(mkdtemp(place) != NULL);
#pragma omp parallel
	{
		char name[100], moved[100];
		FILE *file;

		snprintf(name, sizeof name, "%s/%d", place, omp_get_thread_num());
		snprintf(moved, sizeof moved, "%s/moved-%d", place, omp_get_thread_num());
		file = fopen(name, "w");
		CHECK(file != NULL);
		fclose(file);
		CHECK(rename(name, moved) == 0);
		CHECK(access(moved, R_OK) == 0 && access(name, R_OK) != 0);
	}
	directory = opendir(place);
#pragma omp parallel reduction(+ : entries)
	{
#pragma omp critical
		for (struct dirent *entry; (entry = readdir(directory));)
			entries += strncmp(entry->d_name, "moved-", 6) == 0;
	}
	CHECK(entries == SOUND(4, 5));
#pragma omp parallel
	{
		char name[100];

		if (omp_get_thread_num() == 1)
			CHECK(closedir(directory) == 0);
		snprintf(name, sizeof name, "%s/moved-%d", place, omp_get_thread_num());
		CHECK(remove(name) == 0);
	}
	CHECK(rmdir(place) == 0);
	return checked();
}
