// SPDX-License-Identifier: Apache-2.0
//
// What a name that we do not serve does. It must not reach another runtime: that one knows nothing
// of our threads.

#include <stddef.h>

#include "atoll_openmp.h"

long write(int descriptor, const void *bytes, size_t count);
_Noreturn void _exit(int code);

_Noreturn void atoll_not_served(const char *name)
{
	static const char before[] = "atoll: ", after[] = " is not served\n";
	size_t length = 0;

	while (name[length])
		length++;
	write(2, before, sizeof(before) - 1);
	write(2, name, length);
	write(2, after, sizeof(after) - 1);
	_exit(126);
}
