// SPDX-License-Identifier: Apache-2.0
//
// The calls that Swift cannot make: Embedded Swift has no Glibc module, and errno, variadic calls
// and macros are out of reach anywhere. One function a system call; each returns what the call
// returns, or -errno.

#ifndef ATOLL_LINUX_SHIM_H
#define ATOLL_LINUX_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Files and memory
enum {
    ATOLL_OPEN_WRITE = 1,      // read and write; else read only
    ATOLL_OPEN_CREATE = 2,     // create; fail where the name is taken
    ATOLL_OPEN_NONBLOCK = 4,
    ATOLL_OPEN_DIRECTORY = 8,
    ATOLL_OPEN_FOLLOW = 16,    // follow a link in the last place
};

struct atoll_stat {
    uint64_t bytes;
    uint64_t inode;
    uint64_t device;
    uint64_t allocated;  // bytes that the file takes
    uint32_t mode;
    uint32_t user;
    uint32_t group;
    uint32_t links;
};

/// Opens close-on-exec, and without following a link in the last place unless asked to.
int atoll_open(const char *path, int flags, uint32_t mode);
int atoll_close(int fd);
int atoll_fstat(int fd, struct atoll_stat *out);
int atoll_lstat(const char *path, struct atoll_stat *out);
bool atoll_stat_is_link(const struct atoll_stat *s);
bool atoll_stat_is_regular(const struct atoll_stat *s);
int atoll_ftruncate(int fd, uint64_t bytes);
/// Takes all pages of the first `bytes` of the file at once.
int atoll_fallocate(int fd, uint64_t bytes);
/// Whether all bytes are zero.
bool atoll_is_zero(const void *bytes, size_t count);
/// Frees a part of the file, which then reads as zeros.
int atoll_make_hole(int fd, uint64_t offset, uint64_t bytes);
int atoll_fchmod(int fd, uint32_t mode);
int atoll_fchown(int fd, uint32_t user, uint32_t group);
int atoll_unlink(const char *path);
/// Renames; fails with EEXIST where `to` is taken, by a link too.
int atoll_rename_exclusive(const char *from, const char *to);
int atoll_memfd(const char *name);
long atoll_read(int fd, void *into, size_t bytes);
long atoll_write(int fd, const void *from, size_t bytes);
/// Maps `bytes` of the file from its start, shared. The address, or NULL with *error set.
void *atoll_map_shared(int fd, size_t bytes, bool writable, int *error);
int atoll_unmap(void *base, size_t bytes);

// Time and waiting
uint64_t atoll_monotonic_ns(void);
uint64_t atoll_thread_cpu_ns(void);
void atoll_sleep_ns(uint64_t ns);
void atoll_yield(void);
static inline void atoll_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield" ::: "memory");
#endif
}

// Identity
int atoll_pid(void);
int atoll_thread_id(void);
int atoll_online_cpus(void);

// Arguments and environment
int atoll_argument_count(void);
/// Valid for the process's life; NULL out of bounds.
const char *atoll_argument(int index);
/// NULL where the variable is not set. Valid until somebody changes the environment.
const char *atoll_environment(const char *name);
/// The variable with this index, as NAME=VALUE; NULL where there are not so many.
const char *atoll_environment_at(int i);

// Threads
/// Calls body(context, 0 .. count - 1), each in a thread of its own, the caller's for 0; returns when
/// all have returned. 0, or -errno with body never called.
int atoll_threads_run(int count, void (*body)(void *context, int index), void *context);
/// A buffer of the calling thread's own, zero at first.
enum { ATOLL_THREAD_NOTE_BYTES = 256 };
char *atoll_thread_note(void);
/// Whether a thread of this kernel has this id. Another user's counts too.
bool atoll_thread_exists(int id);

// Which CPUs the calling thread may run on, by their numbers, in rising order.
enum { ATOLL_CPUS = 1024 };
/// Writes at most `room` numbers; how many.
int atoll_affinity(uint16_t *cpus, int room);
int atoll_set_affinity(const uint16_t *cpus, int count);

// Text
/// printf's "%.<digits>e" into at most `room` bytes; how many were written.
int atoll_format_double(double value, int digits, char *into, size_t room);

#include "linux_counts.h"
#include "linux_memory.h"
#include "linux_module.h"
#include "linux_process.h"
#include "linux_program.h"
#include "linux_socket.h"

#endif  // ATOLL_LINUX_SHIM_H
