// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "linux_socket.h"
#include "common.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

_Static_assert(sizeof((struct sockaddr_un *)0)->sun_path == ATOLL_SOCKET_PATH, "the room for a path");

static int address(const char *path, struct sockaddr_un *out) {
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof out->sun_path) return -ENAMETOOLONG;
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(out->sun_path, path, length);
    return 0;
}

static int fresh(void) {
    return checked(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

int atoll_socket_listen(const char *path, int backlog) {
    struct sockaddr_un a;
    int result = address(path, &a);
    if (result < 0) return result;
    int fd = fresh();
    if (fd < 0) return fd;
    if (bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, backlog) == 0) return fd;
    result = -errno;
    close(fd);
    return result;
}

int atoll_socket_connect(const char *path) {
    struct sockaddr_un a;
    int result = address(path, &a);
    if (result < 0) return result;
    int fd = fresh();
    if (fd < 0) return fd;
    if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0) return fd;
    result = -errno;
    close(fd);
    return result;
}

int atoll_socket_give(const char *path, uint32_t user, uint32_t group) {
    return checked(lchown(path, user, group));
}

int atoll_socket_open_to(const char *path, uint32_t mode) { return checked(chmod(path, mode)); }

int atoll_socket_accept(int fd) {
    return checked(accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

int atoll_socket_peer(int fd) {
    struct ucred peer;
    socklen_t bytes = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) < 0 ? -errno : (int)peer.pid;
}

long atoll_socket_send(int fd, const void *bytes, size_t count, int descriptor) {
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)bytes, count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control.room;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    }
    long result = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    return result < 0 ? -errno : result;
}

long atoll_socket_receive(int fd, void *into, size_t bytes, int *descriptor) {
    // The kernel fills what there is room for and closes the rest, so more than one can come only as
    // far as alignment leaves room.
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    struct iovec part = {into, bytes};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room};
    *descriptor = -1;
    long result = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (result < 0) return -errno;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int one;
            memcpy(&one, CMSG_DATA(head) + i * sizeof one, sizeof one);
            if (*descriptor < 0) *descriptor = one;
            else close(one);
        }
    }
    return result;
}

int atoll_replace(int from, int to) { return checked(dup2(from, to)); }

int atoll_event(void) { return checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int atoll_event_signal(int fd) {
    uint64_t one = 1;
    return write(fd, &one, sizeof one) < 0 ? -errno : 0;
}

long atoll_event_take(int fd) {
    uint64_t count = 0;
    if (read(fd, &count, sizeof count) < 0) return -errno;
    return count > INT64_MAX ? INT64_MAX : (long)count;
}

int atoll_watch_make(void) { return checked(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int watch, int order, int fd, uint64_t tag, int events) {
    struct epoll_event e = {.data.u64 = tag};
    if (events & ATOLL_WATCH_READ) e.events |= EPOLLIN | EPOLLRDHUP;
    if (events & ATOLL_WATCH_WRITE) e.events |= EPOLLOUT;
    return checked(epoll_ctl(watch, order, fd, &e));
}

int atoll_watch_add(int watch, int fd, uint64_t tag, int events) {
    return control(watch, EPOLL_CTL_ADD, fd, tag, events);
}
int atoll_watch_change(int watch, int fd, uint64_t tag, int events) {
    return control(watch, EPOLL_CTL_MOD, fd, tag, events);
}
int atoll_watch_remove(int watch, int fd) { return control(watch, EPOLL_CTL_DEL, fd, 0, 0); }

int atoll_watch_wait(int watch, struct atoll_watched *into, int room, int timeout_ms) {
    enum { MOST = 64 };
    struct epoll_event events[MOST];
    int count = epoll_wait(watch, events, room < MOST ? room : MOST, timeout_ms);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        uint32_t got = events[i].events;
        into[i].tag = events[i].data.u64;
        into[i].ready = (got & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR) ? ATOLL_WATCH_READ : 0) |
                        (got & EPOLLOUT ? ATOLL_WATCH_WRITE : 0);
    }
    return count;
}
