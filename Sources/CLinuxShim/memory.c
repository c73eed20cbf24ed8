// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "linux_memory.h"
#include "common.h"

#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ  // since Linux 5.14, which older headers lack
#define MADV_POPULATE_READ 22
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

int atoll_advise(void *base, size_t bytes, int advice) {
    int kernels = advice == ATOLL_ADVICE_HUGE            ? MADV_HUGEPAGE
                  : advice == ATOLL_ADVICE_POPULATE_READ ? MADV_POPULATE_READ
                                                         : MADV_POPULATE_WRITE;
    return checked(madvise(base, bytes, kernels));
}

int atoll_resident(void *base, size_t bytes, uint8_t *pages) { return checked(mincore(base, bytes, pages)); }
int atoll_make_link(const char *target, const char *path) { return checked(symlink(target, path)); }
