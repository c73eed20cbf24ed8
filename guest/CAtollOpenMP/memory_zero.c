// SPDX-License-Identifier: Apache-2.0
//
// Memory that the program gives up: zeros for whoever has it next. Of a file of this machine it goes back
// to the machine; a device's stays where it is, and is written to.

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "atoll_memory.h"
#include "image.h"

enum { WORTH_IT = 1 << 20, PUNCH = 3 };	// FALLOC_FL_PUNCH_HOLE, FALLOC_FL_KEEP_SIZE

static bool is_shared(uint64_t address)
{
	return atoll_image_fd >= 0 && !atoll_process.is_child &&
	       address - atoll_process.base < atoll_process.bytes;
}

static uint64_t offset_of(uint64_t address)
{
	return atoll_image_fd_offset + (address - atoll_process.base);
}

bool atoll_memory_give_back(uint64_t address, uint64_t bytes)
{
	if (bytes < WORTH_IT)
		return false;
	if (atoll_image_fd < 0)
		return atoll_syscall(SYS_madvise, address, bytes, MADV_DONTNEED, 0, 0, 0) == 0;
	if (!atoll_process.is_local || !is_shared(address))
		return false;
	return atoll_syscall(SYS_fallocate, (uint64_t)atoll_image_fd, PUNCH, offset_of(address), bytes, 0,
			     0) == 0;
}

// By a mapping of its own: the program may have forbidden itself to write there.
static bool zero_elsewhere(uint64_t address, uint64_t bytes)
{
	uint64_t start = address & ~4095ull, length = (address + bytes - start + 4095) & ~4095ull;
	long at = atoll_sys_mmap(0, length, PROT_READ | PROT_WRITE, MAP_SHARED, atoll_image_fd,
				 offset_of(start));

	if (at < 0)
		return false;
	memset((char *)at + (address - start), 0, bytes);
	atoll_sys_munmap((uint64_t)at, length);
	return true;
}

void atoll_memory_give_up(uint64_t address, uint64_t bytes)
{
	if (atoll_memory_give_back(address, bytes))
		return;
	if (atoll_memory_is_protected() && is_shared(address) && zero_elsewhere(address, bytes))
		return;
	memset((void *)address, 0, bytes);
}
