// SPDX-License-Identifier: Apache-2.0
//
// Tasks of clang's code. It writes its data into a block that it asks for first; to the tasks here, that
// block's address is all that there is to copy.

#include <stdlib.h>
#include <string.h>

#include "atoll_image.h"
#include "atoll_ompt.h"
#include "atoll_tasks.h"
#include "kmpc.h"

#define HERE struct ident *where, int32_t global
#define UNUSED (void)where, (void)global

// Flags of __kmpc_omp_task_alloc.
enum {
	TIED = 0x1,
	FINAL = 0x2,
	DESTRUCTORS = 0x8,
	PRIORITY = 0x20,
};

// Flags of GOMP_task.
enum {
	GOMP_UNTIED = 1 << 0,
	GOMP_FINAL = 1 << 1,
	GOMP_DEPEND = 1 << 3,
	GOMP_PRIORITY = 1 << 4,
	GOMP_DETACH = 1 << 13,
};

// Before the task in its block.
struct head {
	uint64_t bytes;
	uint64_t shareds;  // where they lie, from the task on
	struct reductions *reductions;
	struct event *event;
	int32_t flags;
	bool is_running;
	bool is_resumed;   // an untied task has come to the end of one of its parts
	void *in_place;    // what stands for it among the tasks while clang's code runs it itself
	int32_t reserved[4];
};
_Static_assert(sizeof(struct head) == 64, "what follows is aligned as the block is");

static struct head *head_of(struct task *task) { return (struct head *)task - 1; }

struct task *__kmpc_omp_task_alloc(HERE, int32_t flags, size_t size, size_t shareds,
				   kmpc_routine routine)
{
	size_t at = (size + 15) & ~(size_t)15;
	struct head *head = aligned_alloc(64, (sizeof(*head) + at + shareds + 63) & ~(size_t)63);
	struct task *task;

	UNUSED;
	if (head == NULL)
		atoll_image_fail(126, "no memory for a task");
	memset(head, 0, sizeof(*head) + at);
	head->bytes = at + shareds;
	head->shareds = at;
	head->flags = flags;
	head->reductions = atoll_kmpc_set_reductions(NULL);
	atoll_kmpc_set_reductions(head->reductions);
	task = (struct task *)(head + 1);
	task->shareds = shareds ? (char *)task + at : NULL;
	task->routine = routine;
	return task;
}

struct task *__kmpc_omp_target_task_alloc(HERE, int32_t flags, size_t size, size_t shareds,
					  kmpc_routine routine, int64_t device)
{
	(void)device;
	return __kmpc_omp_task_alloc(where, global, flags, size, shareds, routine);
}

int32_t __kmpc_omp_reg_task_with_affinity(HERE, struct task *task, int32_t count, void *list)
{
	UNUSED, (void)task, (void)count, (void)list;
	return 0;
}

// An event is named before its task begins: by a place for the name that it then gets. Such a name is odd.
struct event {
	uint64_t name;
};

void *__kmpc_task_allow_completion_event(HERE, struct task *task)
{
	struct event *event = calloc(1, sizeof(*event));

	UNUSED;
	if (event == NULL)
		atoll_image_fail(126, "no memory for an event");
	head_of(task)->event = event;
	return (char *)event + 1;
}

uint64_t atoll_kmpc_event(uint64_t name)
{
	struct event *event;

	if (!(name & 1))
		return name;
	event = (struct event *)(name - 1);
	name = event->name;
	free(event);
	return name;
}

static void release(struct task *task)
{
	if (head_of(task)->flags & DESTRUCTORS)
		task->first.destructors(__kmpc_global_thread_num(NULL), task);
	free(head_of(task));
}

// clang splits an untied task where it may be put off, and gives it to __kmpc_omp_task() for each next
// part. Here the same thread goes on with it at once.
static void run_parts(struct task *task)
{
	struct head *head = head_of(task);

	do {
		head->is_resumed = false;
		task->routine(__kmpc_global_thread_num(NULL), task);
	} while (head->is_resumed);
}

// What GOMP_task copies. It writes the name of an event first, where there is one.
struct handed {
	uint64_t event;
	struct task *task;
};

static void run(void *data)
{
	struct task *task = ((struct handed *)data)->task;
	struct kmpc_loop outer = *atoll_kmpc_loop();
	struct reductions *before = atoll_kmpc_set_reductions(head_of(task)->reductions);

	head_of(task)->is_running = true;
	run_parts(task);
	release(task);
	atoll_kmpc_set_reductions(before);
	*atoll_kmpc_loop() = outer;
}

static void begin(struct task *task, bool is_deferrable, void **depend)
{
	int32_t flags = head_of(task)->flags;
	struct event *event = head_of(task)->event;
	struct handed handed = { 0, task };
	unsigned gomp = 0;
	int priority = 0;

	if (!(flags & TIED))
		gomp |= GOMP_UNTIED;
	if (flags & FINAL)
		gomp |= GOMP_FINAL;
	if (flags & PRIORITY) {
		gomp |= GOMP_PRIORITY;
		priority = task->second.priority;
	}
	if (depend)
		gomp |= GOMP_DEPEND;
	if (event)
		gomp |= GOMP_DETACH;
	GOMP_task(run, &handed, NULL, sizeof(handed), _Alignof(struct handed), is_deferrable, gomp,
		  depend, priority, event);
}

int32_t __kmpc_omp_task(HERE, struct task *task)
{
	UNUSED;
	if (head_of(task)->is_running)
		head_of(task)->is_resumed = true;
	else
		begin(task, true, NULL);
	return 0;
}

int32_t __kmpc_omp_task_parts(HERE, struct task *task)
{
	return __kmpc_omp_task(where, global, task);
}

// Not deferred: clang's code calls the routine itself between these two.
void __kmpc_omp_task_begin_if0(HERE, struct task *task)
{
	struct head *head = head_of(task);

	UNUSED;
	head->is_running = true;
	head->in_place = atoll_task_begin_now(head->flags & FINAL ? ATOLL_TASK_FINAL : 0);
}

void __kmpc_omp_task_complete_if0(HERE, struct task *task)
{
	UNUSED;
	if (head_of(task)->is_resumed)
		run_parts(task);
	atoll_task_end_now(head_of(task)->in_place);
	release(task);
}

int32_t __kmpc_omp_taskwait(HERE) { UNUSED; GOMP_taskwait(); return 0; }
int32_t __kmpc_omp_taskyield(HERE, int32_t part) { UNUSED, (void)part; GOMP_taskyield(); return 0; }

// --------------------------------------------------------------------------------- dependences

// Kinds of clang's list, and those of an omp_depend_t of gcc's.
enum { IN = 1, OUT = 2, MUTEX_SET = 4, SET = 8, ALL_MEMORY = 0x80 };
enum { GOMP_IN_OUT_SET = 5 };

struct dependences {
	void **words;      // as GOMP_task has them: see build()
	void *few[5 + 3 * 16];
};

// gcc's order: 0, how many in all, of out, of mutexinoutset, of in; their addresses; then objects of two
// words, for what has no list of its own.
static void build(struct dependences *all, int32_t count, const struct dependence *list,
		  int32_t more, const struct dependence *more_list)
{
	size_t total = (size_t)count + (size_t)more, next = 5, objects;
	static const int order[] = { OUT, MUTEX_SET, IN };

	all->words = total <= 16 ? all->few : malloc((5 + 3 * total) * sizeof(void *));
	if (all->words == NULL)
		atoll_image_fail(126, "no memory for a task's dependences");
	objects = 5 + total;
	all->words[0] = NULL;
	all->words[1] = (void *)total;
	for (int kind = 0; kind < 3; kind++) {
		size_t first = next;

		for (size_t each = 0; each < total; each++) {
			const struct dependence *one =
				each < (size_t)count ? &list[each] : &more_list[each - count];
			int what = one->kind & ALL_MEMORY || one->kind & OUT ? OUT :
				   one->kind & MUTEX_SET ? MUTEX_SET : one->kind & SET ? SET : IN;

			if (what == order[kind])
				all->words[next++] =
					one->kind & ALL_MEMORY ? NULL : (void *)one->address;
		}
		all->words[2 + kind] = (void *)(next - first);
	}
	for (size_t each = 0; each < total; each++) {
		const struct dependence *one =
			each < (size_t)count ? &list[each] : &more_list[each - count];

		if (one->kind & ALL_MEMORY || !(one->kind & SET) || one->kind & (OUT | MUTEX_SET))
			continue;
		all->words[objects] = (void *)one->address;
		all->words[objects + 1] = (void *)(uintptr_t)GOMP_IN_OUT_SET;
		all->words[next++] = &all->words[objects];
		objects += 2;
	}
}

static void release_list(struct dependences *all)
{
	if (all->words != all->few)
		free(all->words);
}

int32_t __kmpc_omp_task_with_deps(HERE, struct task *task, int32_t count,
				  const struct dependence *list, int32_t more,
				  const struct dependence *more_list)
{
	struct dependences all;

	UNUSED;
	if (count + more == 0) {
		begin(task, true, NULL);
		return 0;
	}
	build(&all, count, list, more, more_list);
	begin(task, true, all.words);
	release_list(&all);
	return 0;
}

void __kmpc_omp_wait_deps(HERE, int32_t count, const struct dependence *list, int32_t more,
			  const struct dependence *more_list)
{
	struct dependences all;

	UNUSED;
	if (count + more == 0)
		return;
	build(&all, count, list, more, more_list);
	GOMP_taskwait_depend(all.words);
	release_list(&all);
}

// `is_nowait` lets the caller go on at once: to wait is to do more than it asks.
void __kmpc_omp_taskwait_deps_51(HERE, int32_t count, const struct dependence *list, int32_t more,
				 const struct dependence *more_list, int32_t is_nowait)
{
	(void)is_nowait;
	__kmpc_omp_wait_deps(where, global, count, list, more, more_list);
}

// ------------------------------------------------------------------------------------ taskloop

typedef void (*duplicate)(struct task *copy, struct task *from, int32_t is_last);

static struct task *copied(struct task *task)
{
	struct head *head = head_of(task);
	size_t bytes = (sizeof(*head) + head->bytes + 63) & ~(size_t)63;
	struct head *copy = aligned_alloc(64, bytes);
	struct task *result;

	if (copy == NULL)
		atoll_image_fail(126, "no memory for a task");
	memcpy(copy, head, sizeof(*head) + head->bytes);
	result = (struct task *)(copy + 1);
	if (task->shareds)
		result->shareds = (char *)result + head->shareds;
	return result;
}

static uint64_t trips(const struct task *task, int64_t step)
{
	if (step == 1)
		return task->high - task->low + 1;
	if (step < 0)
		return (task->low - task->high) / (uint64_t)-step + 1;
	return (task->high - task->low) / (uint64_t)step + 1;
}

// `low` and `high` lie in the task; schedule: 1: `size` is of grains, 2: of tasks.
static void taskloop(struct task *task, bool is_deferrable, int64_t step, bool is_grouped,
		     int32_t schedule, uint64_t size, bool is_strict, duplicate copy)
{
	uint64_t all, tasks, each, more, low = task->low;

	if (step == 0 || (step > 0 ? (int64_t)task->low > (int64_t)task->high :
				     (int64_t)task->low < (int64_t)task->high)) {
		release(task);
		return;
	}
	all = trips(task, step);
	if (schedule == 1 && size > 0)
		tasks = is_strict ? (all + size - 1) / size : all / size;
	else if (schedule == 2 && size > 0)
		tasks = size;
	else
		tasks = (uint64_t)omp_get_num_threads() * 10;
	if (tasks > all)
		tasks = all;
	if (tasks == 0)
		tasks = 1;
	each = schedule == 1 && is_strict ? size : all / tasks;
	more = schedule == 1 && is_strict ? 0 : all % tasks;
	if (atoll_ompt_is_on())
		atoll_ompt_taskloop(OMPT_BEGIN, all);
	if (is_grouped)
		__kmpc_taskgroup(NULL, 0);
	for (uint64_t number = 0; number < tasks; number++) {
		uint64_t count = each + (number < more ? 1 : 0);
		struct task *one;

		if (number == tasks - 1 && schedule == 1 && is_strict)
			count = all - each * number;
		one = copied(task);
		one->low = low;
		one->high = low + (count - 1) * (uint64_t)step;
		one->step = step;
		one->is_last = number == tasks - 1;
		low += count * (uint64_t)step;
		if (copy)
			copy(one, task, one->is_last);
		begin(one, is_deferrable, NULL);
	}
	release(task);
	if (is_grouped)
		__kmpc_end_taskgroup(NULL, 0);
	if (atoll_ompt_is_on())
		atoll_ompt_taskloop(OMPT_END, 0);
}

void __kmpc_taskloop(HERE, struct task *task, int32_t is_deferrable, uint64_t *low, uint64_t *high,
		     int64_t step, int32_t has_no_group, int32_t schedule, uint64_t size,
		     duplicate copy)
{
	UNUSED, (void)low, (void)high;
	taskloop(task, is_deferrable, step, !has_no_group, schedule, size, false, copy);
}

void __kmpc_taskloop_5(HERE, struct task *task, int32_t is_deferrable, uint64_t *low,
		       uint64_t *high, int64_t step, int32_t has_no_group, int32_t schedule,
		       uint64_t size, int32_t is_strict, duplicate copy)
{
	UNUSED, (void)low, (void)high;
	taskloop(task, is_deferrable, step, !has_no_group, schedule, size, is_strict, copy);
}
