// SPDX-License-Identifier: Apache-2.0
//
// How a program begins.
//
// This library asks the loader to be initialised first (-z initfirst): all is loaded and relocated,
// and no constructor has run, not even libc's. There the ranks meet, and make the writable segments
// one. From then on rank 0 is the program: it alone runs constructors, main and exit, on a thread
// whose thread-local variables lie in the image. The other ranks never leave this constructor: they
// run threads for it.

#include "clock.h"
#include "ending.h"
#include "segments.h"
#include "start.h"
#include "threads.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <signal.h>
#include <string.h>

static struct atoll_segment_list list;

static void refuse(const char *what, const char *detail) __attribute__((noreturn));
static void refuse(const char *what, const char *detail) {
    SAY("OpenMP cannot start: ", what, detail);
    if (atoll_process.ranks > 1) store(&atoll_image()->state, ATOLL_IMAGE_REFUSED);
    atoll_sys_exit(126);
}

uint64_t atoll_own_base(void) {
    static uint64_t base;
    Dl_info info;
    if (!base && dladdr((void *)&atoll_own_base, &info)) base = (uint64_t)info.dli_fbase;
    return base;
}

static void answer_for_a_while(void) {
    for (int i = 0; i < 1000; i++) atoll_clock_answer();
    atoll_image_look();
    atoll_sys_yield();
}

static void meet(uint64_t state) {
    struct atoll_image *image = atoll_image();
    // Those who are late ask for the time on their way.
    uint64_t until = atoll_clock() + 120000000000u;
    while (atoll_process.rank == 0 && !atoll_process.is_local && load(&image->state) < state &&
           load(&image->ready) > 0 && load(&image->ready) < image->ranks && atoll_clock() < until)
        answer_for_a_while();
    if (!atoll_wait_word(&image->state, state, 120))
        refuse("not every rank has come; here is rank ", NUMBER(atoll_process.rank));
    if (load(&image->state) == ATOLL_IMAGE_REFUSED) atoll_sys_exit(126);
}

struct start { int argc; char **argv, **environment; };

// The constructors of libc and its kin, which the loader would run after ours; nobody else's.
static int construct(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    const struct start *start = context;
    if (!info->dlpi_name[0] || info->dlpi_addr == atoll_own_base() ||
        !atoll_is_of_the_process(info->dlpi_name, info->dlpi_addr) ||
        strstr(info->dlpi_name, "linux-vdso") || strstr(info->dlpi_name, "ld-linux"))
        return 0;
    typedef void (*constructor)(int, char **, char **);
    constructor *array = 0, single = 0;
    uint64_t count = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
        for (ElfW(Dyn) *at = (ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
             at->d_tag != DT_NULL; at++) {
            if (at->d_tag == DT_INIT) single = (constructor)(info->dlpi_addr + at->d_un.d_ptr);
            if (at->d_tag == DT_INIT_ARRAY)
                array = (constructor *)(info->dlpi_addr + at->d_un.d_ptr);
            if (at->d_tag == DT_INIT_ARRAYSZ) count = at->d_un.d_val / sizeof *array;
        }
    }
    if (single) single(start->argc, start->argv, start->environment);
    for (uint64_t i = 0; i < count; i++)
        array[i](start->argc, start->argv, start->environment);
    return 0;
}

// Rank 0 lists its segments and copies them; the others compare theirs; then all map them.
static void share_segments(const struct start *start) {
    struct atoll_image *image = atoll_image();
    atoll_segments_find(&list, 0);
    if (atoll_process.rank == 0) {
        const char *problem = atoll_segments_copy(&list);
        struct atoll_segment *published =
            problem ? 0 : atoll_heap_allocate(sizeof list.segment, 64);
        if (!published) refuse(problem ? problem : "the region is too small", "");
        memcpy(published, list.segment, sizeof list.segment);
        image->list_address = (uint64_t)published;
        image->segments = list.count;
        store(&image->state, ATOLL_IMAGE_LISTED);
    } else {
        meet(ATOLL_IMAGE_LISTED);
        const char *differs = atoll_segments_compare(
            &list, (const struct atoll_segment *)image->list_address, image->segments);
        if (differs) refuse("not the same program in every rank; what differs is ", differs);
        // Where the image has the bytes is rank 0's to say.
        memcpy(list.segment, (const void *)image->list_address, sizeof list.segment);
        // While the variables that libc shares with the program (environ, program_invocation_name)
        // are still this rank's: the program's are rank 0's to set.
        dl_iterate_phdr(construct, (void *)start);
    }
    long error = atoll_segments_map(list.segment, list.count);
    if (error < 0) refuse("cannot map the program's segments; error ", NUMBER(-error));
    store(&atoll_rank(atoll_process.rank)->state, ATOLL_RANK_READY);
    atoll_clock_compare();
    if (__atomic_add_fetch(&image->ready, 1, __ATOMIC_ACQ_REL) == image->ranks)
        swap(&image->state, ATOLL_IMAGE_LISTED, ATOLL_IMAGE_COMPLETE);
    meet(ATOLL_IMAGE_COMPLETE);
}

// ---------------------------------------------------------------------------------------- rank 0

static struct atoll_context initial, inside;
static uint64_t program_mask;
static char watcher_stack[256 << 10] __attribute__((aligned(64)));
static uint64_t has_left;

static void watch_from_here(void *unused) {
    (void)unused;
    store(&has_left, 1);
    atoll_watch();
}

// The program's main thread: on a stack of the image, until it takes the initial one over.
static void *take_over(void *unused) {
    (void)unused;
    while (!load(&has_left)) atoll_sys_yield();
    atoll_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&program_mask, 0, 8, 0, 0);
    if (atoll_context_save(&inside) == 0) atoll_context_resume(&initial);
    // Back on this stack: see __libc_start_main.
    return atoll_run_program();
}

// Returns on another thread than it was called on: the new one goes on with the loader's frames, on
// the initial stack, while the initial thread becomes the watcher. So all constructors run on the
// thread that runs main, and its thread-local variables lie in the image.
__attribute__((noinline)) static void hand_over(void) {
    if (atoll_context_save(&initial) != 0) return;
    uint64_t all = ~0ull;
    // The program's handlers run on the program's threads.
    atoll_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (uint64_t)&all, (uint64_t)&program_mask, 8, 0, 0);
    int error = atoll_strand_start(take_over, 0, 0, atoll_stack_of_main(), 0, true, 0);
    if (error) refuse("cannot make the main thread; error ", NUMBER(error));
    atoll_call_on(watcher_stack + sizeof watcher_stack, watch_from_here, 0);
}

void atoll_initial_stack_return(void) {
    atoll_context_resume(&inside);
}

__attribute__((constructor)) static void begin(int argc, char **argv, char **environment) {
    atoll_image_begin();
    if (atoll_image_fd >= 0) atoll_strip_environment(environment);
    struct start start = {argc, argv, environment};
    share_segments(&start);
    if (atoll_process.rank != 0) {
        atoll_end_catch_signals();
        atoll_process.is_complete = 1;
        atoll_runtime_begin();
        atoll_watch();
    }
    hand_over();
}
