// SPDX-License-Identifier: Apache-2.0
//
// The program itself: from the loader's jump to its first instruction, through main, to exit.

#include "atoll_memory.h"
#include "atoll_ompt.h"
#include "ending.h"
#include "signals.h"
#include "start.h"

#include <stdlib.h>
#include <string.h>

typedef int program_main(int, char **, char **);
typedef int libc_start(program_main *, int, char **, void (*)(void), void (*)(void), void (*)(void),
                       void *);

static struct {
    program_main *main;
    int argc;
    char **argv;
    void (*init)(void), (*fini)(void), (*rtld_fini)(void);
} program;

// The first function registered is the last to run: after it rank 0 does nothing that others see.
static void at_exit(int status, void *unused) {
    (void)unused;
    atoll_ompt_end();
    atoll_end_mark(status);
}

static void at_quick_exit_(void *unused) {
    (void)unused;
    atoll_end_mark(0);
}

// Arguments, environment and auxiliary vector, as the kernel laid them out, in the image: main's argv
// is passed on to threads of other ranks.
static char **arguments_in_image(int argc, char **argv) {
    uint64_t *from = (uint64_t *)argv - 1, words = 1 + (uint64_t)argc + 1, text = 0;
    for (uint64_t n = 0; n < (uint64_t)argc; n++) text += strlen(argv[n]) + 1;
    char **environment = argv + argc + 1;
    for (; *environment; environment++, words++) text += strlen(*environment) + 1;
    words++;
    uint64_t auxiliary = words;
    while (from[words]) words += 2;
    words += 2;
    uint64_t *to = malloc(8 * words + text);
    if (!to) return argv;
    char *cursor = (char *)(to + words);
    memcpy(to, from, 8 * words);
    to[0] = (uint64_t)argc;
    for (uint64_t n = 1; n < auxiliary; n++) {
        if (!from[n]) continue;
        uint64_t length = strlen((const char *)from[n]) + 1;
        memcpy(cursor, (const char *)from[n], length);
        to[n] = (uint64_t)cursor;
        cursor += length;
    }
    return (char **)(to + 1);
}

// A tool begins when all constructors have run, its own among them.
static int run_main(int argc, char **argv, char **environment) {
    atoll_ompt_start();
    return program.main(argc, argv, environment);
}

void *atoll_run_program(void) {
    libc_start *start = atoll_real("__libc_start_main");
    int (*on_exit_function)(void (*)(int, void *), void *) = atoll_real("on_exit");
    on_exit_function(at_exit, 0);
    int (*at_quick_exit_function)(void (*)(void *), void *) = atoll_real("__cxa_at_quick_exit");
    if (at_quick_exit_function) at_quick_exit_function(at_quick_exit_, 0);
    char **argv = arguments_in_image(program.argc, program.argv);
    atoll_image()->environment = (uint64_t)(argv + program.argc + 1);
    atoll_process.is_complete = 1;
    atoll_runtime_begin();
    atoll_io_begin();
    atoll_signals_tell();
    atoll_environment_tell((char **)atoll_image()->environment);
    uint64_t here;
    exit(start(run_main, program.argc, argv, program.init, program.fini, program.rtld_fini,
               &here));
}

__attribute__((visibility("default"))) int __libc_start_main(
    program_main *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
    void (*rtld_fini)(void), void *stack_end) {
    (void)stack_end;
    program.main = main;
    program.argc = argc;
    program.argv = argv;
    program.init = init;
    program.fini = fini;
    program.rtld_fini = rtld_fini;
    atoll_initial_stack_return();
}

// The starter lays what the program's own variables were beside those that are for the loader.
static const char was[] = "ATOLL_OPENMP_WAS_";
static const char *const loaders[] = {"LD_PRELOAD=", "LD_LIBRARY_PATH=", "LD_BIND_NOW="};

void atoll_strip_environment(char **environment) {
    char **to = environment;
    for (char **from = environment; *from; from++) {
        char *text = *from;
        bool is_ours = !strncmp(text, "ATOLL_OPENMP=", 13);
        for (unsigned i = 0; i < sizeof loaders / sizeof *loaders; i++)
            is_ours |= !strncmp(text, loaders[i], strlen(loaders[i]));
        if (is_ours) continue;
        *to++ = strncmp(text, was, sizeof was - 1) ? text : text + sizeof was - 1;
    }
    *to = 0;
}
