// SPDX-License-Identifier: Apache-2.0
//
// What the files of the image's start share.

#ifndef ATOLL_IMAGE_PARTS_H
#define ATOLL_IMAGE_PARTS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "atoll_image.h"
#include "atoll_openmp.h"
#include "atoll_syscall.h"

#define HIDDEN __attribute__((visibility("hidden")))

static inline uint64_t load(const uint64_t *word) {
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}
static inline void store(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}
static inline bool swap(uint64_t *word, uint64_t expected, uint64_t desired) {
    return __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

/// A line to standard error, of these parts up to the first NULL, and "\n".
HIDDEN void atoll_say(const char *const *parts);
#define SAY(...) atoll_say((const char *const[]){"atoll: ", __VA_ARGS__, 0})
/// `value` in decimal, or for `base` 16 in hexadecimal, in `text`, of 24 bytes or more.
HIDDEN char *atoll_number(char *text, uint64_t value, unsigned base);
#define NUMBER(value) atoll_number((char[24]){0}, (uint64_t)(value), 10)
#define HEX(value) atoll_number((char[24]){0}, (uint64_t)(value), 16)

/// The value of a variable in the environment that the kernel gave this process; NULL: none.
HIDDEN const char *atoll_kernel_environment(const char *name);
/// argc, argv, environment and auxiliary vector, as the kernel laid them out.
HIDDEN uint64_t *atoll_kernel_stack(void);

/// Waits for a word of the header to reach a value: naps, and gives up if the program ends or after
/// `seconds`.
HIDDEN bool atoll_wait_word(const uint64_t *word, uint64_t at_least, unsigned seconds);

/// Before there is a watcher, whoever waits looks whether a rank has come and is gone; now and then.
HIDDEN void atoll_look_for_dead(void);

/// What maps a file's part of the image anew: for segments. -1: anonymous memory without a file.
HIDDEN extern int atoll_image_fd;
HIDDEN extern uint64_t atoll_image_fd_offset;

#endif  // ATOLL_IMAGE_PARTS_H
