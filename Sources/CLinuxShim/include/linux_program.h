// SPDX-License-Identifier: Apache-2.0
//
// Becoming another program, and reading programs' files. As in linux_shim.h, a function gives what
// the call gives, or -errno.

#ifndef ATOLL_LINUX_PROGRAM_H
#define ATOLL_LINUX_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

long atoll_read_at(int fd, void *into, size_t bytes, uint64_t offset);
/// 0 where this process may execute the file.
int atoll_may_execute(const char *path);
/// Where the link leads; how many bytes.
long atoll_read_link(const char *path, uint8_t *into, size_t bytes);

/// Becomes the program, as execvp(3) with this environment. Strings in a row, each closed by NUL.
int atoll_execute(const char *path, const uint8_t *arguments, size_t argument_count,
                  const uint8_t *environment, size_t environment_count);
/// All variables, one after another; NULL past the last.
const char *atoll_environment_entry(int index);
int atoll_close_on_exec(int fd, bool closes);
/// An empty input in the place of the descriptor.
int atoll_empty_input(int fd);
/// Without randomised addresses from the next program on.
int atoll_fix_addresses(void);

/// Soft and hard limit of RLIMIT_STACK; ~0: none.
int atoll_stack_limit(uint64_t *soft, uint64_t *hard);
int atoll_set_stack_limit(uint64_t soft);
/// Soft limit of RLIMIT_AS; ~0: none.
int atoll_address_limit(uint64_t *soft);
/// Bytes of the machine's memory.
uint64_t atoll_memory_bytes(void);
/// Bytes that a file system has free for us.
int atoll_free_bytes(const char *path, uint64_t *bytes);

/// Starts a program by its path, from any thread of any process: with these two descriptors as its
/// input and output, our standard error, no other descriptor, in a session of its own. Its pid.
int atoll_start_helper(const char *path, const uint8_t *arguments, size_t argument_count, int input,
                       int output);
/// Takes all pages of a part of the file, one fallocate(2) of it.
int atoll_fallocate_part(int fd, uint64_t offset, uint64_t bytes);
/// Opens for writing alone, such as the kernel's control files want it.
int atoll_open_control(const char *path);
int atoll_remove_directory(const char *path);

#endif  // ATOLL_LINUX_PROGRAM_H
