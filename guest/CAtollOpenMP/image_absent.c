// SPDX-License-Identifier: Apache-2.0
//
// Stand-ins for what the other parts of the runtime bring; each of theirs takes precedence.


#include "image.h"

#define ABSENT __attribute__((weak))

ABSENT void atoll_heap_create(bool is_zero) { (void)is_zero; }

ABSENT void *atoll_heap_allocate(uint64_t bytes, uint64_t alignment) {
    // Half of the heap, from the end downwards; nothing is given back.
    struct atoll_image *image = atoll_image();
    uint64_t *cursor = &image->reserved4[0];
    swap(cursor, 0, image->heap_offset + image->heap_bytes / 2);
    uint64_t at = __atomic_fetch_add(cursor, (bytes + 2 * alignment) & ~(alignment - 1),
                                     __ATOMIC_ACQ_REL);
    return (void *)(ATOLL_IMAGE_BASE + ((at + alignment - 1) & ~(alignment - 1)));
}
ABSENT void atoll_heap_free(void *block) { (void)block; }
ABSENT uint64_t atoll_heap_end(void) { return atoll_image()->heap_bytes; }
ABSENT void atoll_runtime_begin(void) {}
ABSENT void atoll_worker(uint64_t record) {
    (void)record;
    for (;;) atoll_sys_nap(1000000000);
}
ABSENT void atoll_runtime_thread_end(uint64_t record) { (void)record; }
ABSENT void atoll_io_begin(void) {}
