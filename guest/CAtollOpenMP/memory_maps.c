// SPDX-License-Identifier: Apache-2.0
//
// What maps memory, as the system does it.

#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

#include "atoll_image.h"
#include "atoll_memory.h"
#include "atoll_syscall.h"
#include "image.h"

static intptr_t result(long number)
{
	if (number < 0 && number > -4096) {
		errno = (int)-number;
		return -1;
	}
	return number;
}

uintptr_t atoll_real_mmap(uintptr_t address, intptr_t bytes, int protection, int flags, int file,
			 intptr_t offset)
{
	return (uintptr_t)result(atoll_sys_mmap(address, (uint64_t)bytes, protection, flags, file,
					       (uint64_t)offset));
}

intptr_t atoll_real_munmap(uintptr_t address, intptr_t bytes)
{
	return result(atoll_sys_munmap(address, (uint64_t)bytes));
}

uintptr_t atoll_real_mremap(uintptr_t address, intptr_t old, intptr_t new, int flags, uintptr_t target)
{
	return (uintptr_t)result(atoll_syscall(SYS_mremap, address, (uint64_t)old, (uint64_t)new,
					      (uint64_t)flags, target, 0));
}

intptr_t atoll_real_mprotect(uintptr_t address, intptr_t bytes, int protection)
{
	return result(atoll_sys_mprotect(address, (uint64_t)bytes, protection));
}

intptr_t atoll_real_madvise(uintptr_t address, intptr_t bytes, int advice)
{
	return result(atoll_syscall(SYS_madvise, address, (uint64_t)bytes, (uint64_t)advice, 0, 0, 0));
}

// libc remembers the break: it is asked, not the kernel.
uintptr_t atoll_real_sbrk(intptr_t bytes)
{
	void *(*real)(intptr_t) = (void *(*)(intptr_t))atoll_real("sbrk");

	return (uintptr_t)real(bytes);
}

int atoll_real_brk(uintptr_t address)
{
	int (*real)(void *) = (int (*)(void *))atoll_real("brk");

	return real((void *)address);
}

// Descriptors are rank 0's: pread is the library's own, and goes there.
int atoll_memory_read(int file, uint64_t address, uint64_t bytes, intptr_t offset)
{
	uint64_t done = 0;

	while (done < bytes) {
		ssize_t got = pread(file, (void *)(address + done), bytes - done,
				    offset + (int64_t)done);

		if (got < 0 && errno != EINTR)
			return errno == ESPIPE || errno == EISDIR ? ENODEV : errno;
		if (got == 0)
			break;
		if (got > 0)
			done += (uint64_t)got;
	}
	return 0;
}

void atoll_memory_say(const char *sentence)
{
	SAY(sentence);
}

uint64_t atoll_memory_words(void)
{
	return (uint64_t)atoll_image()->memory;
}
