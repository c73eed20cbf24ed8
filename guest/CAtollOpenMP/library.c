// SPDX-License-Identifier: Apache-2.0
//
// dlopen. A library that one thread loads is to be there in every rank, at the same address, with one
// copy of its data, and its constructors are to run once.
//
//  - Where: every rank fills what is free above the arena's end while it loads, so that the kernel
//    puts the library right below that, in all of them.
//  - Without constructors: the loader calls a function for debuggers, empty, when it has mapped the
//    libraries and before it relocates them. Meanwhile that function is ours: it makes the loader
//    think that they have none.
//  - Then the ranks share the segments, as at the start, and the calling thread runs the
//    constructors.

#include "bell.h"
#include "library.h"
#include "segments.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SHOWN __attribute__((visibility("default")))

enum { FILLERS = 512, LIBRARIES = 64, PATH = 4096 };

#define ARENA_TOP 0x7e0000000000ull

// What rank 0 and the others tell each other, in the image. One load at a time.
struct library_load {
    uint64_t rank;              // whose thread loads it
    int flags;
    char path[PATH];
    uint64_t base;              // where it is loaded
    uint64_t count;             // of the segments
    struct atoll_segment segment[ATOLL_IMAGE_SEGMENTS];
    uint64_t answered;          // ranks that have it
    uint64_t failed;            // 1: one of them has not: `error` says why
    char error[256];
};

struct constructors {
    uint64_t base;
    void (*single)(int, char **, char **);
    void (**array)(int, char **, char **);
    uint64_t count;
};

static struct {
    struct constructors library[LIBRARIES];
    unsigned count;
    const struct link_map *known;  // the last library that was there before
} held;

// -------------------------------------------------------------------------------- constructors

static void nothing(int argc, char **argv, char **environment) {
    (void)argc;
    (void)argv;
    (void)environment;
}

extern struct r_debug _r_debug;

static void hold_constructors(void) {
    const struct link_map *at = held.known ? held.known->l_next : 0;
    for (; at && held.count < LIBRARIES; at = at->l_next) {
        if (atoll_is_of_the_process(at->l_name, at->l_addr)) continue;
        struct constructors *library = &held.library[held.count];
        *library = (struct constructors){.base = at->l_addr};
        for (ElfW(Dyn) *entry = at->l_ld; entry->d_tag != DT_NULL; entry++) {
            // The loader has put addresses in place of offsets for some tags; not for these.
            if (entry->d_tag == DT_INIT) {
                library->single = (void (*)(int, char **, char **))(at->l_addr + entry->d_un.d_ptr);
                entry->d_un.d_ptr = (uint64_t)nothing - at->l_addr;
            } else if (entry->d_tag == DT_INIT_ARRAY) {
                library->array =
                    (void (**)(int, char **, char **))(at->l_addr + entry->d_un.d_ptr);
            } else if (entry->d_tag == DT_INIT_ARRAYSZ) {
                library->count = entry->d_un.d_val / sizeof *library->array;
                entry->d_un.d_val = 0;
            }
        }
        held.count++;
    }
}

static uint64_t held_by;  // the thread that loads: nobody else's libraries are held

static void at_debug_state(void) {
    uint64_t self;
    __asm__("movq %%fs:0, %0" : "=r"(self));
    if (self == held_by && _r_debug.r_state == RT_CONSISTENT && !held.count) hold_constructors();
}

static uint8_t saved[16];

static bool divert(bool on) {
    uint8_t *function = (uint8_t *)_r_debug.r_brk;
    uint64_t page = (uint64_t)function & ~4095ull;
    // movabs $at_debug_state, %rax; jmp *%rax: longer than the function, not than its alignment.
    uint8_t code[12] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0};
    uint64_t target = (uint64_t)at_debug_state;
    memcpy(code + 2, &target, 8);
    if ((uint64_t)function & 15) return false;
    if (atoll_sys_mprotect(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC) < 0) return false;
    if (on) {
        memcpy(saved, function, sizeof code);
        memcpy(function, code, sizeof code);
    } else {
        memcpy(function, saved, sizeof code);
    }
    atoll_sys_mprotect(page, 8192, PROT_READ | PROT_EXEC);
    return true;
}

// The last loaded is needed by those before it, as a rule.
static void run_constructors(const struct constructors *library, unsigned count) {
    extern char **environ;
    char *none[] = {0};
    while (count--) {
        if (library[count].single) library[count].single(0, none, environ);
        for (uint64_t i = 0; i < library[count].count; i++)
            library[count].array[i](0, none, environ);
    }
}

// --------------------------------------------------------------------------------- the address

static struct { uint64_t address, bytes; } filler[FILLERS];
static unsigned fillers;

static void fill(uint64_t begin, uint64_t end) {
    if (begin >= end || fillers == FILLERS) return;
    if (atoll_sys_mmap(begin, end - begin, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) !=
        (long)begin)
        return;
    filler[fillers].address = begin;
    filler[fillers++].bytes = end - begin;
}

// Fills what is free from `top` to the end of the address space, by the kernel's list of mappings.
static void fill_above(uint64_t top) {
    static char text[1 << 16];
    fillers = 0;
    long fd = atoll_syscall(SYS_openat, (uint64_t)-100, (uint64_t)"/proc/self/maps", 0, 0, 0, 0);
    if (fd < 0) return;
    uint64_t used = top, begin = 0, value = 0;
    enum { BEGIN, END, REST } field = BEGIN;
    static struct { uint64_t begin, end; } gap[FILLERS];
    unsigned gaps = 0;
    long got;
    while ((got = atoll_syscall(SYS_read, (uint64_t)fd, (uint64_t)text, sizeof text, 0, 0, 0)) > 0)
        for (long i = 0; i < got; i++) {
            char byte = text[i];
            if (byte == '\n') {
                field = BEGIN;
                value = 0;
            } else if (field == REST) {
                continue;
            } else if (byte == '-') {
                begin = value;
                value = 0;
                field = END;
            } else if (byte == ' ') {
                field = REST;
                if (begin > used && gaps < FILLERS && begin < 1ull << 47) {
                    gap[gaps].begin = used;
                    gap[gaps++].end = begin;
                }
                if (value > used) used = value;
            } else {
                value = value * 16 + (uint64_t)(byte <= '9' ? byte - '0' : byte - 'a' + 10);
            }
        }
    atoll_syscall(SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
    for (unsigned i = 0; i < gaps; i++) fill(gap[i].begin, gap[i].end);
}

static void clear_fillers(void) {
    while (fillers--) atoll_sys_munmap(filler[fillers].address, filler[fillers].bytes);
    fillers = 0;
}

// ------------------------------------------------------------------------------------- loading

static struct atoll_segment_list list;

static void *(*real_dlopen)(const char *, int);

static void *load_here(const char *path, int flags) {
    if (!real_dlopen) real_dlopen = (void *(*)(const char *, int))atoll_real("dlopen");
    uint64_t objects = atoll_segments_count();
    held.count = 0;
    held.known = _r_debug.r_map;
    while (held.known->l_next) held.known = held.known->l_next;
    __asm__("movq %%fs:0, %0" : "=r"(held_by));
    bool is_diverted = divert(true);
    fill_above(atoll_image()->arena);
    void *handle = is_diverted ? real_dlopen(path, flags) : 0;
    clear_fillers();
    if (is_diverted) divert(false);
    held_by = 0;
    if (handle) atoll_segments_find(&list, objects);
    return handle;
}

static void fail(struct library_load *load, const char *why) {
    if (!swap(&load->failed, 0, 1)) return;
    uint64_t length = strlen(why);
    if (length >= sizeof load->error) length = sizeof load->error - 1;
    memcpy(load->error, why, length);
}

void atoll_library_serve(void) {
    static uint64_t seen;
    struct atoll_image *image = atoll_image();
    uint64_t at = __atomic_load_n(&image->loads, __ATOMIC_ACQUIRE);
    if (!at || at == seen) return;
    struct library_load *load = (struct library_load *)at;
    seen = at;
    if (load->rank == atoll_process.rank) return;  // it is this rank that loads
    struct link_map *handle = load_here(load->path, load->flags);
    if (!handle)
        fail(load, dlerror());
    else if (handle->l_addr != load->base ||
             atoll_segments_compare(&list, load->segment, load->count))
        fail(load, "the library is not the same in every rank, or not at the same address");
    else if (atoll_segments_map(load->segment, load->count) < 0)
        fail(load, "its data cannot be shared");
    __atomic_fetch_add(&load->answered, 1, __ATOMIC_ACQ_REL);
}

static void publish(struct library_load *load, const char *path, int flags) {
    load->rank = atoll_process.rank;
    load->flags = flags;
    uint64_t length = 0;
    // Other ranks may be in other directories. A mere name is looked for alike in all, and has the
    // loader map the same things in the same order.
    if (path[0] != '/' && strchr(path, '/')) {
        long got = atoll_syscall(SYS_getcwd, (uint64_t)load->path, PATH / 2, 0, 0, 0, 0);
        if (got > 0) length = (uint64_t)got - 1;
        load->path[length++] = '/';
    }
    strncpy(load->path + length, path, PATH - 1 - length);
    load->count = list.count;
    memcpy(load->segment, list.segment, sizeof list.segment);
    // Children are to have copies of these too.
    struct atoll_image *image = atoll_image();
    struct atoll_segment *all = (struct atoll_segment *)image->list_address;
    if (image->segments + list.count > ATOLL_IMAGE_SEGMENTS)
        atoll_image_fail(124, "dlopen: the program has too many libraries");
    memcpy(all + image->segments, list.segment, list.count * sizeof *all);
    image->segments += list.count;
}

// With the lock, which it gives back: a constructor may load a library itself.
static void *load_everywhere(const char *path, int flags) {
    struct atoll_image *image = atoll_image();
    swap(&image->arena, 0, ARENA_TOP);
    uint64_t objects = atoll_segments_count();
    struct link_map *handle = load_here(path, flags);
    if (!handle || atoll_segments_count() == objects) {  // it was there already
        store(&image->loading, 0);
        return handle;
    }
    struct library_load *load = atoll_heap_allocate(sizeof *load, 64);
    const char *problem = load ? atoll_segments_copy(&list) : "dlopen: out of memory";
    if (problem) atoll_image_fail(124, problem);
    memset(load, 0, sizeof *load);
    publish(load, path, flags);
    load->base = handle->l_addr;
    if (atoll_segments_map(list.segment, list.count) < 0)
        atoll_image_fail(124, "dlopen: the library's data cannot be shared");
    store(&image->loads, (uint64_t)load);
    atoll_ring_all();
    while (__atomic_load_n(&load->answered, __ATOMIC_ACQUIRE) + 1 < atoll_process.ranks) {
        atoll_image_look();
        atoll_sys_nap(50000);
    }
    if (load->failed) {
        SAY("dlopen of ", path, " in another rank: ", load->error);
        atoll_image_fail(124, "a library cannot be used by all of the program's processes");
    }
    // The next ones below what this one takes.
    uint64_t lowest = atoll_segments_lowest(image->arena - (1ull << 36), image->arena);
    if (lowest) image->arena = (lowest & ~((2ull << 20) - 1)) - (2ull << 20);
    struct constructors library[LIBRARIES];
    unsigned count = held.count;
    memcpy(library, held.library, count * sizeof *library);
    store(&image->loading, 0);
    run_constructors(library, count);
    return handle;
}

static bool is_shared(void) {
    return atoll_process.is_complete && atoll_process.ranks > 1 && !atoll_process.is_child &&
           atoll_image_fd >= 0;
}

SHOWN void *dlopen(const char *path, int flags) {
    if (!real_dlopen) real_dlopen = (void *(*)(const char *, int))atoll_real("dlopen");
    if (!is_shared() || !path || !path[0] || flags & RTLD_NOLOAD) return real_dlopen(path, flags);
    while (!swap(&atoll_image()->loading, 0, 1)) {
        atoll_image_look();
        atoll_sys_nap(50000);
    }
    return load_everywhere(path, flags);
}

// Threads of other ranks may be in it: nothing is unloaded, as POSIX allows.
SHOWN int dlclose(void *handle) {
    if (!is_shared()) return ((int (*)(void *))atoll_real("dlclose"))(handle);
    return 0;
}
