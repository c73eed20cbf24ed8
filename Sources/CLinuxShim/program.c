// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "linux_program.h"
#include "common.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

extern char **environ;

long atoll_read_at(int fd, void *into, size_t bytes, uint64_t offset) {
    ssize_t n;
    do n = pread(fd, into, bytes, (off_t)offset);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

int atoll_may_execute(const char *path) { return checked(access(path, X_OK)); }

long atoll_read_link(const char *path, uint8_t *into, size_t bytes) {
    ssize_t n = readlink(path, (char *)into, bytes);
    return n < 0 ? -errno : n;
}

int atoll_execute(const char *path, const uint8_t *arguments, size_t argument_count,
                  const uint8_t *environment, size_t environment_count) {
    char **words = vector(arguments, argument_count);
    char **variables = vector(environment, environment_count);
    if (!words || !variables) return -ENOMEM;
    environ = variables;
    execvp(path, words);
    return -errno;
}

const char *atoll_environment_entry(int index) {
    // The first past the last is NULL; nobody asks beyond that.
    return environ ? environ[index] : NULL;
}

int atoll_close_on_exec(int fd, bool closes) {
    return checked(fcntl(fd, F_SETFD, closes ? FD_CLOEXEC : 0));
}

int atoll_empty_input(int fd) {
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0) return -errno;
    int result = checked(dup2(null, fd));
    if (null != fd) close(null);
    return result;
}

int atoll_fix_addresses(void) {
    int now = personality(0xffffffff);
    return checked(now < 0 ? now : personality((unsigned long)now | ADDR_NO_RANDOMIZE));
}

int atoll_stack_limit(uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) < 0) return -errno;
    *soft = limit.rlim_cur;
    *hard = limit.rlim_max;
    return 0;
}

int atoll_set_stack_limit(uint64_t soft) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) < 0) return -errno;
    limit.rlim_cur = soft;
    return checked(setrlimit(RLIMIT_STACK, &limit));
}

int atoll_address_limit(uint64_t *soft) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) < 0) return -errno;
    *soft = limit.rlim_cur;
    return 0;
}

uint64_t atoll_memory_bytes(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
}

int atoll_free_bytes(const char *path, uint64_t *bytes) {
    struct statvfs s;
    if (statvfs(path, &s) < 0) return -errno;
    *bytes = (uint64_t)s.f_bavail * (uint64_t)s.f_frsize;
    return 0;
}

int atoll_start_helper(const char *path, const uint8_t *arguments, size_t argument_count, int input,
                       int output) {
    char **words = vector(arguments, argument_count);
    if (!words) return -ENOMEM;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int pid = 0;
    int error = posix_spawn_file_actions_init(&files);
    if (!error) {
        error = posix_spawnattr_init(&how);
        if (!error) {
            // Both are close-on-exec, which their copies are not. Ours are above 2, so neither is
            // overwritten before it is copied.
            if (!(error = posix_spawn_file_actions_adddup2(&files, input, 0)) &&
                !(error = posix_spawn_file_actions_adddup2(&files, output, 1)) &&
                !(error = posix_spawn_file_actions_addclosefrom_np(&files, 3)) &&
                !(error = posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF |
                                                             POSIX_SPAWN_SETSIGMASK)) &&
                !(error = posix_spawnattr_setsigdefault(&how, &all)) &&
                !(error = posix_spawnattr_setsigmask(&how, &none)))
                error = posix_spawn(&pid, path, &files, &how, words, environ);
            posix_spawnattr_destroy(&how);
        }
        posix_spawn_file_actions_destroy(&files);
    }
    free(words);
    return error ? -error : pid;
}

int atoll_fallocate_part(int fd, uint64_t offset, uint64_t bytes) {
    return checked(fallocate(fd, 0, (off_t)offset, (off_t)bytes));
}

int atoll_open_control(const char *path) { return checked(open(path, O_WRONLY | O_CLOEXEC)); }
int atoll_remove_directory(const char *path) { return checked(rmdir(path)); }
