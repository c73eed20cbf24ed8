// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "linux_shim.h"
#include "common.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int atoll_open(const char *path, int flags, uint32_t mode) {
    int f = O_CLOEXEC | (flags & ATOLL_OPEN_WRITE ? O_RDWR : O_RDONLY);
    if (!(flags & ATOLL_OPEN_FOLLOW)) f |= O_NOFOLLOW;
    if (flags & ATOLL_OPEN_CREATE) f |= O_CREAT | O_EXCL;
    if (flags & ATOLL_OPEN_NONBLOCK) f |= O_NONBLOCK;
    if (flags & ATOLL_OPEN_DIRECTORY) f |= O_DIRECTORY;
    return checked(open(path, f, (mode_t)mode));
}

int atoll_close(int fd) { return checked(close(fd)); }

static int fill(int result, const struct stat *s, struct atoll_stat *out) {
    if (result < 0) return -errno;
    out->bytes = (uint64_t)s->st_size;
    out->inode = s->st_ino;
    out->device = s->st_dev;
    out->allocated = (uint64_t)s->st_blocks * 512;
    out->mode = s->st_mode;
    out->user = s->st_uid;
    out->group = s->st_gid;
    out->links = (uint32_t)s->st_nlink;
    return 0;
}

int atoll_fstat(int fd, struct atoll_stat *out) {
    struct stat s;
    int result = fstat(fd, &s);
    return fill(result, &s, out);
}

int atoll_lstat(const char *path, struct atoll_stat *out) {
    struct stat s;
    int result = lstat(path, &s);
    return fill(result, &s, out);
}

bool atoll_stat_is_link(const struct atoll_stat *s) { return S_ISLNK(s->mode); }
bool atoll_stat_is_regular(const struct atoll_stat *s) { return S_ISREG(s->mode); }

int atoll_ftruncate(int fd, uint64_t bytes) { return checked(ftruncate(fd, (off_t)bytes)); }
int atoll_fallocate(int fd, uint64_t bytes) { return checked(fallocate(fd, 0, 0, (off_t)bytes)); }
int atoll_make_hole(int fd, uint64_t offset, uint64_t bytes) {
    return checked(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
                             (off_t)bytes));
}

bool atoll_is_zero(const void *bytes, size_t count) {
    return count == 0 || (*(const char *)bytes == 0 && memcmp(bytes, (const char *)bytes + 1, count - 1) == 0);
}

int atoll_fchmod(int fd, uint32_t mode) { return checked(fchmod(fd, (mode_t)mode)); }
int atoll_fchown(int fd, uint32_t user, uint32_t group) { return checked(fchown(fd, user, group)); }
int atoll_unlink(const char *path) { return checked(unlink(path)); }
int atoll_rename_exclusive(const char *from, const char *to) {
    return checked(renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE));
}
int atoll_memfd(const char *name) { return checked(memfd_create(name, MFD_CLOEXEC)); }

long atoll_read(int fd, void *into, size_t bytes) {
    long result = read(fd, into, bytes);
    return result < 0 ? -errno : result;
}

long atoll_write(int fd, const void *from, size_t bytes) {
    long result = write(fd, from, bytes);
    return result < 0 ? -errno : result;
}

void *atoll_map_shared(int fd, size_t bytes, bool writable, int *error) {
    void *base = mmap(NULL, bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (base != MAP_FAILED) return base;
    *error = errno;
    return NULL;
}

int atoll_unmap(void *base, size_t bytes) { return checked(munmap(base, bytes)); }

uint64_t atoll_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

uint64_t atoll_thread_cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

void atoll_sleep_ns(uint64_t ns) {
    struct timespec t = {(time_t)(ns / UINT64_C(1000000000)), (long)(ns % UINT64_C(1000000000))};
    nanosleep(&t, NULL);
}

void atoll_yield(void) { sched_yield(); }

int atoll_pid(void) { return (int)getpid(); }
int atoll_thread_id(void) { return (int)syscall(SYS_gettid); }
int atoll_online_cpus(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (int)n;
}

static int argument_count;
static char **arguments;

// The C library hands constructors what it hands main.
__attribute__((constructor)) static void remember_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int atoll_argument_count(void) { return argument_count; }
const char *atoll_argument(int i) { return i >= 0 && i < argument_count ? arguments[i] : NULL; }
const char *atoll_environment(const char *name) { return getenv(name); }
const char *atoll_environment_at(int i) {
    int count = 0;
    while (environ && environ[count] && count < i) count++;
    return environ && count == i ? environ[count] : NULL;
}

// kill(2) finds threads by their own ids too, not only processes.
bool atoll_thread_exists(int id) { return kill(id, 0) == 0 || errno != ESRCH; }

int atoll_format_double(double value, int digits, char *into, size_t room) {
    int n = snprintf(into, room, "%.*e", digits, value);
    if (n < 0) return 0;
    return (size_t)n < room ? n : (int)room - 1;
}
