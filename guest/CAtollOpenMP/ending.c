// SPDX-License-Identifier: Apache-2.0
//
// The program's end. It ends as rank 0's process does: with its exit code, after its handlers. A thread
// of another rank that calls exit or abort, or dies of a signal, has that done in rank 0.

#include "bell.h"
#include "ending.h"
#include "signals.h"
#include "threads.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))

typedef void code_function(int);

static bool is_elsewhere(void) {
    return atoll_process.is_begun && atoll_process.rank != 0 && !atoll_process.is_child;
}

// By a thread that shall do nothing any more.
static void rest(void) __attribute__((noreturn));
static void rest(void) {
    for (;;) {
        atoll_image_look();
        atoll_sys_nap(1000000);
    }
}

static void ask(uint64_t what, int code) __attribute__((noreturn));
static void ask(uint64_t what, int code) {
    if (what == ATOLL_END_SIGNAL)
        swap(&atoll_image()->end_signal, 0, (uint64_t)code | (uint64_t)atoll_process.rank << 8);
    swap(&atoll_image()->end, ATOLL_END_NONE, what | (uint64_t)(uint32_t)code << 8);
    atoll_ring(0);
    rest();
}

void atoll_end_mark(int code) {
    if (!atoll_process.is_begun || atoll_process.is_child || atoll_process.rank != 0) return;
    if (atoll_is_reported()) atoll_pages_tell();
    store(&atoll_image()->end, ATOLL_END_EXIT | (uint64_t)(uint32_t)code << 8);
    atoll_ring_all();
}

// Without a handler, which may go on elsewhere, a fatal signal is the program's end in order.
static void mark_if_final(int number) {
    struct { void (*handler)(int); uint64_t rest[3]; } action = {0};
    atoll_syscall(SYS_rt_sigaction, (uint64_t)number, 0, (uint64_t)&action, 8, 0, 0);
    if (action.handler == SIG_DFL) atoll_end_mark(128 + number);
}

SHOWN void exit(int code) {
    if (is_elsewhere()) ask(ATOLL_END_ASKED, code);
    ((code_function *)atoll_real("exit"))(code);
    __builtin_unreachable();
}

SHOWN void quick_exit(int code) {
    if (is_elsewhere()) ask(ATOLL_END_QUICK, code);
    ((code_function *)atoll_real("quick_exit"))(code);
    __builtin_unreachable();
}

SHOWN void _exit(int code) {
    if (is_elsewhere()) ask(ATOLL_END_AT_ONCE, code);
    atoll_end_mark(code);
    atoll_sys_exit(code);
}

SHOWN void _Exit(int code) { _exit(code); }

SHOWN void abort(void) {
    if (is_elsewhere()) ask(ATOLL_END_SIGNAL, SIGABRT);
    mark_if_final(SIGABRT);
    ((void (*)(void))atoll_real("abort"))();
    __builtin_unreachable();
}

void atoll_image_fail(int code, const char *sentence) {
    SAY(sentence);
    if (is_elsewhere()) ask(ATOLL_END_AT_ONCE, code);
    atoll_end_mark(code);
    atoll_sys_exit(code);
}

// ------------------------------------------------------------------------------- in other ranks

// What kills a thread of this rank is to kill the program, as it would on one machine: with the same
// signal. The state of this process is left as it is for a look by a debugger.
void atoll_end_by_signal(int number) { ask(ATOLL_END_SIGNAL, number); }

void atoll_end_catch_signals(void) {
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    int (*real_action)(int, const struct sigaction *, struct sigaction *) =
        atoll_real("sigaction");
    struct sigaction action = {0};
    action.sa_handler = atoll_end_by_signal;
    action.sa_flags = SA_ONSTACK;
    uint64_t mask = 0;
    for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        real_action(fatal[i], &action, 0);
        mask |= 1ull << (fatal[i] - 1);
    }
    atoll_signals_begin();
    // 32 and 33: libc's own, by which it cancels threads.
    mask |= 1ull << (ATOLL_CARRIER - 1) | 3ull << 31;
    // All others are for rank 0 alone, whose threads are the program's to the kernel.
    mask = ~mask;
    atoll_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&mask, 0, 8, 0, 0);
}

// ------------------------------------------------------------------------------------ in rank 0

static uint64_t asked;

static void *end_program(void *unused) {
    (void)unused;
    int code = (int)(uint32_t)(asked >> 8);
    if ((asked & 255) == ATOLL_END_ASKED) exit(code);
    if ((asked & 255) == ATOLL_END_QUICK) quick_exit(code);
    if (code == SIGABRT) abort();
    mark_if_final(code);
    // A handler of the program's may want to say something first, and end it by itself.
    atoll_syscall(SYS_kill, (uint64_t)atoll_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0), (uint64_t)code,
                  0, 0, 0, 0);
    atoll_sys_nap(1000000000);
    signal(code, SIG_DFL);
    raise(code);
    _exit(128 + code);
}

void atoll_end_serve(void) {
    uint64_t end = load(&atoll_image()->end);
    uint64_t what = end & 255;
    if (asked || what < ATOLL_END_ASKED || what > ATOLL_END_SIGNAL) return;
    asked = end;
    if (what == ATOLL_END_AT_ONCE) _exit((int)(uint32_t)(end >> 8));
    // Handlers are the program's, and run as its threads do.
    if (atoll_strand_start(end_program, 0, 0, 0, 0, false, 0)) _exit((int)(uint32_t)(end >> 8));
}
