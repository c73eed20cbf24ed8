// SPDX-License-Identifier: Apache-2.0
//
// What a mapping's pages are and shall be, and links to files elsewhere. As in linux_shim.h, a
// function gives what the call gives, or -errno.

#ifndef ATOLL_LINUX_MEMORY_H
#define ATOLL_LINUX_MEMORY_H

#include <stddef.h>
#include <stdint.h>

enum {
    ATOLL_ADVICE_HUGE = 1,            // large pages, where the file system asks for advice
    ATOLL_ADVICE_POPULATE_READ = 2,   // every page there, as if each were read
    ATOLL_ADVICE_POPULATE_WRITE = 3,  // and writable
};
int atoll_advise(void *base, size_t bytes, int advice);
/// For each small page one byte, whose lowest bit says whether it is there.
int atoll_resident(void *base, size_t bytes, uint8_t *pages);
/// Makes a link; fails with EEXIST where the name is taken, by a link too.
int atoll_make_link(const char *target, const char *path);

#endif  // ATOLL_LINUX_MEMORY_H
