// SPDX-License-Identifier: Apache-2.0
//
// Maps the image. The first allocation of a process may call this: before libc's own start, before any
// constructor. So nothing here uses libc, or a thread's errno.

#include "include/atoll_doorbell.h"
#include "image.h"

#include <fcntl.h>
#include <sys/mman.h>

struct atoll_process atoll_process;
int atoll_image_fd = -1;
uint64_t atoll_image_fd_offset;

// ATOLL_OPENMP=path,offset,bytes,rank,ranks,threads
struct place {
    char path[4096];
    uint64_t numbers[5];
};
enum { OFFSET, BYTES, RANK, RANKS, THREADS };

static void refuse(const char *what, const char *detail) __attribute__((noreturn));
static void refuse(const char *what, const char *detail) {
    SAY("OpenMP cannot start: ", what, detail);
    atoll_sys_exit(126);
}

static bool parse(const char *text, struct place *place) {
    uint64_t length = 0;
    while (text[length]) length++;
    // From the end: a path may hold commas.
    for (int field = 4; field >= 0; field--) {
        uint64_t value = 0, scale = 1, end = length;
        while (length > 0 && text[length - 1] >= '0' && text[length - 1] <= '9') {
            value += scale * (uint64_t)(text[--length] - '0');
            scale *= 10;
        }
        if (length == end || length == 0 || text[length - 1] != ',') return false;
        length--;
        place->numbers[field] = value;
    }
    if (length == 0 || length >= sizeof place->path) return false;
    for (uint64_t i = 0; i < length; i++) place->path[i] = text[i];
    place->path[length] = 0;
    const uint64_t *n = place->numbers;
    return n[RANKS] >= 1 && n[RANKS] <= ATOLL_IMAGE_RANKS && n[RANK] < n[RANKS] &&
           n[THREADS] >= 1 && n[RANKS] * n[THREADS] <= ATOLL_IMAGE_THREADS &&
           n[BYTES] >= 2 * ATOLL_IMAGE_AT_HEAP;
}

// A process that nobody started for this: one rank, with half the machine's memory where it is asked
// for, and a thread for each processor that it may use.
static void alone(struct place *place) {
    uint64_t info[16] = {0}, cpus[128] = {0}, threads = 0;
    atoll_syscall(SYS_sysinfo, (uint64_t)info, 0, 0, 0, 0, 0);
    // struct sysinfo: uptime, 3 loads, totalram, ... in units that are bytes on 64-bit machines.
    uint64_t bytes = info[4] / 2 & ~(ATOLL_IMAGE_AT_HEAP - 1);
    if (bytes < 64 * ATOLL_IMAGE_AT_HEAP) bytes = 64 * ATOLL_IMAGE_AT_HEAP;
    long got = atoll_syscall(SYS_sched_getaffinity, 0, sizeof cpus, (uint64_t)cpus, 0, 0, 0);
    for (long i = 0; i < got / 8; i++) threads += (uint64_t)__builtin_popcountll(cpus[i]);
    place->path[0] = 0;
    place->numbers[OFFSET] = 0;
    place->numbers[BYTES] = bytes;
    place->numbers[RANK] = 0;
    place->numbers[RANKS] = 1;
    place->numbers[THREADS] =
        threads == 0 ? 1 : threads > ATOLL_IMAGE_THREADS ? ATOLL_IMAGE_THREADS : threads;
}

static void map(const struct place *place) {
    int flags = MAP_FIXED_NOREPLACE | MAP_NORESERVE;
    if (place->path[0]) {
        long fd = atoll_syscall(SYS_openat, (uint64_t)AT_FDCWD, (uint64_t)place->path,
                                O_RDWR | O_CLOEXEC, 0, 0, 0);
        if (fd < 0) refuse("cannot open the region ", place->path);
        // Out of the way of programs that count on getting the lowest numbers.
        long high = atoll_syscall(SYS_fcntl, (uint64_t)fd, F_DUPFD_CLOEXEC, 1000, 0, 0, 0);
        if (high >= 0) {
            atoll_syscall(SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
            fd = high;
        }
        atoll_image_fd = (int)fd;
        atoll_image_fd_offset = place->numbers[OFFSET];
        flags |= MAP_SHARED;
    } else {
        // Nobody to share with: what is forked has copies, as ever.
        flags |= MAP_PRIVATE | MAP_ANONYMOUS;
    }
    long at = atoll_sys_mmap(ATOLL_IMAGE_BASE, place->numbers[BYTES], PROT_READ | PROT_WRITE, flags,
                             atoll_image_fd, atoll_image_fd_offset);
    if (at == -17) refuse("something else lies at the image's address, 0x", HEX(ATOLL_IMAGE_BASE));
    if (at != (long)ATOLL_IMAGE_BASE) refuse("cannot map the image; error ", NUMBER(-at));
}

// Pages of 2 MiB, where a file's memory can have them and the machine's owner lets programs ask.
static void ask_for_huge_pages(const struct place *place) {
    if (place->path[0])
        atoll_syscall(SYS_madvise, ATOLL_IMAGE_BASE, place->numbers[BYTES], MADV_HUGEPAGE, 0, 0, 0);
}

static void write_header(struct atoll_image *image, const struct place *place) {
    image->magic = ATOLL_IMAGE_MAGIC;
    image->version = ATOLL_IMAGE_VERSION;
    image->ranks = (uint32_t)place->numbers[RANKS];
    image->bytes = place->numbers[BYTES];
    image->threads_per_rank = (uint32_t)place->numbers[THREADS];
    image->thread_slots = ATOLL_IMAGE_THREADS;
    image->pool_offset = ATOLL_IMAGE_AT_POOL;
    image->pool_bytes = ATOLL_IMAGE_AT_HEAP - ATOLL_IMAGE_AT_POOL;
    image->heap_offset = ATOLL_IMAGE_AT_HEAP;
    image->heap_bytes = place->numbers[BYTES] - ATOLL_IMAGE_AT_HEAP;
    image->flags = ATOLL_IMAGE_LOCAL;
    image->lease_ns = 10000000000u;
}

// Whether the heap holds zeros where nobody has written. In memory that an earlier program has had it
// holds that one's: a file in memory gives its pages up and is zeros again, a device does not.
static bool is_zeros(const struct atoll_image *image) {
    if (atoll_image_fd < 0) return true;
    if (!(image->flags & ATOLL_IMAGE_LOCAL)) return false;
    // 3: FALLOC_FL_PUNCH_HOLE, FALLOC_FL_KEEP_SIZE.
    return atoll_syscall(SYS_fallocate, (uint64_t)atoll_image_fd, 3,
                         atoll_image_fd_offset + image->heap_offset, image->heap_bytes, 0, 0) == 0;
}

void atoll_image_begin(void) {
    if (atoll_process.is_begun) return;
    struct place place;
    const char *text = atoll_kernel_environment("ATOLL_OPENMP");
    if (!text)
        alone(&place);
    else if (!parse(text, &place))
        refuse("the starter's word is not understood: ATOLL_OPENMP=", text);
    map(&place);
    ask_for_huge_pages(&place);

    struct atoll_image *image = atoll_image();
    atoll_process.base = ATOLL_IMAGE_BASE;
    atoll_process.bytes = place.numbers[BYTES];
    atoll_process.heap_offset = ATOLL_IMAGE_AT_HEAP;
    atoll_process.heap_bytes = atoll_process.bytes - ATOLL_IMAGE_AT_HEAP;
    atoll_process.rank = (uint32_t)place.numbers[RANK];
    atoll_process.ranks = (uint32_t)place.numbers[RANKS];
    atoll_process.threads = (uint32_t)place.numbers[THREADS];
    atoll_process.thread_slots = ATOLL_IMAGE_THREADS;
    atoll_process.is_begun = 1;
    // One process makes the heap. Where the starter has not written the header, it does that too.
    if (swap(&image->state, ATOLL_IMAGE_NONE, ATOLL_IMAGE_BUILDING)) {
        if (!image->magic) write_header(image, &place);
        image->pool_next = image->pool_offset;
        atoll_heap_create(is_zeros(image));
        store(&image->state, ATOLL_IMAGE_WRITTEN);
    } else if (!atoll_wait_word(&image->state, ATOLL_IMAGE_WRITTEN, 60)) {
        refuse("the image was begun and not finished", "");
    }
    if (image->magic != ATOLL_IMAGE_MAGIC || image->version != ATOLL_IMAGE_VERSION)
        refuse("the image is not of this version of Atoll", "");
    if (image->bytes != atoll_process.bytes || image->ranks != atoll_process.ranks)
        refuse("the image is another job's: it is for ranks: ", NUMBER(image->ranks));
    atoll_process.is_local = (image->flags & ATOLL_IMAGE_LOCAL) != 0;

    struct atoll_rank *rank = atoll_rank(atoll_process.rank);
    if (!swap(&rank->state, ATOLL_RANK_NONE, ATOLL_RANK_MAPPED))
        refuse("there is already a process of rank ", NUMBER(atoll_process.rank));
    rank->pid = (uint64_t)atoll_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0);
    rank->threads = atoll_process.threads;
    atoll_doorbell_begin();
}

uint64_t atoll_pool_take(uint64_t bytes) {
    struct atoll_image *image = atoll_image();
    uint64_t step = (bytes + 63) & ~63ull;
    uint64_t at = __atomic_fetch_add(&image->pool_next, step, __ATOMIC_ACQ_REL);
    return at + step <= image->pool_offset + image->pool_bytes ? at : 0;
}
