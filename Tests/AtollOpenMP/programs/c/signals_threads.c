// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread,-D_GNU_SOURCE
// A signal for one thread (pthread_kill, raise) is handled by that thread, wherever it runs, and ends what it waits in;
// so is a fault, whose handler may go on from elsewhere.
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

enum { TEAM = 4, KINDS = 4 };

static _Thread_local volatile int mine, raised;
static _Thread_local sigjmp_buf back;
static int empty[2], ready, ended;

static void count(int number) { mine += number == SIGUSR1; }
static void count_info(int number, siginfo_t *info, void *context)
{
	raised += number == SIGUSR2 && info->si_signo == number && context != NULL;
}
static void jump(int number) { siglongjmp(back, number); }

static int is_interrupted(int kind)
{
	const struct timespec long_time = {100000, 0};
	struct pollfd descriptor = {.fd = empty[0], .events = POLLIN};
	char byte;
	int result;

	errno = 0;
	switch (kind) {
	case 0:
		result = (int)read(empty[0], &byte, 1);
		break;
	case 1:
		result = poll(&descriptor, 1, -1);
		break;
	case 2:
		result = nanosleep(&long_time, NULL);
		break;
	default:
		result = pause();
	}
	return result == -1 && errno == EINTR;
}

int main(void)
{
	struct sigaction action = {.sa_handler = count}, fault = {.sa_handler = jump}, info = {.sa_flags = SA_SIGINFO};
	pthread_t threads[TEAM];
	int volatile *volatile nowhere = NULL;

	info.sa_sigaction = count_info;
	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
	CHECK(sigaction(SIGUSR2, &info, NULL) == 0);
	CHECK(sigaction(SIGSEGV, &fault, NULL) == 0);
	CHECK(pipe(empty) == 0);
	for (int kind = 0; kind < KINDS; kind++) {
		ready = ended = 0;
#pragma omp parallel num_threads(TEAM)
		{
			int me = omp_get_thread_num(), is_target = me == TEAM - 1;

			threads[me] = pthread_self();
#pragma omp barrier
			if (is_target) {
				mine = 0;
				__atomic_store_n(&ready, 1, __ATOMIC_SEQ_CST);
				CHECK(is_interrupted(kind));
				CHECK(mine >= SOUND(1, 1000));
				__atomic_store_n(&ended, 1, __ATOMIC_SEQ_CST);
			} else if (me == 1) {
				while (!__atomic_load_n(&ready, __ATOMIC_SEQ_CST))
					sched_yield();
				// It may not wait yet.
				while (!__atomic_load_n(&ended, __ATOMIC_SEQ_CST)) {
					CHECK(pthread_kill(threads[TEAM - 1], SIGUSR1) == 0);
					usleep(3000);
				}
			}
		}
	}
#pragma omp parallel num_threads(TEAM)
	for (int i = 0; i < 3; i++) {
		raised = 0;
		CHECK(raise(SIGUSR2) == 0);
		CHECK(raised == 1);
		CHECK(pthread_kill(pthread_self(), SIGUSR2) == 0);
		CHECK(raised == 2);
		CHECK(pthread_kill(pthread_self(), 0) == 0);
		if (sigsetjmp(back, 1) == 0) {
			*nowhere = 1;
			CHECK(!"got here");
		} else {
			raised = 7;
		}
		CHECK(raised == 7);
	}
	CHECK(sigaction(SIGSEGV, NULL, &action) == 0 && action.sa_handler == jump);
	return checked();
}
