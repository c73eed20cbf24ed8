// SPDX-License-Identifier: Apache-2.0
//
//   mpi ROUNDS          (by mpirun)
//
// What MPI_Barrier takes, in nanoseconds.
#define _GNU_SOURCE
#include <mpi.h>

#include "clock.h"

int main(int count, char **words) {
    MPI_Init(&count, &words);
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    long rounds = count == 2 ? atol(words[1]) : 1000;
    for (long i = 0; i < rounds / 10 + 1; i++) MPI_Barrier(MPI_COMM_WORLD);
    uint64_t start = now();
    for (long i = 0; i < rounds; i++) MPI_Barrier(MPI_COMM_WORLD);
    uint64_t took = now() - start;
    if (rank == 0) print_figure(took, (uint64_t)rounds);
    MPI_Finalize();
    return 0;
}
