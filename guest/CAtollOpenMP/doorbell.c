// SPDX-License-Identifier: Apache-2.0

#include "include/atoll_doorbell.h"

#include "image.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

// The kernel module's interface, version 1: guest/module.
struct info {
    uint32_t abi, peer;
    uint64_t bytes;
    uint32_t vectors, mapping, largest_page, pad;
};
struct ring {
    uint32_t peer, vector;
};
struct wait {
    uint32_t vector, seen;
    uint64_t timeout;
};
static const uint64_t INFO = _IOR('V', 1, struct info), RING = _IOW('V', 2, struct ring),
                      WAIT = _IOWR('V', 3, struct wait);

// In the region's header: its beginning, and where the sleepers' words lie.
enum { PAGE = 4096, VERSION = 3, AT_SLEEPERS = 640, COUNTS = 64 };
static const uint64_t MAGIC = 0x4e4752544c4c5441u;

// A line for each rank, where the bell is a file, and after them the sleepers' words.
static struct { _Alignas(64) uint32_t count; } *counts;

static bool is_negative(long result) { return result < 0 && result > -4096; }

static bool open_counts(const char *path) {
    long fd = atoll_syscall(SYS_openat, (uint64_t)AT_FDCWD, (uint64_t)path, O_RDWR | O_CLOEXEC, 0, 0, 0);
    if (fd < 0) return false;
    uint64_t end = (uint64_t)atoll_syscall(SYS_lseek, (uint64_t)fd, 0, 2, 0, 0, 0);
    long at = end < 2 * PAGE ? -22 : atoll_sys_mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, 0);
    atoll_syscall(SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
    if (is_negative(at)) return false;
    counts = (void *)at;
    return true;
}

static bool is_device(void) {
    struct info info = {0};
    if (atoll_syscall(SYS_ioctl, (uint64_t)atoll_image_fd, INFO, (uint64_t)&info, 0, 0, 0) != 0) return false;
    return info.abi == 1 && info.vectors > 0 && info.peer == atoll_process.slot;
}

static bool is(const char *text, const char *other) {
    while (*text && *text == *other) text++, other++;
    return *text == *other;
}

// The words of the region's header; 0: there is none.
static uint64_t words_of_region(void) {
    if (atoll_image_fd < 0) return 0;
    long page = atoll_sys_mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, atoll_image_fd, 0);
    if (is_negative(page)) return 0;
    const uint64_t *header = (const uint64_t *)page;
    if (header[0] == MAGIC && (uint32_t)header[1] == VERSION) return (uint64_t)page + AT_SLEEPERS;
    atoll_sys_munmap((uint64_t)page, PAGE);
    return 0;
}

void atoll_doorbell_begin(void) {
    if (atoll_process.ranks < 2) return;
    const char *wish = atoll_kernel_environment("ATOLL_BELL");
    bool is_file = wish && wish[0] == '/' && open_counts(wish);
    for (uint32_t rank = 0; rank < atoll_process.ranks; rank++) {
        uint32_t slot = is_file ? rank : atoll_rank(rank)->slot;
        if (rank == atoll_process.rank) atoll_process.slot = slot;
        atoll_process.members |= 1ull << (slot & 63);
    }
    uint64_t words = is_file                  ? (uint64_t)counts + PAGE
                     : atoll_process.is_local ? 0
                                              : words_of_region();
    if (!words) return;
    atoll_process.sleepers = words;
    bool is_off = wish && is(wish, "off");
    if (is_file || (!is_off && is_device()))
        atoll_process.has_doorbell = 1;
    else
        atoll_bell_silent();
}

uint32_t atoll_doorbell_heard(void) {
    if (counts) return __atomic_load_n(&counts[atoll_process.slot].count, __ATOMIC_ACQUIRE);
    struct wait wait = {0, 0, 0};
    atoll_syscall(SYS_ioctl, (uint64_t)atoll_image_fd, WAIT, (uint64_t)&wait, 0, 0, 0);
    return wait.seen;
}

void atoll_doorbell_ring(uint32_t slot) {
    if (counts) {
        uint32_t *count = &counts[slot % COUNTS].count;
        __atomic_fetch_add(count, 1, __ATOMIC_ACQ_REL);
        atoll_syscall(SYS_futex, (uint64_t)count, FUTEX_WAKE, INT_MAX, 0, 0, 0);
        return;
    }
    struct ring ring = {slot, 0};
    atoll_syscall(SYS_ioctl, (uint64_t)atoll_image_fd, RING, (uint64_t)&ring, 0, 0, 0);
}

uint32_t atoll_doorbell_sleep(uint32_t heard, uint64_t nanoseconds) {
    if (counts) {
        uint64_t time[2] = {nanoseconds / 1000000000u, nanoseconds % 1000000000u};
        uint32_t *count = &counts[atoll_process.slot].count;
        atoll_syscall(SYS_futex, (uint64_t)count, FUTEX_WAIT, heard, (uint64_t)time, 0, 0);
        return __atomic_load_n(count, __ATOMIC_ACQUIRE);
    }
    struct wait wait = {0, heard, nanoseconds};
    long result = atoll_syscall(SYS_ioctl, (uint64_t)atoll_image_fd, WAIT, (uint64_t)&wait, 0, 0, 0);
    if (result == 0) return wait.seen;
    // 110: ETIMEDOUT; 4: EINTR. Else the device goes, which the caller finds soon enough.
    if (result != -110 && result != -4) atoll_sys_nap(nanoseconds < 500000 ? nanoseconds : 500000);
    return heard;
}
