// SPDX-License-Identifier: Apache-2.0
// What the notes run in a guest, statically linked:
//   bar list | peek OFFSET | poke OFFSET WORD | hold SECONDS | touch MIB | xadd TIMES | cas TIMES | random
// The region is BAR 2 of the first ivshmem device, or the file in $BAR.
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
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
  int fd = open(path, O_RDWR);
  int touch = !strcmp(what, "touch");
  char *map = mmap(0, touch ? number << 20 : 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED) return perror(path), 1;
  volatile uint64_t *word = (void *)map;
  uint64_t turn = 0;
  if (!strcmp(what, "peek")) puts(map + number);
  if (!strcmp(what, "poke")) strcpy(map + number, argv[3]);
  for (long page = 0; touch && page < number << 8; page++) map[page << 12] = 1;
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
