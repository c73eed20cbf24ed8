// SPDX-License-Identifier: Apache-2.0
// The memory of a device.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static long page_table_bytes(void) {
  char line[200];
  long kibibytes = -1;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "VmPTE: %ld kB", &kibibytes);
  if (file) fclose(file);
  if (kibibytes < 0) fail("VmPTE");
  return kibibytes << 10;
}

static long faults(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_minflt;
}

static void pages(long mebibytes, long offset) {
  long tables = page_table_bytes(), before = faults();
  char *at = map(offset, mebibytes * MIB);
  // Each is written to, and no byte changed.
  for (long byte = 0; byte < mebibytes * MIB; byte += 4096) __atomic_fetch_or(at + byte, 0, __ATOMIC_SEQ_CST);
  printf("tables %ld faults %ld aligned %d\n", page_table_bytes() - tables, faults() - before,
         (uintptr_t)at % (2 * MIB) == 0);
  // Half of a large page goes: the other half is still the region's.
  if (offset == 0 && mebibytes >= 2) {
    at[MIB] = 77;
    if (munmap(at, MIB)) fail("munmap");
    if (at[MIB] != 77) fail("what is left of a page");
    if (mprotect(at + MIB, MIB, PROT_READ) || mprotect(at + MIB, MIB, PROT_READ | PROT_WRITE)) fail("mprotect");
    at[MIB] = 78;
    if (map(0, 2 * MIB)[MIB] != 78) fail("the same memory in another mapping");
    puts("a part unmapped, and protected: ok");
  }
}

static const char *outcome(long offset, size_t bytes, int protection, int flags, int file) {
  char *at = mmap(0, bytes, protection, flags, file, offset);
  return at == MAP_FAILED ? strerrorname_np(errno) : (munmap(at, bytes), "ok");
}

static void errors(void) {
  long all = info().bytes;
  int both = PROT_READ | PROT_WRITE, only = open(device_path, O_RDONLY);
  printf("all %s\n", outcome(0, all, both, MAP_SHARED, device));
  printf("last page %s\n", outcome(all - 4096, 4096, both, MAP_SHARED, device));
  printf("beyond %s\n", outcome(all, 4096, both, MAP_SHARED, device));
  printf("too long %s\n", outcome(0, all + 4096, both, MAP_SHARED, device));
  printf("one page too far %s\n", outcome(8192, all - 4096, both, MAP_SHARED, device));
  printf("huge offset %s\n", outcome(0x7ffffffffffff000, 4096, both, MAP_SHARED, device));
  printf("odd offset %s\n", outcome(100, 4096, both, MAP_SHARED, device));
  printf("odd length %s\n", outcome(0, 5000, both, MAP_SHARED, device));
  printf("private %s\n", outcome(0, 4096, both, MAP_PRIVATE, device));
  printf("read-only file, to write %s\n", outcome(0, 4096, both, MAP_SHARED, only));
  printf("read-only file, to read %s\n", outcome(0, 4096, PROT_READ, MAP_SHARED, only));
  struct atoll_module_ring ring = {0, 0};
  printf("read-only file, ring %s\n", ioctl(only, ATOLL_MODULE_RING, &ring) ? strerrorname_np(errno) : "ok");
  printf("unknown call %s\n", ioctl(device, 0x5699) ? strerrorname_np(errno) : "ok");
  printf("bad pointer %s\n", ioctl(device, ATOLL_MODULE_INFO, 16) ? strerrorname_np(errno) : "ok");
  uint32_t seen = 0;
  int error = wait_count(0, &seen, 0);
  printf("wait %s\n", error ? strerrorname_np(error) : "ok");
  error = wait_count(999, &seen, 0);
  printf("wait, no such vector %s\n", error ? strerrorname_np(error) : "ok");
  printf("read %s\n", read(device, &seen, 1) < 0 ? strerrorname_np(errno) : "ok");
}

static long futex(uint32_t *word, int what, uint32_t value) {
  struct timespec limit = {60, 0};
  return syscall(SYS_futex, word, what, value, what == FUTEX_WAIT ? &limit : 0, 0, 0);
}

// The child opens and maps the device itself: nothing but the page is the same.
static void shared_futex(void) {
  uint32_t *word = (uint32_t *)(map(0, 4 * MIB) + 2 * MIB + 64);
  *word = 1;
  pid_t child = fork();
  if (child == 0) {
    device = open(device_path, O_RDWR);
    uint32_t *mine = (uint32_t *)(map(2 * MIB, 2 * MIB) + 64);
    // The word is another for a moment whenever the parent looks whether somebody sleeps.
    while (futex(mine, FUTEX_WAIT, 1))
      if (errno != EAGAIN) fail("wait");
    _exit(*mine == 2 ? 0 : 3);
  }
  // Woken only once it sleeps: then, and only then, does the call find one.
  *word = 1;
  for (long woken = 0; woken == 0; usleep(1000)) {
    *word = 2;
    woken = futex(word, FUTEX_WAKE, 1);
    if (woken < 0) fail("wake");
    if (woken) break;
    *word = 1;
    if (waitpid(child, 0, WNOHANG) == child) errno = 0, fail("the child did not sleep");
  }
  int status;
  waitpid(child, &status, 0);
  if (status) fail("the child");
  puts("woken");
}

static void direct(const char *path) {
  int file = open(path, O_RDWR | O_DIRECT), plain = open(path, O_RDONLY);
  if (file < 0 || plain < 0) fail(path);
  char *at = map(0, 4 * MIB), *copy = malloc(2 * MIB);
  for (long byte = 0; byte < 2 * MIB; byte++) at[byte] = byte * 7 + byte / 4096;
  if (pwrite(file, at, 2 * MIB, 0) != 2 * MIB) fail("write from the region");
  if (pread(plain, copy, 2 * MIB, 0) != 2 * MIB || memcmp(at, copy, 2 * MIB)) fail("what was written");
  if (pread(file, at + 2 * MIB, 2 * MIB, 0) != 2 * MIB) fail("read into the region");
  if (memcmp(at + 2 * MIB, copy, 2 * MIB)) fail("what was read");
  puts("direct: ok");
}

static void forked(void) {
  volatile char *at = map(0, MIB);
  at[0] = 1;
  if (fork() == 0) {
    at[0] = 2, at[MIB / 2] = 3;
    _exit(0);
  }
  wait(0);
  printf("the parent reads %d %d\n", at[0], at[MIB / 2]);
}

static void on_bus_error(int number) {
  (void)number;
  uint32_t seen = 0;
  struct atoll_module_info is;
  const char *memory = outcome(0, 4096, PROT_READ, MAP_SHARED, device);
  int asked = ioctl(device, ATOLL_MODULE_INFO, &is) ? errno : 0, rung = ring(0, 0), waited = wait_count(0, &seen, 0);
  printf("SIGBUS; mmap %s info %s ring %s wait %s\n", memory, strerrorname_np(asked), strerrorname_np(rung),
         strerrorname_np(waited));
  _exit(0);
}

static void hold(void) {
  long all = info().bytes;
  volatile char *at = map(0, all);
  signal(SIGBUS, on_bus_error);
  for (long byte = 0; byte < all; byte += 4096) at[byte]++;
  puts("holding");
  for (long turn = 0;; turn++, usleep(1000)) at[turn * 4096 % all]++;
}

// Reads at random: in each step one word of a page that the last one named. Nanoseconds for each.
static void at_random(long mebibytes, long times) {
  long words = mebibytes * MIB / 64, at = 0;
  struct { uint32_t next, pad[15]; } *line = (void *)map(0, mebibytes * MIB);
  uint64_t state = 88172645463325252;
  for (long i = 0; i < words; i++) line[i].next = i;
  for (long i = words - 1; i > 0; i--) {  // one cycle through all of them
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    long other = state % i;
    uint32_t kept = line[i].next;
    line[i].next = line[other].next, line[other].next = kept;
  }
  double start = now();
  for (long i = 0; i < times; i++) at = ((volatile uint32_t *)&line[at].next)[0];
  printf("%.2f\n", (now() - start) * 1e9 / times + (at < 0));
}

int memory(int argc, char **argv) {
  const char *what = argv[0];
  if (!strcmp(what, "pages") && argc > 1) pages(atol(argv[1]), argc > 2 ? atol(argv[2]) : 0);
  else if (!strcmp(what, "errors")) errors();
  else if (!strcmp(what, "futex")) shared_futex();
  else if (!strcmp(what, "direct") && argc > 1) direct(argv[1]);
  else if (!strcmp(what, "fork")) forked();
  else if (!strcmp(what, "hold")) hold();
  else if (!strcmp(what, "random") && argc > 2) at_random(atol(argv[1]), atol(argv[2]));
  else return -1;
  return 0;
}
