// SPDX-License-Identifier: Apache-2.0
//
// fork. A child is to have copies of the program's memory, but memory that several processes map is
// shared by parent and child too: first of all the stack on which fork runs, and the thread's own data.
// So the watcher of rank 0 forks, whose stack and data are its process's alone. In the child it maps
// the image privately, writes to every page in use, so that it has its own, and then goes on as the
// thread that called fork: on a copy of its stack, with a copy of its thread-local variables. The
// caller waits meanwhile; so do the child's parents, in whichever rank they run.

#include "atoll_memory.h"
#include "bell.h"
#include "child.h"
#include "forward_entry.h"
#include "segments.h"
#include "start.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))

struct request {
    struct atoll_context context;
    uint64_t thread_pointer;
    uint64_t signals;           // what the caller blocks
    uint64_t cpus[16];
    uint64_t done;
    int64_t pid;
    int64_t error;
    uint64_t is_child;
};

// --------------------------------------------------------------------- handlers of pthread_atfork

struct handlers {
    void (*prepare)(void), (*parent)(void), (*child)(void);
    struct handlers *earlier, *later;
};

struct handler_list { struct handlers *first, *last; };

static struct handler_list *handlers(void) {
    return (struct handler_list *)&atoll_image()->fork_first;
}

SHOWN int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
                            void *library) {
    (void)library;  // is never unloaded
    struct handlers *new = atoll_heap_allocate(sizeof *new, 16);
    if (!new) return ENOMEM;
    // Programs register these before they fork, and one at a time.
    *new = (struct handlers){prepare, parent, child, handlers()->last, 0};
    if (new->earlier)
        new->earlier->later = new;
    else
        handlers()->first = new;
    handlers()->last = new;
    return 0;
}

static void before(void) {
    for (struct handlers *at = handlers()->last; at; at = at->earlier)
        if (at->prepare) at->prepare();
}
static void after(bool is_child) {
    for (struct handlers *at = handlers()->first; at; at = at->later) {
        void (*handler)(void) = is_child ? at->child : at->parent;
        if (handler) handler();
    }
}

// ---------------------------------------------------------------------------------- the caller

static void begin_child(void) {
    atoll_process.is_child = 1;
    atoll_image()->own_threads = 1;
    atoll_runtime_child();
}

static pid_t fork_by_watcher(bool runs_handlers) {
    struct request request = {0};
    struct request *shared = &request;
    if (runs_handlers) before();
    atoll_syscall(SYS_rt_sigprocmask, SIG_BLOCK, 0, (uint64_t)&shared->signals, 8, 0, 0);
    // Other ranks' threads block what is rank 0's to handle.
    if (atoll_process.rank != 0) shared->signals = *atoll_io_program_signals();
    __asm__("movq %%fs:0, %0" : "=r"(shared->thread_pointer));
    atoll_syscall(SYS_sched_getaffinity, 0, sizeof shared->cpus, (uint64_t)shared->cpus, 0, 0, 0);
    if (atoll_context_save(&shared->context) != 0) {
        // The child, on a copy of this stack.
        begin_child();
        atoll_io_child();
        if (runs_handlers) after(true);
        return 0;
    }
    uint64_t *slot = &atoll_image()->fork_request;
    while (!swap(slot, 0, (uint64_t)shared)) {
        atoll_image_look();
        atoll_sys_nap(100000);
    }
    atoll_ring(0);
    while (!load(&shared->done)) {
        atoll_image_look();
        atoll_sys_nap(100000);
    }
    if (runs_handlers) after(false);
    if (shared->pid < 0) errno = (int)shared->error;
    return (pid_t)shared->pid;
}

static bool is_shared(void) {
    return atoll_process.is_begun && atoll_image_fd >= 0 && !atoll_process.is_child;
}

SHOWN pid_t fork(void) {
    if (is_shared()) return fork_by_watcher(true);
    if (!atoll_process.is_begun) return ((pid_t(*)(void))atoll_real("fork"))();
    pid_t (*real)(void) = (pid_t(*)(void))atoll_real("fork");
    before();
    atoll_memory_freeze();
    pid_t pid = real();
    atoll_memory_thaw();
    if (pid == 0) begin_child();
    after(pid == 0);
    return pid;
}

SHOWN pid_t _Fork(void) {
    if (is_shared()) return fork_by_watcher(false);
    pid_t (*real)(void) = (pid_t(*)(void))atoll_real("_Fork");
    if (!real) return fork();
    pid_t pid = real();
    if (pid == 0) begin_child();
    return pid;
}

// --------------------------------------------------------------------------------- the watcher

static uint64_t *flag;      // shared by parent and child, and by nobody else
static uint8_t *resident;   // of each page of the image, while a child is made

// What the child has to make its own: the image, up to the last block, and the segments.
static struct atoll_segment part[1 + ATOLL_IMAGE_SEGMENTS];
static uint64_t parts;

static void list_parts(void) {
    const struct atoll_image *image = atoll_image();
    part[0] = (struct atoll_segment){ATOLL_IMAGE_BASE, image->heap_offset + atoll_heap_end(), 0, 0};
    parts = 1 + image->segments;
    memcpy(part + 1, (const void *)image->list_address, image->segments * sizeof *part);
}

// A file in memory gives private pages, and knows which there are: those are written to, so that they
// are as they are now.
static bool take_from_file(void) {
    if (!atoll_process.is_local || atoll_syscall(SYS_mincore, ATOLL_IMAGE_BASE, part[0].bytes,
                                                 (uint64_t)resident, 0, 0, 0) < 0)
        return false;
    for (uint64_t i = 0; i < parts; i++) {
        uint64_t bytes = i == 0 ? atoll_process.bytes : part[i].bytes;
        if (atoll_sys_mmap(part[i].address, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
                           atoll_image_fd, atoll_image_fd_offset + part[i].offset) < 0)
            return false;
        for (uint64_t at = 0; at < part[i].bytes; at += 4096) {
            volatile uint64_t *word = (volatile uint64_t *)(part[i].address + at);
            if (resident[(part[i].offset + at) >> 12] & 1) *word = *word;
        }
    }
    return true;
}

static bool is_zero(const uint64_t *page) {
    for (unsigned i = 0; i < 512; i++)
        if (page[i]) return false;
    return true;
}

// A device gives no private pages: its bytes are copied, from a mapping of their own, since in the
// image's there are guard pages.
static bool take_from_device(void) {
    long from = atoll_sys_mmap(0, part[0].bytes, PROT_READ, MAP_SHARED, atoll_image_fd,
                               atoll_image_fd_offset);
    if (from < 0) return false;
    for (uint64_t i = 0; i < parts; i++) {
        uint64_t bytes = i == 0 ? atoll_process.bytes : part[i].bytes;
        if (atoll_sys_mmap(part[i].address, bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) < 0)
            return false;
        for (uint64_t at = 0; at < part[i].bytes; at += 4096) {
            const void *page = (const void *)((uint64_t)from + part[i].offset + at);
            if (!is_zero(page)) memcpy((void *)(part[i].address + at), page, 4096);
        }
    }
    atoll_sys_munmap((uint64_t)from, part[0].bytes);
    return true;
}

// Thread ids are in a thread's data, where only libc knows; its own, in this thread, says where.
static void set_thread_id(uint64_t thread_pointer) {
    uint64_t mine;
    __asm__("movq %%fs:0, %0" : "=r"(mine));
    uint32_t id = (uint32_t)atoll_syscall(SYS_gettid, 0, 0, 0, 0, 0, 0);
    for (uint64_t at = 0; at < 2048; at += 4) {
        if (*(uint32_t *)(mine + at) != id) continue;
        *(uint32_t *)(thread_pointer + at) = id;
        atoll_syscall(SYS_set_tid_address, thread_pointer + at, 0, 0, 0, 0, 0);
        return;
    }
}

static void become(struct request *request) __attribute__((noreturn));
static void become(struct request *request) {
    list_parts();
    if (!take_from_file() && !take_from_device()) atoll_sys_exit(127);
    atoll_memory_protect_again();
    atoll_memory_thaw();
    atoll_process.is_child = 1;
    request->is_child = 1;
    store(flag, 1);
    // The parent has what it waits for. From here on this is the caller's copy.
    atoll_syscall(SYS_sched_setaffinity, 0, sizeof request->cpus, (uint64_t)request->cpus, 0, 0, 0);
    set_thread_id(request->thread_pointer);
    const ptrdiff_t *area = atoll_real("__rseq_offset");
    const unsigned *area_bytes = atoll_real("__rseq_size");
    if (area && area_bytes && *area_bytes) {
        uint64_t mine;
        __asm__("movq %%fs:0, %0" : "=r"(mine));
        atoll_syscall(SYS_rseq, mine + (uint64_t)*area, 32, 1, RSEQ_SIG, 0, 0);
        atoll_syscall(SYS_rseq, request->thread_pointer + (uint64_t)*area, 32, 0, RSEQ_SIG, 0, 0);
    }
    struct atoll_context context = request->context;
    uint64_t signals = request->signals, thread_pointer = request->thread_pointer;
    atoll_syscall(SYS_arch_prctl, 0x1002, thread_pointer, 0, 0, 0, 0);  // ARCH_SET_FS
    atoll_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&signals, 0, 8, 0, 0);
    atoll_context_resume(&context);
}

void atoll_child_serve(void) {
    uint64_t *slot = &atoll_image()->fork_request;
    struct request *request = (struct request *)load(slot);
    if (!request) return;
    static pid_t (*real)(void);
    if (!real) real = (pid_t(*)(void))atoll_real("_Fork");
    if (!real) real = (pid_t(*)(void))atoll_real("fork");
    if (!flag)
        flag = (uint64_t *)atoll_sys_mmap(0, 4096, PROT_READ | PROT_WRITE,
                                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!resident)
        resident = (uint8_t *)atoll_sys_mmap(0, atoll_process.bytes >> 12, PROT_READ | PROT_WRITE,
                                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    store(flag, 0);
    atoll_memory_freeze();
    pid_t pid = real();
    if (pid == 0) become(request);
    request->pid = pid;
    request->error = errno;
    siginfo_t end = {0};
    while (pid > 0 && !load(flag)) {
        // Killed on its way, or short of memory: the caller has a child that has ended.
        if (atoll_syscall(SYS_waitid, P_PID, (uint64_t)pid, (uint64_t)&end,
                          WEXITED | WNOHANG | WNOWAIT, 0, 0) < 0 || end.si_pid)
            break;
        __atomic_fetch_add(&atoll_rank(0)->heartbeat, 1, __ATOMIC_RELEASE);
        atoll_sys_nap(50000);
    }
    atoll_memory_thaw();
    store(slot, 0);
    store(&request->done, 1);
}
