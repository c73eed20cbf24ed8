// SPDX-License-Identifier: Apache-2.0
//
// Signals of the process are rank 0's. What concerns one thread happens in that thread, in whichever
// rank it runs: the handler of a fault, and of a signal that pthread_kill or raise sends to it. For that,
// the ranks know rank 0's handlers: those of faults are set in each process, and those of the others
// are listed in the image, and run when the thread is sent a signal of ours.

#include "signals.h"

#include "atoll_io.h"
#include "everywhere.h"
#include "threads.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))

enum { NUMBERS = 64 };

struct action {
    uint64_t handler, flags, mask;
};
struct table {
    struct action action[NUMBERS];
};

__thread uint64_t atoll_signals_taken;

typedef int set_action(int, const struct sigaction *, struct sigaction *);

static set_action *real_action(void) {
    static set_action *real;
    if (!real) real = (set_action *)atoll_real("sigaction");
    return real;
}

static struct table *table(void) { return (struct table *)load(&atoll_image()->signal_actions); }

static bool is_several(void) { return atoll_process.ranks > 1 && !atoll_process.is_child; }

static bool is_fault(int number) {
    return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL ||
           number == SIGTRAP || number == SIGSYS;
}

// ---------------------------------------------------------------------------- what rank 0 has set

static void publish(int number) {
    struct sigaction now;
    if (number < 1 || number > NUMBERS || real_action()(number, 0, &now)) return;
    if (!table()) {
        struct table *made = atoll_heap_allocate(sizeof *made, 64);
        if (!made) return;
        memset(made, 0, sizeof *made);
        if (!swap(&atoll_image()->signal_actions, 0, (uint64_t)made)) atoll_heap_free(made);
    }
    struct action *action = &table()->action[number - 1];
    memcpy(&action->mask, &now.sa_mask, sizeof action->mask);
    store(&action->flags, (uint64_t)(uint32_t)now.sa_flags);
    store(&action->handler, (uint64_t)now.sa_handler);
}

static struct action action_of(int number) {
    if (number < 1 || number > NUMBERS || !table()) return (struct action){0};
    return table()->action[number - 1];
}

// A rank's own handler of a fault: the program's, on the thread that it happened to.
static long adopt(long number, long b, long c, long d) {
    (void)b, (void)c, (void)d;
    if (atoll_process.rank == 0) return 0;
    struct action wanted = action_of((int)number);
    struct sigaction action = {0};
    action.sa_flags = SA_ONSTACK;
    if (wanted.handler > (uint64_t)SIG_IGN) {
        action.sa_handler = (void (*)(int))wanted.handler;
        action.sa_flags |= (int)wanted.flags & (SA_SIGINFO | SA_NODEFER | SA_RESTART);
        memcpy(&action.sa_mask, &wanted.mask, sizeof wanted.mask);
    } else {
        action.sa_handler = atoll_end_by_signal;
    }
    real_action()((int)number, &action, 0);
    return 0;
}

void atoll_signals_tell(void) {
    for (int number = 1; table() && number <= NUMBERS; number++)
        if (is_fault(number)) atoll_everywhere(adopt, number, 0, 0, 0);
}

typedef long change_function(long, long, long);

static long change_here(long real, long number, long b, long c, long e, long f) {
    (void)e, (void)f;
    long result = ((change_function *)real)(number, b, c);
    int error = errno;
    publish((int)number);
    errno = error;
    return result;
}

static long change(void **real, const char *name, int number, long b, long c, bool is_query) {
    if (!*real) *real = atoll_real(name);
    if (!is_several() || is_query)
        return atoll_forward(*real, number, b, c, 0, 0, 0);
    long result = atoll_forward(change_here, (long)*real, number, b, c, 0, 0);
    if (is_fault(number)) {
        int error = errno;
        atoll_everywhere(adopt, number, 0, 0, 0);
        errno = error;
    }
    return result;
}

#define CHANGES(type, name, parameters, b, c, is_query)                               \
    SHOWN type name parameters {                                                      \
        static void *real;                                                            \
        return (type)change(&real, #name, number, (long)(b), (long)(c), is_query);    \
    }

CHANGES(int, sigaction,
        (int number, const struct sigaction *new, struct sigaction *old), new, old, !new)
CHANGES(int, __sigaction,
        (int number, const struct sigaction *new, struct sigaction *old), new, old, !new)
CHANGES(sighandler_t, signal, (int number, sighandler_t handler), handler, 0, false)
CHANGES(sighandler_t, bsd_signal, (int number, sighandler_t handler), handler, 0, false)
CHANGES(sighandler_t, ssignal, (int number, sighandler_t handler), handler, 0, false)
CHANGES(sighandler_t, sysv_signal, (int number, sighandler_t handler), handler, 0, false)
CHANGES(sighandler_t, __sysv_signal, (int number, sighandler_t handler), handler, 0, false)
CHANGES(sighandler_t, sigset, (int number, sighandler_t handler), handler, 0, false)
CHANGES(int, sigignore, (int number), 0, 0, false)
CHANGES(int, siginterrupt, (int number, int interrupts), interrupts, 0, false)

// ------------------------------------------------------------------------------- signals to a thread

static void take(int number, void *context) {
    struct action action = action_of(number);
    if (action.handler <= (uint64_t)SIG_IGN) return;
    siginfo_t info = {.si_signo = number, .si_code = SI_TKILL};
    if (!(action.flags & SA_RESTART)) atoll_signals_taken++;
    if (action.flags & SA_SIGINFO)
        ((void (*)(int, siginfo_t *, void *))action.handler)(number, &info, context);
    else
        ((void (*)(int))action.handler)(number);
}

static void carried(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    if (!atoll_strand) return;
    int error = errno;
    uint64_t all = __atomic_exchange_n(&atoll_strand->signals, 0, __ATOMIC_ACQ_REL);
    for (; all; all &= all - 1) take(__builtin_ctzll(all) + 1, context);
    errno = error;
}

static void set_carrier(void (*handler)(int, siginfo_t *, void *)) {
    struct sigaction action = {0};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    real_action()(ATOLL_CARRIER, &action, 0);
}

void atoll_signals_begin(void) { set_carrier(carried); }

static void nothing(int number, siginfo_t *info, void *context) {
    (void)number, (void)info, (void)context;
}

bool atoll_signals_can_interrupt(void) {
    struct sigaction now;
    if (real_action()(ATOLL_CARRIER, 0, &now)) return false;
    if (now.sa_handler == SIG_DFL) {
        set_carrier(nothing);
        return true;
    }
    return now.sa_sigaction == nothing;
}

static long kill_here(long thread, long number, long c, long d) {
    (void)c, (void)d;
    return ((int (*)(pthread_t, int))atoll_real("pthread_kill"))((pthread_t)thread, (int)number);
}

static long kill_by_server(long thread, long number, long c, long d, long e, long f) {
    (void)e, (void)f;
    return kill_here(thread, number, c, d);
}

static int kill_strand(struct atoll_strand *strand, pthread_t thread, int number) {
    if (number == 0) return (int)atoll_in_rank((uint32_t)strand->rank, kill_here, (long)thread, 0, 0, 0);
    if (number < 0 || number > NUMBERS) return EINVAL;
    uint64_t handler = action_of(number).handler;
    if (handler == (uint64_t)SIG_IGN) return 0;
    // What a signal does without a handler it does to the process.
    if (handler == (uint64_t)SIG_DFL) return kill(getpid(), number) ? errno : 0;
    __atomic_fetch_or(&strand->signals, 1ull << (number - 1), __ATOMIC_ACQ_REL);
    return (int)atoll_in_rank((uint32_t)strand->rank, kill_here, (long)thread, ATOLL_CARRIER, 0, 0);
}

SHOWN int pthread_kill(pthread_t thread, int number) {
    if (!is_several()) return (int)kill_here((long)thread, number, 0, 0);
    struct atoll_strand *strand = *atoll_strand_of(thread);
    if (!strand || strand->rank == 0)
        return (int)atoll_forward(kill_by_server, (long)thread, number, 0, 0, 0, 0);
    return kill_strand(strand, thread, number);
}

SHOWN int raise(int number) {
    if (!is_several() || atoll_process.rank == 0 || !atoll_strand)
        return ((int (*)(int))atoll_real("raise"))(number);
    int error = kill_strand(atoll_strand, (pthread_t)atoll_strand->handle, number);
    if (!error) return 0;
    errno = error;
    return -1;
}
SHOWN int gsignal(int number) { return raise(number); }
