// SPDX-License-Identifier: Apache-2.0
//
// Each rank's watcher: its initial thread, once the program runs on others.

#include "image.h"
#include "start.h"
#include "threads.h"

void atoll_image_look(void) {
    if (atoll_process.ranks < 2 || atoll_process.is_child) return;
    uint64_t end = load(&atoll_image()->end);
    if (end && atoll_process.rank != 0) atoll_sys_exit(0);
}

void atoll_image_fail(int code, const char *sentence) {
    SAY(sentence, "");
    if (atoll_process.ranks > 1 && !atoll_process.is_child && atoll_process.rank != 0) {
        swap(&atoll_image()->end, 0, ATOLL_END_AT_ONCE | (uint64_t)(uint32_t)code << 8);
        for (;;) atoll_sys_nap(1000000000);
    }
    atoll_sys_exit(code);
}

void atoll_watch(void) {
    uint64_t *heartbeat = &atoll_rank(atoll_process.rank)->heartbeat;
    for (;;) {
        store(heartbeat, *heartbeat + 1);
        atoll_spawn_wanted();
        atoll_strands_clear();
        atoll_image_look();
        atoll_sys_nap(1000000);
    }
}
