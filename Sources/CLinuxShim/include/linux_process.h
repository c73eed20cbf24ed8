// SPDX-License-Identifier: Apache-2.0
//
// Processes, signals, accounts and directories: what the agent and the launcher need. As in
// linux_shim.h, a function gives what the call gives, or -errno.

#ifndef ATOLL_LINUX_PROCESS_H
#define ATOLL_LINUX_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Waiting for descriptors. The layout of struct pollfd, which process.c asserts.
struct atoll_poll {
    int fd;
    short events;
    short revents;
};
enum { ATOLL_POLL_IN = 1, ATOLL_POLL_OUT = 4, ATOLL_POLL_ERROR = 8, ATOLL_POLL_HANGUP = 16 };
int atoll_poll(struct atoll_poll *fds, size_t count, int timeout_ms);

// Signals
/// Blocks the signals and gives a non-blocking, close-on-exec descriptor to read them from.
int atoll_signal_fd(const int *signals, size_t count);
/// The next signal's number; -EAGAIN where none is pending.
int atoll_signal_next(int fd);
/// Whether whoever started this process had it ignore the signal, as nohup(1) does.
bool atoll_signal_is_ignored(int signal);
void atoll_ignore_broken_pipes(void);
int atoll_kill(int pid, int signal);
/// Asks the kernel for this signal when the thread that made this process dies.
int atoll_die_with_parent(int signal, int parent);

// Processes
struct atoll_spawn {
    // Strings in a row, each closed by NUL.
    const uint8_t *arguments;
    size_t argument_count;
    const uint8_t *environment;
    size_t environment_count;
    const char *directory;  // "" for the fallback
    const char *fallback;   // where `directory` cannot be entered; then "/"
    bool changes_user;
    uint32_t user;
    uint32_t group;
    const uint32_t *groups;
    size_t group_count;
    int input;   // becomes standard input; -1: an empty one
    int output;  // become standard output and error
    int error;
    int report;  // close-on-exec: gets struct atoll_spawn_report for what went wrong
    bool keeps_report;  // the program goes on reporting, and closes it
};
// What a report says. The last is the starter's of OpenMP programs: this is one.
enum { ATOLL_SPAWN_DIRECTORY = 1, ATOLL_SPAWN_EXEC = 2, ATOLL_SPAWN_OPENMP = 3 };
struct atoll_spawn_report {
    int32_t stage;
    int32_t error;
};
/// Starts a program in a session of its own. Only ATOLL_SPAWN_EXEC of the reports is fatal.
int atoll_spawn(const struct atoll_spawn *what);
/// fork(2), for a process with one thread.
int atoll_fork(void);
_Noreturn void atoll_exit(int code);
int atoll_new_session(void);
/// 1 where the child has ended and may still be waited for, 0 where it runs.
int atoll_has_ended(int pid);
/// Collects an ended child; its pid, and its wait(2) status.
int atoll_reap(int pid, uint32_t *status);
/// A descriptor that becomes readable when the process, anybody's, has ended; close-on-exec.
int atoll_pidfd(int pid);
int atoll_user_id(void);
/// A pipe, both ends close-on-exec; one end, 0 or 1, non-blocking.
int atoll_pipe(int fds[2], int own);
/// How many bytes are waiting to be read.
int atoll_readable_bytes(int fd);

// Accounts
enum { ATOLL_ACCOUNT_GROUPS = 64, ATOLL_ACCOUNT_HOME = 1024 };
struct atoll_account {
    uint32_t user;
    uint32_t group;
    uint32_t groups[ATOLL_ACCOUNT_GROUPS];
    size_t group_count;
    char home[ATOLL_ACCOUNT_HOME];
    char name[256];
};
/// -ENOENT where there is no such user.
int atoll_account_named(const char *name, struct atoll_account *out);
int atoll_account_of(uint32_t user, struct atoll_account *out);
/// The group's number, or -ENOENT.
int64_t atoll_group_named(const char *name);

// Files
/// Extended attributes of an open file. The first gives how many bytes were filled.
long atoll_attribute(int fd, const char *name, uint8_t *into, size_t bytes);
int atoll_set_attribute(int fd, const char *name, const uint8_t *value, size_t bytes);
/// Opens for appending, making the file where there is none.
int atoll_open_log(const char *path);
/// The names in a directory, each closed by NUL, as far as they fit; the bytes filled.
long atoll_list(const char *path, uint8_t *into, size_t bytes);
int atoll_make_directory(const char *path, uint32_t mode);
/// Locks the open file against other opens of it, if nobody has; -EAGAIN where somebody has.
int atoll_lock(int fd);
int atoll_rename(const char *from, const char *to);
long atoll_working_directory(uint8_t *into, size_t bytes);
const char *atoll_error_text(int error);

#endif  // ATOLL_LINUX_PROCESS_H
