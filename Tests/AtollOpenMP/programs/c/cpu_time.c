// SPDX-License-Identifier: Apache-2.0
// suite: clang
// The processor time of the program is that of all its threads, whichever of them asks; and never goes back.
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

static long long nanoseconds(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static long long process(void) { return nanoseconds(CLOCK_PROCESS_CPUTIME_ID); }
static long long own(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

static long long by_clock(void) { return (long long)clock() * (1000000000 / CLOCKS_PER_SEC); }

static long long by_usage(void)
{
	struct rusage usage;

	CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000ll +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000ll;
}

static long long by_times(void)
{
	struct tms times_used;

	times(&times_used);
	return (times_used.tms_utime + times_used.tms_stime) * (1000000000ll / sysconf(_SC_CLK_TCK));
}

// What the others have used counts, sooner or later; what this thread uses while it waits does not.
static int counts(long long (*clock_of)(void), long long before, long long own_before, long long others)
{
	const struct timespec nap = {0, 1000000};

	for (int looks = 0; looks < 3000; looks++) {
		long long mine = own();

		if (clock_of() - before - (mine - own_before) >= others)
			return 1;
		nanosleep(&nap, NULL);
	}
	return 0;
}

int main(void)
{
	enum { MILLISECONDS = 60 };
	long long (*const clocks[])(void) = {process, by_clock, by_usage, by_times};
	long long latest = 0;

	for (int asker = 0; asker < 4; asker += 3) {
		// Counted in steps of 10 ms at worst.
		long long used = 0, slack = 45 * 1000000ll;

#pragma omp parallel num_threads(4) shared(used)
		{
			long long before[4], own_before = own();

			for (int i = 0; i < 4; i++)
				before[i] = clocks[i]();
#pragma omp barrier
			if (omp_get_thread_num() != asker) {
				long long begun = own();

				while (own() - begun < MILLISECONDS * 1000000ll) {}
#pragma omp atomic
				used += SOUND(MILLISECONDS, 100 * MILLISECONDS) * 1000000ll;
			}
#pragma omp barrier
			if (omp_get_thread_num() == asker)
				for (int i = 0; i < 4; i++)
					CHECK(counts(clocks[i], before[i], own_before, used - slack));
		}
	}
#pragma omp parallel num_threads(4)
	for (int i = 0; i < 500; i++) {
#pragma omp critical
		{
			long long now = process();

			CHECK(now >= latest);
			latest = now;
		}
	}
	return checked();
}
