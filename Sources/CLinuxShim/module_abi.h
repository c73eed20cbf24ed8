// SPDX-License-Identifier: Apache-2.0
//
// The kernel module's interface, version 1.

#ifndef ATOLL_MODULE_ABI_H
#define ATOLL_MODULE_ABI_H

#include <stdint.h>
#include <sys/ioctl.h>

struct module_info {
    uint32_t abi, peer;
    uint64_t bytes;
    uint32_t vectors, mapping, largest_page, pad;
};
struct module_ring {
    uint32_t peer, vector;
};
struct module_wait {
    uint32_t vector, seen;
    uint64_t timeout;
};
#define MODULE_INFO _IOR('V', 1, struct module_info)
#define MODULE_RING _IOW('V', 2, struct module_ring)
#define MODULE_WAIT _IOWR('V', 3, struct module_wait)

#endif  // ATOLL_MODULE_ABI_H
