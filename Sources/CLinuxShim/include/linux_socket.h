// SPDX-License-Identifier: Apache-2.0
//
// Sockets of this host, with the descriptors that travel through them, and waiting for many. As in
// linux_shim.h, a function gives what the call gives, or -errno.

#ifndef ATOLL_LINUX_SOCKET_H
#define ATOLL_LINUX_SOCKET_H

#include <stddef.h>
#include <stdint.h>

// All descriptors are non-blocking and close-on-exec, but for those that come by a message.

/// The room for a socket's path, its NUL included.
enum { ATOLL_SOCKET_PATH = 108 };
/// A stream socket that is bound to the path and listens; -EADDRINUSE where the name is taken.
int atoll_socket_listen(const char *path, int backlog);
int atoll_socket_connect(const char *path);
int atoll_socket_accept(int fd);
/// Of the name in the file system, which is what connecting asks about.
int atoll_socket_give(const char *path, uint32_t user, uint32_t group);
int atoll_socket_open_to(const char *path, uint32_t mode);
/// Who connected: the process's number, as this process sees it; 0: it sees none.
int atoll_socket_peer(int fd);
/// Sends bytes, with one descriptor or, where that is -1, none; how many bytes went. Never a signal.
long atoll_socket_send(int fd, const void *bytes, size_t count, int descriptor);
/// Receives bytes and at most one descriptor, -1: none came. More than one are closed.
long atoll_socket_receive(int fd, void *into, size_t bytes, int *descriptor);

/// Makes `to` a copy of `from`, in place of what it was.
int atoll_replace(int from, int to);

/// A counter that wakes who waits for it.
int atoll_event(void);
int atoll_event_signal(int fd);
/// How often it was signalled since it was last asked; -EAGAIN: not at all.
long atoll_event_take(int fd);

// Which of many descriptors are ready.
enum { ATOLL_WATCH_READ = 1, ATOLL_WATCH_WRITE = 2 };
struct atoll_watched {
    uint64_t tag;
    uint32_t ready;  // of ATOLL_WATCH_*; READ also for an end or an error
};
int atoll_watch_make(void);
int atoll_watch_add(int watch, int fd, uint64_t tag, int events);
int atoll_watch_change(int watch, int fd, uint64_t tag, int events);
int atoll_watch_remove(int watch, int fd);
/// How many are ready, at most `room`; 0 when the time is over or a signal came.
int atoll_watch_wait(int watch, struct atoll_watched *into, int room, int timeout_ms);

#endif  // ATOLL_LINUX_SOCKET_H
