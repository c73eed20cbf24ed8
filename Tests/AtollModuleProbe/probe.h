// SPDX-License-Identifier: Apache-2.0
// What the parts of the probe share.
#pragma once
#include <stdint.h>

#include "../../guest/module/include/atoll_module.h"

#define MIB (1L << 20)

extern int device;                // the file of /dev/atollN, open
extern const char *device_path;

_Noreturn void fail(const char *what);  // says what, and errno; ends with 1
double now(void);                       // seconds
char *map(long offset, long bytes);     // ends with 1 where it cannot
struct atoll_module_info info(void);
int wait_count(uint32_t vector, uint32_t *seen, uint64_t timeout);  // 0, or errno
int ring(uint32_t peer, uint32_t vector);                           // 0, or errno

int memory(int argc, char **argv);  // -1: no such command
int events(int argc, char **argv);
