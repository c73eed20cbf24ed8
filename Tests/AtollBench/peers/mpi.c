// SPDX-License-Identifier: Apache-2.0
//
//   mpi ROUNDS          (by mpirun)       what MPI_Barrier takes, in nanoseconds
//   mpi ROUNDS wait                       the CPU time, in nanoseconds, of a process that waits at it for a second
#define _GNU_SOURCE
#include <mpi.h>

#include "clock.h"

// All but the first come a second late.
static uint64_t waits(int rank, long rounds) {
    uint64_t used = 0;
    for (long i = 0; i < rounds; i++) {
        MPI_Barrier(MPI_COMM_WORLD);
        struct timespec time, second = {1, 0};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        uint64_t before = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
        if (rank > 0) nanosleep(&second, NULL);
        MPI_Barrier(MPI_COMM_WORLD);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        used += (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec - before;
    }
    return used;
}

int main(int count, char **words) {
    MPI_Init(&count, &words);
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    long rounds = count >= 2 ? atol(words[1]) : 1000;
    if (count == 3) {
        uint64_t used = waits(rank, rounds);
        if (rank == 0) print_figure(used, (uint64_t)rounds);
        MPI_Finalize();
        return 0;
    }
    for (long i = 0; i < rounds / 10 + 1; i++) MPI_Barrier(MPI_COMM_WORLD);
    uint64_t start = now();
    for (long i = 0; i < rounds; i++) MPI_Barrier(MPI_COMM_WORLD);
    uint64_t took = now() - start;
    if (rank == 0) print_figure(took, (uint64_t)rounds);
    MPI_Finalize();
    return 0;
}
