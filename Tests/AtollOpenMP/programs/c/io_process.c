// SPDX-License-Identifier: Apache-2.0
// suite: clang
// One process to all threads: its number, its children, its signals, its name of the machine.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

static volatile int caught;
static void on_signal(int number) { __atomic_fetch_add(&caught, number, __ATOMIC_SEQ_CST); }

int main(void)
{
	pthread_t handles[4];
	pid_t process = getpid(), parent = getppid(), threads[4], child = 0;
	char host[100] = "", *arguments[] = {"sh", "-c", "exit 7", NULL};

	gethostname(host, sizeof host);
#pragma omp parallel
	{
		int me = omp_get_thread_num(), status = 0;
		char name[100] = "", line[40] = "";
		cpu_set_t set;

		CHECK(getpid() == process + SOUND(0, 1) && syscall(SYS_getpid) == process);
		CHECK(getppid() == parent && kill(process, 0) == 0);
		CHECK(gethostname(name, sizeof name) == 0 && strcmp(name, host) == 0);
		threads[me] = gettid();
		CHECK(syscall(SYS_gettid) == threads[me]);
#pragma omp barrier
		for (int other = 0; other < me; other++)
			CHECK(threads[other] != threads[me]);
		if (me == 1) {
			struct sigaction action = {.sa_handler = on_signal};

			CHECK(sigaction(SIGUSR1, &action, NULL) == 0 && signal(SIGUSR2, on_signal) == SIG_DFL);
		}
#pragma omp barrier
		if (me == 2)
			CHECK(kill(process, SIGUSR1) == 0);
		if (me == 3)
			CHECK(raise(SIGUSR2) == 0);
		while (caught != SIGUSR1 + SIGUSR2)
			dawdle(1);
#pragma omp barrier
		handles[me] = pthread_self();
#pragma omp barrier
		if (me == 1 || me == 2)
			CHECK(pthread_kill(handles[(me + 2) % 4], SIGUSR1) == 0);
		while (caught != 3 * SIGUSR1 + SIGUSR2)
			dawdle(1);
		CHECK(sched_getaffinity(gettid(), sizeof set, &set) == 0 && sched_setaffinity(gettid(), sizeof set, &set) == 0);
		if (me == 3)
			CHECK(posix_spawnp(&child, "sh", NULL, NULL, arguments, environ) == 0);
#pragma omp barrier
		if (me == 2)
			CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
		if (me == 3)
			CHECK(WEXITSTATUS(system("exit 5")) == 5 && WTERMSIG(system("kill -TERM $$")) == SIGTERM);
#pragma omp barrier
		if (me == 2 || me == 0) {
			pid_t short_lived = vfork();

			if (short_lived == 0)
				_exit(4);
			CHECK(waitpid(short_lived, &status, 0) == short_lived && WEXITSTATUS(status) == 4);
		}
		FILE *output = popen("echo from a child", "r");
		CHECK(fgets(line, sizeof line, output) && strcmp(line, "from a child\n") == 0);
		CHECK(pclose(output) == 0);
	}
	return checked();
}
