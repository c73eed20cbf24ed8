// SPDX-License-Identifier: Apache-2.0
// A library that reads the variable `environ` itself: libc's own, where the program does not name it.
#include <string.h>

extern char **environ;

const char *environ_value(const char *name)
{
	size_t length = strlen(name);

	for (char **at = environ; at && *at; at++)
		if (strncmp(*at, name, length) == 0 && (*at)[length] == '=')
			return *at + length + 1;
	return NULL;
}
