// SPDX-License-Identifier: Apache-2.0
// suite: clang
// libc calls the program back: a stream of the program's own, a walk through a tree, a filter of names.
#define _GNU_SOURCE
#include <dirent.h>
#include <ftw.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check.h"

static char written[400];
static size_t length;
static int visited;

static ssize_t write_cookie(void *cookie, const char *bytes, size_t count)
{
	memcpy((char *)cookie + length, bytes, count);
	length += count;
	return (ssize_t)count;
}

static int visit(const char *name, const struct stat *status, int kind, struct FTW *place)
{
	(void)status, (void)place;
	visited += kind == FTW_F && strstr(name, "leaf") != NULL;
	return 0;
}

static int is_leaf(const struct dirent *entry) { return strncmp(entry->d_name, "leaf", SOUND(4, 0)) == 0; }

int main(void)
{
	char place[] = "/tmp/atoll-suite-XXXXXX", name[100];
	cookie_io_functions_t functions = {.write = write_cookie};
	FILE *stream = NULL;

	CHECK(mkdtemp(place) != NULL);
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof name, "%s/leaf%d", place, i);
		fclose(fopen(name, "w"));
	}
#pragma omp parallel private(name)
	{
		int me = omp_get_thread_num();

		if (me == 3)
			stream = fopencookie(written, "w", functions);
#pragma omp barrier
		for (int turn = 0; turn < 4; turn++) {
			if (turn == me) {
				fprintf(stream, "%d;", me);
				fflush(stream);
			}
#pragma omp barrier
		}
		if (me == 2) {
			struct dirent **entries;
			int count = scandir(place, &entries, is_leaf, alphasort);
			glob_t found;

			CHECK(count == 4 && strcmp(entries[3]->d_name, "leaf3") == 0);
			while (count > 0)
				free(entries[--count]);
			free(entries);
			CHECK(nftw(place, visit, 4, FTW_PHYS) == 0 && visited == 4);
			snprintf(name, sizeof name, "%s/leaf[12]", place);
			CHECK(glob(name, 0, NULL, &found) == 0 && found.gl_pathc == 2);
			CHECK(strcmp(found.gl_pathv[1] + strlen(found.gl_pathv[1]) - 5, "leaf2") == 0);
			globfree(&found);
		}
	}
	CHECK(fclose(stream) == 0 && strcmp(written, "0;1;2;3;") == 0);
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof name, "%s/leaf%d", place, i);
		CHECK(unlink(name) == 0);
	}
	CHECK(rmdir(place) == 0);
	return checked();
}
