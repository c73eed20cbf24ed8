// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-rdynamic
// A tool in the program itself (OMPT) hears of each thread, region, task and lock, wherever the thread runs.
#define _GNU_SOURCE
#include <dlfcn.h>
#include "check.h"

enum { BEGIN = 1, END = 2, REGIONS = 20, EVENTS = 32 };

typedef void (*entry)(void);
typedef int set_callback(int event, entry callback);
typedef unsigned long long *get_thread_data(void);

static struct result {
	int (*initialize)(entry (*lookup)(const char *), int device, void *data);
	void (*finalize)(void *data);
	unsigned long long data;
} result;

static get_thread_data *thread_data;
static int started, began[EVENTS], ended[EVENTS], seen[4];

static void count(int *column, int event) { __atomic_fetch_add(&column[event], 1, __ATOMIC_RELAXED); }

static void thread_begin(int kind, unsigned long long *data)
{
	count(began, 1);
	CHECK(kind == 1 || kind == 2);
	CHECK(*data == 0 && data == thread_data());
	*data = 4711;
}

static void parallel_begin(void *task, void *frame, void *region, unsigned threads, int flags, void *code)
{
	count(began, 3);
	CHECK(task && frame && region && flags && code && threads == 4);
}

static void parallel_end(void *region, void *task, int flags, void *code)
{
	count(ended, 3);
	CHECK(task && region && flags && code);
	// All of its implicit tasks are over.
	CHECK(began[7] == ended[7]);
}

static void implicit_task(int endpoint, void *region, void *task, unsigned size, unsigned index, int flags)
{
	if (flags & 1)
		return;
	count(endpoint == BEGIN ? began : ended, 7);
	CHECK(task && (endpoint == END || (region && size == 4)));
	CHECK(*thread_data() == 4711);
	if (endpoint == BEGIN)
		seen[index]++;
}

static void mutex_acquired(int kind, unsigned long long which, void *code)
{
	CHECK(kind == 1 && which && code);
	count(began, 27);
}

static void mutex_released(int kind, unsigned long long which, void *code)
{
	CHECK(kind == 1 && which && code);
	count(ended, 27);
}

static void task_create(void *maker, void *frame, void *task, int flags, int depends, void *code)
{
	CHECK(maker && frame && task && code && !depends && flags & 4);
	count(began, 5);
}

static void task_schedule(void *before, int status, void *after)
{
	CHECK(before && after);
	if (status == 1)
		count(ended, 5);
}

static int initialize(entry (*lookup)(const char *), int device, void *data)
{
	set_callback *set = (set_callback *)lookup("ompt_set_callback");

	(void)device;
	(void)data;
	thread_data = (get_thread_data *)lookup("ompt_get_thread_data");
	CHECK(set(1, (entry)thread_begin) == 5 && set(3, (entry)parallel_begin) == 5);
	CHECK(set(4, (entry)parallel_end) == 5 && set(7, (entry)implicit_task) == 5);
	CHECK(set(27, (entry)mutex_acquired) == 5 && set(17, (entry)mutex_released) == 5);
	CHECK(set(5, (entry)task_create) == 5 && set(6, (entry)task_schedule) == 5);
	started = 1;
	return 1;
}

static void finalize(void *data) { (void)data; }

struct result *ompt_start_tool(unsigned version, const char *runtime)
{
	CHECK(version >= 201811 && runtime);
	result.initialize = initialize;
	result.finalize = finalize;
	return &result;
}

int main(void)
{
	static long sum;
	omp_lock_t lock;

	omp_init_lock(&lock);
	for (int region = 0; region < REGIONS; region++) {
KEY(omp parallel num_threads(4))
		{
#pragma omp task
			{
				omp_set_lock(&lock);
				sum++;
				omp_unset_lock(&lock);
			}
		}
	}
	CHECK(sum == REGIONS * 4);
	// libgomp knows nothing of tools, and has no such name of its own.
	CHECK(started == (dlsym(RTLD_NEXT, "ompt_start_tool") != NULL));
	if (started) {
		CHECK(began[1] == 4);
		CHECK(began[3] == REGIONS && ended[3] == REGIONS);
		CHECK(began[7] == REGIONS * 4 && ended[7] == REGIONS * 4);
		CHECK(began[5] == REGIONS * 4 && ended[5] == REGIONS * 4);
		CHECK(began[27] == REGIONS * 4 && ended[27] == REGIONS * 4);
		for (int index = 0; index < 4; index++)
			CHECK(seen[index] == REGIONS);
	}
	return checked();
}
