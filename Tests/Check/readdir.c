// SPDX-License-Identifier: Apache-2.0
//
// readdir(3) for the processes of tests. Foundation's Process.run() lists /proc/self/fd and copies each entry as if it had
// its full size, past the end of the buffer where the last ones lie; where no memory follows, the process dies.
// Here each entry comes with room behind it. Loaded by LD_PRELOAD.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <string.h>

struct dirent *readdir(DIR *directory) {
    static struct dirent *(*real)(DIR *);
    static _Thread_local struct dirent entry;
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "readdir");
    struct dirent *found = real(directory);
    if (!found) return NULL;
    return memcpy(&entry, found, found->d_reclen < sizeof entry ? found->d_reclen : sizeof entry);
}
