// SPDX-License-Identifier: Apache-2.0
//
// What the shim's own files share.

#ifndef ATOLL_SHIM_COMMON_H
#define ATOLL_SHIM_COMMON_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline int checked(int result) { return result < 0 ? -errno : result; }

/// An array, closed by NULL, of strings that follow one another, each closed by NUL; NULL: no memory.
static inline char **vector(const uint8_t *strings, size_t count) {
    char **result = calloc(count + 1, sizeof *result);
    for (size_t i = 0; result && i < count; i++) {
        result[i] = (char *)strings;
        strings += strlen(result[i]) + 1;
    }
    return result;
}

#endif  // ATOLL_SHIM_COMMON_H
