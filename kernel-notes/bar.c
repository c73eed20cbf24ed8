// SPDX-License-Identifier: Apache-2.0
// What the notes run in a guest, statically linked:
//   bar list | ring PEER VECTOR | peek OFFSET | poke OFFSET WORD | hold SECONDS | touch MIB | xadd TIMES | cas TIMES | random | pins
// The region is BAR 2 of the first ivshmem device, or the file in $BAR.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/futex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static char path[512];

static int find(int show) {
  glob_t g;
  int found = 0;
  if (getenv("BAR")) return snprintf(path, sizeof path, "%s", getenv("BAR")) > 0;
  if (glob("/sys/bus/pci/devices/*/device", 0, 0, &g)) return 0;
  for (size_t i = 0; i < g.gl_pathc; i++) {
    char id[16] = "", file[512];
    FILE *f = fopen(g.gl_pathv[i], "r");
    if (!f || !fgets(id, sizeof id, f)) continue;
    fclose(f);
    if (strncmp(id, "0x1110", 6)) continue;
    snprintf(file, sizeof file, "%.*sresource2", (int)strlen(g.gl_pathv[i]) - 6, g.gl_pathv[i]);
    struct stat s;
    int there = stat(file, &s) == 0;
    if (show) printf("%s %s\n", file, there ? "" : "(absent)");
    if (show && there) printf("  %ld MiB\n", (long)s.st_size >> 20);
    if (there && !found++) strcpy(path, file);
  }
  return found;
}

static void tell(const char *what, long result) {
  printf("%-34s %s\n", what, result < 0 ? strerrorname_np(errno) : "works");
}

// What the kernel does with pages that it has no `struct page` for, and cannot pin.
static void pins(char *map) {
  struct timespec soon = {0, 1000000};
  struct iovec part = {map, 4096};
  int *word = (int *)(map + 4096), ends[2], file = open("/tmp/pins", O_RDWR | O_CREAT, 0600);
  if (pipe(ends)) return;
  *word = 1;
  tell("futex wait, shared", syscall(SYS_futex, word, FUTEX_WAIT, 0, &soon, 0, 0) < 0 && errno == EAGAIN ? 0 : -1);
  tell("futex wake, shared", syscall(SYS_futex, word, FUTEX_WAKE, 1, 0, 0, 0));
  tell("futex wait, private", syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, &soon, 0, 0) < 0 && errno == EAGAIN ? 0 : -1);
  tell("futex wake, private", syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0));
  tell("write from it to a file", write(file, map, 4096));
  tell("read into it from a file", pread(file, map, 4096, 0));
  tell("vmsplice", vmsplice(ends[1], &part, 1, 0));
  tell("process_vm_readv of one's own", process_vm_readv(getpid(), &part, 1, &(struct iovec){map + 8192, 4096}, 1, 0));
  *word = 1;
  if (fork() == 0) {
    *word = 2;
    _exit(0);
  }
  wait(0);
  printf("after a child of fork wrote 2       the parent reads %d\n", *word);
}

// By the module, where it has the device; else by the register, which nobody else then needs.
static int ring(uint32_t peer, uint32_t vector) {
  uint32_t who[2] = {peer, vector};
  int fd = open("/dev/atoll0", O_RDWR);
  if (fd >= 0) return ioctl(fd, _IOW('V', 2, uint64_t), who);
  path[strlen(path) - 1] = '0';
  fd = open(path, O_RDWR);
  volatile uint32_t *registers = mmap(0, 256, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (registers == MAP_FAILED) return -1;
  registers[3] = peer << 16 | vector;
  return 0;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "list";
  long number = argc > 2 ? atol(argv[2]) : 0;
  if (!strcmp(what, "random")) {
    double start = now();
    char byte;
    getrandom(&byte, 1, 0);
    printf("first getrandom: %.2f s\n", now() - start);
    return 0;
  }
  if (!strcmp(what, "list")) return find(1) ? 0 : (puts("no region"), 1);
  if (!find(0)) return puts("no region"), 1;
  if (!strcmp(what, "ring")) return argc < 4 || ring(number, atol(argv[3])) ? perror("ring"), 1 : 0;
  int fd = open(path, O_RDWR);
  int touch = !strcmp(what, "touch");
  char *map = mmap(0, touch ? number << 20 : 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED) return perror(path), 1;
  volatile uint64_t *word = (void *)map;
  uint64_t turn = 0;
  if (!strcmp(what, "peek")) puts(map + number);
  if (!strcmp(what, "poke")) strcpy(map + number, argv[3]);
  if (!strcmp(what, "pins")) pins(map);
  // Written to, and no byte changed: there may be something in it.
  for (long page = 0; touch && page < number << 8; page++) __atomic_fetch_or(map + (page << 12), 0, __ATOMIC_SEQ_CST);
  if (!strcmp(what, "hold"))
    for (double end = now() + number; now() < end; usleep(500000)) {
      printf("read %lu, ", (unsigned long)*word);
      *word = ++turn;
      printf("wrote %lu, read %lu\n", (unsigned long)turn, (unsigned long)*word), fflush(stdout);
    }
  // Both sides wait until two are here, so that they run at the same time.
  int add = !strcmp(what, "xadd"), cas = !strcmp(what, "cas");
  if (add || cas) {
    uint64_t *late = (uint64_t *)(map + 4096), *counter = (uint64_t *)map;
    char *name = map + 8192 + (__atomic_exchange_n(late, 1, __ATOMIC_SEQ_CST) ? 64 : 0);
    for (*(volatile char *)name = 1; !((volatile char *)map)[8192] || !((volatile char *)map)[8192 + 64];) usleep(100);
    for (long i = 0; i < number; i++) {
      if (add) {
        __atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST);
      } else {
        uint64_t old = *word;
        while (!__atomic_compare_exchange_n(counter, &old, old + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {}
      }
    }
  }
  return 0;
}
