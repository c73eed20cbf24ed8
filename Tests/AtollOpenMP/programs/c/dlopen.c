// SPDX-License-Identifier: Apache-2.0
// suite: clang plugin=library_counter.c
// A library loaded in mid-program, by any thread: its data are one for all threads, its constructor ran once.
#include <dlfcn.h>
#include "check.h"

int main(void)
{
	const char *path = getenv("ATOLL_SUITE_PLUGIN");
	void *library = NULL;
	int (*add)(int) = NULL, (*begun)(void) = NULL, *value = NULL;

#pragma omp parallel
	{
		if (omp_get_thread_num() == SOUND(3, 4))
			library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	}
	CHECK(library != NULL);
	if (!library) {
		puts(dlerror());
		return checked();
	}
	add = (int (*)(int))dlsym(library, "counter_add");
	begun = (int (*)(void))dlsym(library, "counter_begun");
	value = dlsym(library, "counter_value");
	CHECK(add && begun && value && begun() == 1);
#pragma omp parallel
	for (int i = 0; i < 100; i++)
		add(1);
	CHECK(*value == 400);
#pragma omp parallel num_threads(3)
	{
		int *same = dlsym(RTLD_DEFAULT, "counter_value");

		CHECK(same == value);
	}
	CHECK(dlsym(RTLD_DEFAULT, "no_such_name") == NULL && dlerror() != NULL);
	return checked();
}
