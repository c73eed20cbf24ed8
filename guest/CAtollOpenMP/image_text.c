// SPDX-License-Identifier: Apache-2.0
//
// Reading and saying without libc.

#include "image.h"

#include <errno.h>
#include <poll.h>

// The loader's: where the kernel put argc, the arguments, the environment and the auxiliary vector.
extern void *__libc_stack_end;
static uint64_t *kernel_stack;

uint64_t *atoll_kernel_stack(void) {
    // libc changes it when the program starts.
    if (!kernel_stack) kernel_stack = __libc_stack_end;
    return kernel_stack;
}

const char *atoll_kernel_environment(const char *name) {
    uint64_t *stack = atoll_kernel_stack();
    for (char **at = (char **)(stack + 2 + stack[0]); *at; at++) {
        uint64_t i = 0;
        while (name[i] && (*at)[i] == name[i]) i++;
        if (!name[i] && (*at)[i] == '=') return *at + i + 1;
    }
    return 0;
}

char *atoll_number(char *text, uint64_t value, unsigned base) {
    char digits[24];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (unsigned i = 0; i < count; i++) text[i] = digits[count - 1 - i];
    text[count] = 0;
    return text;
}

void atoll_say(const char *const *parts) {
    char line[1024];
    uint64_t length = 0;
    for (; *parts; parts++)
        for (const char *at = *parts; *at && length < sizeof line - 1; at++) line[length++] = *at;
    line[length++] = '\n';
    // One call, so that lines of several ranks do not mix.
    atoll_sys_write(2, line, length);
}

// A rank that has come and is gone again, before there is a watcher to notice it.
void atoll_look_for_dead(void) {
    static uint64_t looks;
    if (!atoll_process.is_local || __atomic_add_fetch(&looks, 1, __ATOMIC_RELAXED) % 64) return;
    for (uint32_t rank = 0; rank < atoll_process.ranks; rank++) {
        uint64_t pid = load(&atoll_rank(rank)->pid);
        if (!pid || rank == atoll_process.rank) continue;
        long fd = atoll_syscall(SYS_pidfd_open, pid, 0, 0, 0, 0, 0);
        struct pollfd process = {.fd = (int)fd, .events = POLLIN};
        bool is_gone = fd == -ESRCH ||
                       (fd >= 0 && atoll_syscall(SYS_poll, (uint64_t)&process, 1, 0, 0, 0, 0) > 0);
        if (fd >= 0) atoll_syscall(SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
        if (!is_gone || load(&atoll_rank(rank)->state) == ATOLL_RANK_GONE) continue;
        SAY("OpenMP cannot start: lost process ", NUMBER(rank));
        atoll_sys_exit(124);
    }
}

bool atoll_wait_word(const uint64_t *word, uint64_t at_least, unsigned seconds) {
    // Mostly a matter of microseconds: of one process that waits for another to be started.
    for (int i = 0; i < 200; i++) {
        if (load(word) >= at_least) return true;
        atoll_sys_yield();
    }
    for (uint64_t naps = 0; naps < 10000ull * seconds; naps++) {
        if (load(word) >= at_least) return true;
        atoll_image_look();
        atoll_sys_nap(100000);
    }
    return false;
}
