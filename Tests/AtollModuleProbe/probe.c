// SPDX-License-Identifier: Apache-2.0
// Tries a device of the kernel module, in a guest; statically linked.
//   module-probe DEVICE info
//   module-probe DEVICE pages MIB [OFFSET]   what the kernel counts for that much touched memory
//   module-probe DEVICE errors | futex | direct BLOCKDEVICE | fork | random MIB TIMES
//   module-probe DEVICE hold                 until its device is taken away
//   module-probe DEVICE sleep                in the kernel, until then
//   module-probe DEVICE ping PEER TIMES | pong PEER TIMES | flood PEER TIMES | follow TIMES | poll PEER
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

int device;
const char *device_path;

void fail(const char *what) {
  printf("FAILED: %s: %s\n", what, strerrorname_np(errno) ?: "no error");
  exit(1);
}

double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

char *map(long offset, long bytes) {
  char *at = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, device, offset);
  if (at == MAP_FAILED) fail("mmap");
  return at;
}

struct atoll_module_info info(void) {
  struct atoll_module_info answer;
  if (ioctl(device, ATOLL_MODULE_INFO, &answer)) fail("INFO");
  return answer;
}

int wait_count(uint32_t vector, uint32_t *seen, uint64_t timeout) {
  struct atoll_module_wait wait = {.vector = vector, .seen = *seen, .timeout = timeout};
  int error = ioctl(device, ATOLL_MODULE_WAIT, &wait) ? errno : 0;
  *seen = wait.seen;
  return error;
}

int ring(uint32_t peer, uint32_t vector) {
  struct atoll_module_ring ring = {.peer = peer, .vector = vector};
  return ioctl(device, ATOLL_MODULE_RING, &ring) ? errno : 0;
}

int main(int argc, char **argv) {
  if (argc < 3) return fputs("usage: module-probe DEVICE COMMAND...\n", stderr), 2;
  setvbuf(stdout, 0, _IOLBF, 0);
  device_path = argv[1];
  device = open(device_path, O_RDWR | O_CLOEXEC);
  if (device < 0) fail("open");
  if (!strcmp(argv[2], "info")) {
    struct atoll_module_info is = info();
    printf("abi %u peer %d bytes %llu vectors %u mapping %u largest_page %u\n", is.abi, (int)is.peer,
           (unsigned long long)is.bytes, is.vectors, is.mapping, is.largest_page);
    return 0;
  }
  int code = memory(argc - 2, argv + 2);
  if (code < 0) code = events(argc - 2, argv + 2);
  return code < 0 ? (fputs("module-probe: no such command\n", stderr), 2) : code;
}
