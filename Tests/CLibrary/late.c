// SPDX-License-Identifier: Apache-2.0
//
// The last thread comes to the barrier only when the file exists that the argument names.

#define _DEFAULT_SOURCE
#include <atoll.h>
#include <stdio.h>
#include <unistd.h>

static int work(atoll_thread *me, void *file) {
    if (atoll_thread_rank(me) == atoll_thread_size(me) - 1)
        while (access(file, F_OK) != 0) usleep(10000);
    return atoll_barrier(me);
}

int main(int argc, char **argv) {
    atoll_team *team;
    if (argc != 2 || atoll_team_join(&team) != 0 || atoll_team_run(team, work, argv[1]) != 0) return 1;
    atoll_team_leave(team);
    return 0;
}
