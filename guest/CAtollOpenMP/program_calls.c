// SPDX-License-Identifier: Apache-2.0
//
// Calls that concern the program as one: handlers of its end are all rank 0's, and it is rank 0's
// process that becomes another program.

#include "atoll_io.h"
#include "ending.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))

// ------------------------------------------------------------------------------ handlers of the end

static long in_rank_zero(void **real, const char *name, void *a, void *b, void *c) {
    if (!*real) *real = atoll_real(name);
    return atoll_forward(*real, (long)a, (long)b, (long)c, 0, 0, 0);
}

SHOWN int __cxa_atexit(void (*handler)(void *), void *argument, void *library) {
    static void *real;
    return (int)in_rank_zero(&real, "__cxa_atexit", (void *)handler, argument, library);
}
SHOWN int __cxa_at_quick_exit(void (*handler)(void *), void *library) {
    static void *real;
    return (int)in_rank_zero(&real, "__cxa_at_quick_exit", (void *)handler, library, 0);
}
SHOWN int on_exit(void (*handler)(int, void *), void *argument) {
    static void *real;
    return (int)in_rank_zero(&real, "on_exit", (void *)handler, argument, 0);
}

// -------------------------------------------------------------------------------------------- exec

typedef int function_of_five(long, long, long, long, long);

static int become(const char *name, long a, long b, long c, long d, long e) {
    function_of_five *real = (function_of_five *)atoll_real(name);
    if (!atoll_process.is_begun || atoll_image_fd < 0 || atoll_process.is_child)
        return real(a, b, c, d, e);
    if (atoll_process.rank != 0) return (int)atoll_forward_child((void *)real, a, b, c, d, e, 0);
    // The other ranks end when this process has become another program: then it beats no more, and the
    // region's file is closed. If it does not, the word is taken back.
    store(&atoll_image()->exec, 1);
    int result = real(a, b, c, d, e);
    int error = errno;
    store(&atoll_image()->exec, 0);
    errno = error;
    return result;
}

SHOWN int execve(const char *path, char *const *arguments, char *const *environment) {
    return become("execve", (long)path, (long)arguments, (long)environment, 0, 0);
}
SHOWN int execv(const char *path, char *const *arguments) {
    return become("execv", (long)path, (long)arguments, 0, 0, 0);
}
SHOWN int execvp(const char *file, char *const *arguments) {
    return become("execvp", (long)file, (long)arguments, 0, 0, 0);
}
SHOWN int execvpe(const char *file, char *const *arguments, char *const *environment) {
    return become("execvpe", (long)file, (long)arguments, (long)environment, 0, 0);
}
SHOWN int fexecve(int fd, char *const *arguments, char *const *environment) {
    return become("fexecve", fd, (long)arguments, (long)environment, 0, 0);
}
SHOWN int execveat(int fd, const char *path, char *const *arguments, char *const *environment,
                   int flags) {
    return become("execveat", fd, (long)path, (long)arguments, (long)environment, flags);
}

// The forms with a list of arguments: as arrays, on the stack.
#define COUNT(first, list)                                     \
    size_t count = 1;                                          \
    {                                                          \
        va_list counted;                                       \
        va_copy(counted, list);                                \
        if (first) while (va_arg(counted, char *)) count++;    \
        va_end(counted);                                       \
    }                                                          \
    char *arguments[count + 2];                                \
    arguments[0] = (char *)first;                              \
    for (size_t i = 1; first && i <= count; i++) arguments[i] = va_arg(list, char *);

SHOWN int execl(const char *path, const char *first, ...) {
    va_list list;
    va_start(list, first);
    COUNT(first, list)
    va_end(list);
    return execv(path, arguments);
}
SHOWN int execlp(const char *file, const char *first, ...) {
    va_list list;
    va_start(list, first);
    COUNT(first, list)
    va_end(list);
    return execvp(file, arguments);
}
SHOWN int execle(const char *path, const char *first, ...) {
    va_list list;
    va_start(list, first);
    COUNT(first, list)
    char *const *environment = va_arg(list, char *const *);
    va_end(list);
    return execve(path, arguments, environment);
}
