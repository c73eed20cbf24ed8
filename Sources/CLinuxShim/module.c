// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "common.h"
#include "linux_module.h"

#include <sys/ioctl.h>

// The module's own word of its interface.
#include "../../guest/module/include/atoll_module.h"

int atoll_module_info(int fd, struct atoll_module_facts *out) {
    struct atoll_module_info info = {0};
    int result = checked(ioctl(fd, ATOLL_MODULE_INFO, &info));
    *out = (struct atoll_module_facts){info.bytes,   info.abi,     info.peer,
                                       info.vectors, info.mapping, info.largest_page};
    return result;
}

int atoll_module_ring(int fd, uint32_t peer, uint32_t vector) {
    struct atoll_module_ring ring = {peer, vector};
    return checked(ioctl(fd, ATOLL_MODULE_RING, &ring));
}

int atoll_module_wait(int fd, uint32_t vector, uint32_t *count, uint64_t timeout_ns) {
    struct atoll_module_wait wait = {vector, *count, timeout_ns};
    int result = checked(ioctl(fd, ATOLL_MODULE_WAIT, &wait));
    if (result >= 0) *count = wait.seen;
    return result;
}
