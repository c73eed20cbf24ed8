// SPDX-License-Identifier: Apache-2.0
// The interrupts of a device.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

#define MINUTE 60000000000ULL

static uint32_t count_now(uint32_t vector) {
  uint32_t seen = 0;
  int error = wait_count(vector, &seen, 0);
  if (error && error != ETIMEDOUT) errno = error, fail("count");
  return seen;
}

// One interrupt each way at a time: each must arrive, and none more.
static void ping_pong(int first, uint32_t peer, uint32_t times) {
  uint32_t start = count_now(0), seen = start;
  double began = now();
  printf("from %u\n", start);
  for (uint32_t turn = 0; turn < times; turn++) {
    if (first && ring(peer, 0)) fail("ring");
    int error = wait_count(0, &seen, MINUTE);
    if (error) errno = error, printf("after %u of %u\n", turn, times), fail("wait");
    if (seen != start + turn + 1) errno = 0, printf("%u after %u\n", seen - start, turn + 1), fail("count");
    if (!first && ring(peer, 0)) fail("ring");
  }
  printf("%u there and back, %.0f us each\n", times, (now() - began) * 1e6 / times);
}

static void flood(uint32_t peer, long times) {
  double began = now();
  for (long turn = 0; turn < times; turn++)
    if (ring(peer, 0)) fail("ring");
  printf("rang %ld in %.0f ms\n", times, (now() - began) * 1e3);
}

// Counts for as long as interrupts come, and says in how many windows of 20 ms.
static void follow(long most) {
  uint32_t first = count_now(0), seen = first;
  printf("from %u\n", first);
  int error = wait_count(0, &seen, MINUTE);
  double began = now();
  if (error) errno = error, fail("the first");
  uint32_t start = seen;
  while (!(error = wait_count(0, &seen, 2000000000ULL)) && seen - start < most) {}
  if (error && error != ETIMEDOUT) errno = error, fail("wait");
  double took = now() - began - (error ? 2 : 0);
  printf("counted %u windows %.0f\n", seen - first, took / 0.020 + 2);
}

static void poll_once(uint32_t self) {
  struct pollfd one = {.fd = device, .events = POLLIN};
  uint32_t counts[256];
  int before = poll(&one, 1, 0);
  if (ring(self, 0)) fail("ring");
  int rung = poll(&one, 1, 60000);
  ssize_t bytes = read(device, counts, sizeof counts);
  printf("poll %d, rung %d, read %zd, poll %d\n", before, rung, bytes, poll(&one, 1, 0));
}

static void sleep_until_gone(void) {
  uint32_t seen = count_now(0);
  struct pollfd one = {.fd = device, .events = POLLIN};
  puts("sleeping");
  int error = wait_count(0, &seen, ATOLL_MODULE_FOR_EVER);
  poll(&one, 1, 60000);
  printf("woken: %s, poll %#x\n", error ? strerrorname_np(error) : "ok", one.revents);
}

int events(int argc, char **argv) {
  const char *what = argv[0];
  uint32_t peer = argc > 1 ? atol(argv[1]) : 0;
  long times = argc > 2 ? atol(argv[2]) : 0;
  if (!strcmp(what, "ping") || !strcmp(what, "pong")) ping_pong(!strcmp(what, "ping"), peer, times);
  else if (!strcmp(what, "flood")) flood(peer, times);
  else if (!strcmp(what, "follow")) follow(peer);
  else if (!strcmp(what, "poll")) poll_once(peer);
  else if (!strcmp(what, "sleep")) sleep_until_gone();
  else return -1;
  return 0;
}
