// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-D_GNU_SOURCE
// mprotect counts for all threads: what one has protected another cannot touch, a handler of the fault may unprotect it
// again, and what was protected is as new when it is somebody else's. A child of fork has the protection too.
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096, PAGES = 64, TEAM = 4 };

static _Thread_local sigjmp_buf back;
static char *volatile opened;
static int faults;

static void jump(int number) { siglongjmp(back, number); }

static void open_again(int number, siginfo_t *info, void *context)
{
	(void)number, (void)context;
	__atomic_fetch_add(&faults, 1, __ATOMIC_SEQ_CST);
	opened = (char *)((unsigned long)info->si_addr & ~(PAGE - 1ul));
	mprotect(opened, PAGE, PROT_READ | PROT_WRITE);
}

static int can_write(volatile char *byte)
{
	if (sigsetjmp(back, 1))
		return 0;
	*byte = 1;
	return 1;
}

static int can_read(volatile char *byte)
{
	if (sigsetjmp(back, 1))
		return 0;
	return *byte >= 0;
}

int main(void)
{
	struct sigaction action = {.sa_handler = jump}, opens = {.sa_flags = SA_SIGINFO};
	char *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *none = mmap(NULL, PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status = -1;

	opens.sa_sigaction = open_again;
	CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
	CHECK(memory != MAP_FAILED && none != MAP_FAILED);
	CHECK(mprotect(memory + 1, PAGE, PROT_READ) == -1);
	for (int owner = 0; owner < TEAM; owner += TEAM - 1) {
#pragma omp parallel num_threads(TEAM)
		{
			int me = omp_get_thread_num();

			if (me == owner) {
				CHECK(mprotect(memory, 4 * PAGE, PROT_READ) == 0);
				CHECK(mprotect(memory + 8 * PAGE, PAGE, SOUND(PROT_NONE, PROT_READ)) == 0);
				CHECK(mprotect(none + PAGE, PAGE, PROT_READ | PROT_WRITE) == 0);
			}
#pragma omp barrier
			CHECK(!can_write(memory) && can_read(memory));
			CHECK(!can_write(memory + 3 * PAGE + 5));
			CHECK(can_write(memory + 4 * PAGE));
			CHECK(!can_read(memory + 8 * PAGE));
			CHECK(can_write(memory + 9 * PAGE));
			CHECK(!can_read(none) && can_write(none + PAGE) && !can_read(none + 2 * PAGE));
#pragma omp barrier
			if (me == TEAM - 1 - owner) {
				CHECK(mprotect(memory + PAGE, 2 * PAGE, PROT_READ | PROT_WRITE) == 0);
				CHECK(mprotect(none + PAGE, PAGE, PROT_NONE) == 0);
			}
#pragma omp barrier
			CHECK(!can_write(memory) && can_write(memory + PAGE) && can_write(memory + 2 * PAGE));
			CHECK(!can_write(memory + 3 * PAGE));
			CHECK(!can_read(none + PAGE));
		}
	}
	if (fork() == 0)
		_exit(can_read(memory) && !can_write(memory) && can_write(memory + PAGE) && !can_read(none));
	CHECK(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 1);

	// A handler that makes the access good.
	CHECK(sigaction(SIGSEGV, &opens, NULL) == 0);
#pragma omp parallel num_threads(TEAM)
#pragma omp critical
	{
		volatile char *byte = none + (10 + omp_get_thread_num()) * PAGE + 7;

		*byte = 3;
		CHECK(*byte == 3 && opened == byte - 7);
	}
	CHECK(faults == TEAM);
	CHECK(sigaction(SIGSEGV, &action, NULL) == 0);

	// The same addresses, as somebody else's.
	for (int round = 0; round < 4; round++) {
		CHECK(mprotect(memory, PAGES * PAGE, PROT_NONE) == 0);
		CHECK(munmap(memory, PAGES * PAGE) == 0);
		memory = malloc(PAGES * PAGE);
#pragma omp parallel num_threads(TEAM)
		for (int page = omp_get_thread_num(); page < PAGES; page += TEAM)
			CHECK(can_write(memory + page * PAGE));
		free(memory);
		memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#pragma omp parallel num_threads(TEAM)
		for (int page = omp_get_thread_num(); page < PAGES; page += TEAM)
			CHECK(memory[page * PAGE] == 0 && can_write(memory + page * PAGE));
	}
	return checked();
}
