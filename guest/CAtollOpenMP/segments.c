// SPDX-License-Identifier: Apache-2.0
//
// The writable segments of the program and its libraries, made one for all ranks.
//
// This happens before any constructor has run: what the segments hold is what the loader has put
// there, the same in every rank, so that ranks that differ are found. Then the pages of rank 0 are
// copied into the image, and every rank maps them over its own. libc and its kin keep theirs: their
// state is that of one process (its threads, streams, loaded libraries).

#include "image.h"
#include "segments.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096ull
#define FLOOR(value) ((uint64_t)(value) & ~(PAGE - 1))
#define CEILING(value) FLOOR((uint64_t)(value) + PAGE - 1)

// By the beginnings of their files' names.
static const char *const of_the_process[] = {
    "libc.so.",     "ld-linux",    "libm.so.",     "libmvec.so.", "libpthread.so.", "libdl.so.",
    "librt.so.",    "libgcc_s.so", "libresolv.so", "libnss_",     "libutil.so.",    "libanl.so.",
    "libBrokenLoc", "linux-vdso",  "libasan.so",   "libtsan.so",  "libubsan.so",    "libomptarget",
    "libc-",        "libm-",       "libpthread-",  "libnsl.so.",  "libthread_db",   "libmemusage",
};

bool atoll_is_of_the_process(const char *path, uint64_t base) {
    if (base == atoll_own_base()) return true;
    const char *name = path;
    for (const char *at = path; *at; at++)
        if (*at == '/') name = at + 1;
    for (unsigned i = 0; i < sizeof of_the_process / sizeof *of_the_process; i++)
        if (!strncmp(name, of_the_process[i], strlen(of_the_process[i]))) return true;
    return false;
}

// Not of cryptographic strength: builds that differ are to be noticed, not forgers.
static uint64_t hash(uint64_t seed, const void *bytes, uint64_t count) {
    const unsigned char *at = bytes;
    uint64_t value = seed ^ 0x9e3779b97f4a7c15ull;
    for (; count >= 8; count -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        value = (value ^ word) * 0xff51afd7ed558ccdull;
        value ^= value >> 32;
    }
    while (count--) value = (value ^ *at++) * 0x100000001b3ull;
    return value;
}

static void add(struct atoll_segment_list *list, const struct dl_phdr_info *info,
                const ElfW(Phdr) *load, uint64_t relro_begin, uint64_t relro_end) {
    uint64_t begin = FLOOR(info->dlpi_addr + load->p_vaddr);
    uint64_t end = CEILING(info->dlpi_addr + load->p_vaddr + load->p_memsz);
    uint64_t file_end = info->dlpi_addr + load->p_vaddr + load->p_filesz;
    // What the loader has made read-only is the same everywhere and stays so.
    if (relro_begin <= begin && relro_end > begin) begin = relro_end;
    if (begin >= end) return;
    if (list->count == ATOLL_IMAGE_SEGMENTS) {
        list->is_full = true;
        return;
    }
    list->name[list->count] = info->dlpi_name[0] ? info->dlpi_name : "the program";
    list->file_end[list->count] = file_end > begin ? file_end : begin;
    struct atoll_segment *segment = &list->segment[list->count++];
    segment->address = begin;
    segment->bytes = end - begin;
    segment->offset = 0;
    segment->hash = file_end > begin ? hash(begin, (const void *)begin, file_end - begin) : begin;
}

static int visit(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    struct atoll_segment_list *list = context;
    if (list->number++ < list->first) return 0;
    if (atoll_is_of_the_process(info->dlpi_name, info->dlpi_addr)) return 0;
    uint64_t relro_begin = 0, relro_end = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_GNU_RELRO) continue;
        relro_begin = FLOOR(info->dlpi_addr + header->p_vaddr);
        relro_end = FLOOR(info->dlpi_addr + header->p_vaddr + header->p_memsz);
    }
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_LOAD && header->p_flags & PF_W)
            add(list, info, header, relro_begin, relro_end);
    }
    return 0;
}

void atoll_segments_find(struct atoll_segment_list *list, uint64_t first) {
    list->count = 0;
    list->number = 0;
    list->first = first;
    list->is_full = false;
    dl_iterate_phdr(visit, list);
}

static int count(struct dl_phdr_info *info, size_t size, void *number) {
    (void)info;
    (void)size;
    ++*(uint64_t *)number;
    return 0;
}

uint64_t atoll_segments_count(void) {
    uint64_t number = 0;
    dl_iterate_phdr(count, &number);
    return number;
}

struct range { uint64_t from, to; };

static int lower(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    struct range *range = context;
    if (info->dlpi_addr >= range->from && info->dlpi_addr < range->to) range->to = info->dlpi_addr;
    return 0;
}

uint64_t atoll_segments_lowest(uint64_t from, uint64_t to) {
    struct range range = {from, to};
    dl_iterate_phdr(lower, &range);
    return range.to == to ? 0 : range.to;
}

static bool is_zero(const uint64_t *page) {
    for (unsigned i = 0; i < PAGE / 8; i += 4)
        if (page[i] | page[i + 1] | page[i + 2] | page[i + 3]) return false;
    return true;
}

const char *atoll_segments_copy(struct atoll_segment_list *list) {
    if (list->is_full) return "the program has too many libraries";
    for (unsigned n = 0; n < list->count; n++) {
        struct atoll_segment *segment = &list->segment[n];
        // With huge pages, a large array's pages are to lie in the image as in the program: then both
        // mappings can be of huge pages.
        bool is_large = segment->bytes >= 4 * ATOLL_IMAGE_AT_HEAP;
        uint64_t skew = is_large ? segment->address & (ATOLL_IMAGE_AT_HEAP - 1) : 0;
        char *block = atoll_heap_allocate(segment->bytes + skew, is_large ? ATOLL_IMAGE_AT_HEAP : 65536);
        if (!block) return "the region is too small for the program's static data";
        char *copy = block + skew;
        segment->offset = (uint64_t)copy - ATOLL_IMAGE_BASE;
        // Freed memory that nobody has touched since costs nothing, in a file; else it is written.
        if (atoll_syscall(SYS_madvise, (uint64_t)copy, segment->bytes, MADV_REMOVE, 0, 0, 0) != 0)
            memset(copy, 0, segment->bytes);
        for (uint64_t at = 0; at < segment->bytes; at += PAGE)
            if (!is_zero((const uint64_t *)(segment->address + at)))
                memcpy(copy + at, (const char *)segment->address + at, PAGE);
    }
    return 0;
}

const char *atoll_segments_compare(const struct atoll_segment_list *mine,
                                   const struct atoll_segment *theirs, uint64_t count) {
    for (unsigned i = 0; i < mine->count; i++) {
        if (i >= count || mine->segment[i].address != theirs[i].address ||
            mine->segment[i].bytes != theirs[i].bytes || mine->segment[i].hash != theirs[i].hash)
            return mine->name[i];
    }
    return mine->count == count ? 0 : "the libraries";
}

long atoll_segments_map(const struct atoll_segment *segment, uint64_t count) {
    if (atoll_image_fd < 0) return 0;  // alone: its own pages serve as well
    for (uint64_t i = 0; i < count; i++) {
        long at = atoll_sys_mmap(segment[i].address, segment[i].bytes, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_FIXED, atoll_image_fd,
                                 atoll_image_fd_offset + segment[i].offset);
        if (at != (long)segment[i].address) return at;
    }
    return 0;
}
