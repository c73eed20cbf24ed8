// SPDX-License-Identifier: Apache-2.0
//
// How large the pages are that the image has got, for the launcher's report: what the kernel says of each
// mapping in /proc/self/smaps.

#include "ending.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

// A line's figure in KiB, if it begins with this name.
static bool has(const char *line, const char *name) {
    size_t length = strlen(name);
    return strncmp(line, name, length) == 0 && strtoull(line + length, 0, 10) > 0;
}

void atoll_pages_tell(void) {
    struct atoll_image *image = atoll_image();
    char line[256], bytes[4096];
    unsigned length = 0;
    bool is_image = false;
    long got, fd = atoll_syscall(SYS_openat, (uint64_t)AT_FDCWD, (uint64_t)"/proc/self/smaps",
                                 O_RDONLY | O_CLOEXEC, 0, 0, 0);
    if (fd < 0) return;
    while ((got = atoll_syscall(SYS_read, (uint64_t)fd, (uint64_t)bytes, sizeof bytes, 0, 0, 0)) > 0)
        for (long i = 0; i < got; i++) {
            if (bytes[i] != '\n') {
                if (length < sizeof line - 1) line[length++] = bytes[i];
                continue;
            }
            line[length] = 0;
            length = 0;
            // A mapping's first line begins with its address; the others' names are in capitals.
            uint64_t address = line[0] < 'A' || line[0] >= 'a' ? strtoull(line, 0, 16) : 0;
            if (address) is_image = address - ATOLL_IMAGE_BASE < image->bytes;
            if (is_image && (has(line, "ShmemPmdMapped:") || has(line, "FilePmdMapped:")))
                image->huge_page_bytes = 2 << 20;
        }
    atoll_syscall(SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
}
