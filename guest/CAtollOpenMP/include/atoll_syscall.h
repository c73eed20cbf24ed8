// SPDX-License-Identifier: Apache-2.0
//
// System calls without libc: before it is ready, in places where its functions are our own, and where
// a thread has no errno to write to. Each gives what the kernel gives: -errno for an error.

#ifndef ATOLL_SYSCALL_H
#define ATOLL_SYSCALL_H

#include <stdint.h>
#include <sys/syscall.h>

#ifndef __x86_64__
#error "the OpenMP runtime is for x86-64"
#endif

static inline long atoll_syscall(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                                 uint64_t e, uint64_t f) {
    long result;
    register uint64_t r10 __asm__("r10") = d;
    register uint64_t r8 __asm__("r8") = e;
    register uint64_t r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long atoll_sys_mmap(uint64_t address, uint64_t bytes, int protection, int flags,
                                  int fd, uint64_t offset) {
    return atoll_syscall(SYS_mmap, address, bytes, (uint64_t)protection, (uint64_t)flags,
                         (uint64_t)(int64_t)fd, offset);
}
static inline long atoll_sys_munmap(uint64_t address, uint64_t bytes) {
    return atoll_syscall(SYS_munmap, address, bytes, 0, 0, 0, 0);
}
static inline long atoll_sys_mprotect(uint64_t address, uint64_t bytes, int protection) {
    return atoll_syscall(SYS_mprotect, address, bytes, (uint64_t)protection, 0, 0, 0);
}
static inline long atoll_sys_write(int fd, const void *bytes, uint64_t count) {
    return atoll_syscall(SYS_write, (uint64_t)fd, (uint64_t)bytes, count, 0, 0, 0);
}
static inline void atoll_sys_yield(void) { atoll_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0); }
static inline void atoll_sys_nap(uint64_t ns) {
    uint64_t time[2] = {ns / 1000000000u, ns % 1000000000u};
    atoll_syscall(SYS_nanosleep, (uint64_t)time, 0, 0, 0, 0, 0);
}
__attribute__((noreturn)) static inline void atoll_sys_exit(int code) {
    for (;;) atoll_syscall(SYS_exit_group, (uint64_t)code, 0, 0, 0, 0, 0);
}

#endif  // ATOLL_SYSCALL_H
