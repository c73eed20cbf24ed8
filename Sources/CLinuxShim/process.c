// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "linux_process.h"
#include "common.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define CLOSE_ON_EXEC (1u << 2)  // CLOSE_RANGE_CLOEXEC, which older headers lack
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

_Static_assert(sizeof(struct atoll_poll) == sizeof(struct pollfd), "atoll_poll is pollfd");
_Static_assert(offsetof(struct atoll_poll, revents) == offsetof(struct pollfd, revents),
               "atoll_poll is pollfd");
_Static_assert(ATOLL_POLL_IN == POLLIN && ATOLL_POLL_OUT == POLLOUT, "poll's bits");
_Static_assert(ATOLL_POLL_ERROR == POLLERR && ATOLL_POLL_HANGUP == POLLHUP, "poll's bits");

int atoll_poll(struct atoll_poll *fds, size_t count, int timeout_ms) {
    return checked(poll((struct pollfd *)fds, count, timeout_ms));
}

int atoll_signal_fd(const int *signals, size_t count) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -errno;
    return checked(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int atoll_signal_next(int fd) {
    struct signalfd_siginfo info;
    ssize_t n = read(fd, &info, sizeof info);
    if (n < 0) return -errno;
    return n == sizeof info ? (int)info.ssi_signo : -EAGAIN;
}

bool atoll_signal_is_ignored(int number) {
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void atoll_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

int atoll_kill(int pid, int signal) { return checked(kill(pid, signal)); }

int atoll_die_with_parent(int signal, int parent) {
    if (prctl(PR_SET_PDEATHSIG, signal) < 0) return -errno;
    // It may have died before the kernel was asked.
    if (getppid() != parent) raise(signal);
    return 0;
}

static void report(int fd, int stage) {
    struct atoll_spawn_report r = {stage, errno};
    ssize_t ignored = write(fd, &r, sizeof r);
    (void)ignored;
}

// The child, between fork and exec: async-signal-safe calls only.
static _Noreturn void become(const struct atoll_spawn *s, char **arguments, int parent) {
    // The parent's ignored signals and blocked ones would be inherited.
    for (int n = 1; n < 32; n++) signal(n, SIG_DFL);
    int input = s->input < 0 ? open("/dev/null", O_RDONLY) : s->input;
    if (setsid() < 0 || input < 0 || dup2(input, 0) < 0 || dup2(s->output, 1) < 0 ||
        dup2(s->error, 2) < 0)
        goto failed;
    // Whoever started us may have left descriptors open that no job should hold. A kernel before
    // 5.11 cannot; ours are all close-on-exec anyway.
    syscall(SYS_close_range, 3u, ~0u, CLOSE_ON_EXEC);
    if (s->keeps_report && fcntl(s->report, F_SETFD, 0) < 0) goto failed;
    if (s->changes_user && (setgroups(s->group_count, s->groups) < 0 || setgid(s->group) < 0 ||
                            setuid(s->user) < 0))
        goto failed;
    // After the change of user, which takes it back: no job outlives its agent.
    if (atoll_die_with_parent(SIGKILL, parent) < 0) goto failed;
    // As the user, who may not enter what root may.
    if (!*s->directory || chdir(s->directory) < 0) {
        if (*s->directory) report(s->report, ATOLL_SPAWN_DIRECTORY);
        if (chdir(s->fallback) < 0 && chdir("/") < 0) goto failed;
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // The search is in the PATH that the job asked for; `environ` was set before the fork.
    execvp(arguments[0], arguments);
failed:
    report(s->report, ATOLL_SPAWN_EXEC);
    _exit(127);
}

int atoll_spawn(const struct atoll_spawn *s) {
    char **arguments = vector(s->arguments, s->argument_count);
    char **environment = vector(s->environment, s->environment_count);
    int result = -ENOMEM;
    if (arguments && environment) {
        int parent = getpid();
        char **mine = environ;
        environ = environment;
        result = checked(fork());
        if (result == 0) become(s, arguments, parent);
        environ = mine;
    }
    free(arguments);
    free(environment);
    return result;
}

int atoll_fork(void) { return checked(fork()); }
_Noreturn void atoll_exit(int code) { _exit(code); }
int atoll_new_session(void) { return checked(setsid()); }

int atoll_has_ended(int pid) {
    siginfo_t info = {0};
    // WNOWAIT: the zombie keeps its pid, so that its process group can be named safely.
    int result;
    do result = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : info.si_pid == pid;
}

int atoll_reap(int pid, uint32_t *status) {
    int raw = 0, result;
    do result = waitpid(pid, &raw, 0);
    while (result < 0 && errno == EINTR);
    *status = (uint32_t)raw;
    return checked(result);
}

int atoll_user_id(void) { return (int)geteuid(); }

int atoll_pipe(int fds[2], int own) {
    if (pipe2(fds, O_CLOEXEC) < 0) return -errno;
    // Of one end alone: the program at the other end expects calls that wait.
    fcntl(fds[own], F_SETFL, O_NONBLOCK);
    return 0;
}

int atoll_readable_bytes(int fd) {
    int n = 0;
    return ioctl(fd, FIONREAD, &n) < 0 ? -errno : n;
}

int atoll_pidfd(int pid) { return checked((int)syscall(SYS_pidfd_open, pid, 0)); }

long atoll_attribute(int fd, const char *name, uint8_t *into, size_t bytes) {
    ssize_t n = fgetxattr(fd, name, into, bytes);
    return n < 0 ? -errno : n;
}

int atoll_set_attribute(int fd, const char *name, const uint8_t *value, size_t bytes) {
    return checked(fsetxattr(fd, name, value, bytes, 0));
}
