// SPDX-License-Identifier: Apache-2.0
//
// What our Swift asks of the process around it before main: there, nothing of the program runs yet.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "atoll_api.h"

extern char **environ;

const char *atoll_variable(const char *name)
{
	size_t length = strlen(name);

	for (char **each = environ; each && *each; each++)
		if (strncmp(*each, name, length) == 0 && (*each)[length] == '=')
			return *each + length + 1;
	return NULL;
}

int64_t atoll_read_file(const char *path, uint8_t *bytes, int64_t size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t count;

	if (file < 0)
		return -1;
	count = read(file, bytes, (size_t)size);
	close(file);
	return count;
}

void atoll_omp_say(const uint8_t *bytes, int64_t count)
{
	ssize_t written = write(STDERR_FILENO, bytes, (size_t)count);

	(void)written;
}

int32_t atoll_own_processor(uint32_t index)
{
	cpu_set_t usable;

	if (sched_getaffinity(0, sizeof(usable), &usable) != 0)
		return index == 0 ? 0 : -1;
	for (int32_t each = 0; each < CPU_SETSIZE; each++)
		if (CPU_ISSET(each, &usable) && index-- == 0)
			return each;
	return -1;
}
