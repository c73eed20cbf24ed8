// SPDX-License-Identifier: Apache-2.0
//
// The calls of Atoll's kernel module on its device nodes, /dev/atollN. As in linux_shim.h, a function
// gives what the call gives, or -errno.

#ifndef ATOLL_LINUX_MODULE_H
#define ATOLL_LINUX_MODULE_H

#include <stdint.h>

struct atoll_module_facts {
    uint64_t bytes;
    uint32_t abi;
    uint32_t peer;  // ~0: no doorbell
    uint32_t vectors;
    uint32_t mapping;
    uint32_t largest_page;
};
/// -ENOTTY where the file is no device of the module's.
int atoll_module_info(int fd, struct atoll_module_facts *out);
int atoll_module_ring(int fd, uint32_t peer, uint32_t vector);
/// Until the vector's count differs from *count, which becomes the count then.
int atoll_module_wait(int fd, uint32_t vector, uint32_t *count, uint64_t timeout_ns);

#endif  // ATOLL_LINUX_MODULE_H
