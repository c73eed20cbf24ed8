// SPDX-License-Identifier: Apache-2.0
//
// Reductions by tasks of clang's code (OpenMP 5.1, section 2.21.5.6). Each thread of the team has copies
// of a task group's variables; the end of the group puts them together.

#include <stdlib.h>

#include "atoll_image.h"
#include "kmpc.h"

#define HERE struct ident *where, int32_t global
#define UNUSED (void)where, (void)global

struct variable {
	void *shared;
	void *original;
	size_t size;
	void (*initialise)(void *copy, void *original);
	void (*destroy)(void *copy);
	void (*combine)(void *into, void *from);
	uint32_t flags;
};

struct reductions {
	struct reductions *outer;
	int32_t depth;      // of the task group, in its thread
	int32_t count, threads;
	struct {
		struct variable variable;
		char *copies;
		size_t stride;
	} all[];
};

// What the tasks that run on this thread reduce into, and how many of its task groups are open.
static __thread struct reductions *current;
static __thread int32_t depth;

struct reductions *atoll_kmpc_set_reductions(struct reductions *next)
{
	struct reductions *before = current;

	current = next;
	return before;
}

void *__kmpc_taskred_init(int32_t global, int32_t count, const struct variable *list)
{
	int32_t threads = omp_get_num_threads();
	struct reductions *new = calloc(1, sizeof(*new) + (size_t)count * sizeof(new->all[0]));

	(void)global;
	if (new == NULL)
		atoll_image_fail(126, "no memory for a reduction by tasks");
	new->outer = current;
	new->depth = depth;
	new->count = count;
	new->threads = threads;
	for (int32_t each = 0; each < count; each++) {
		const struct variable *from = &list[each];
		size_t stride = (from->size + 63) & ~(size_t)63;

		new->all[each].variable = *from;
		new->all[each].stride = stride;
		new->all[each].copies = aligned_alloc(64, stride * (size_t)threads);
		if (new->all[each].copies == NULL)
			atoll_image_fail(126, "no memory for a reduction by tasks");
		for (int32_t thread = 0; thread < threads; thread++) {
			char *copy = new->all[each].copies + stride * (size_t)thread;

			if (from->initialise)
				from->initialise(copy, from->original ? from->original :
									from->shared);
			else
				__builtin_memset(copy, 0, from->size);
		}
	}
	current = new;
	return new;
}

void *__kmpc_task_reduction_get_th_data(int32_t global, struct reductions *group, void *address)
{
	int32_t thread = omp_get_thread_num();

	(void)global;
	for (struct reductions *each = group ? group : current; each; each = each->outer)
		for (int32_t index = 0; index < each->count; index++) {
			const struct variable *variable = &each->all[index].variable;
			char *copies = each->all[index].copies;
			size_t stride = each->all[index].stride;

			if (address == variable->shared || address == variable->original ||
			    ((char *)address >= copies &&
			     (char *)address < copies + stride * (size_t)each->threads))
				return copies + stride * (size_t)thread;
		}
	return address;
}

static void finish(struct reductions *group)
{
	for (int32_t index = 0; index < group->count; index++) {
		const struct variable *variable = &group->all[index].variable;

		for (int32_t thread = 0; thread < group->threads; thread++) {
			char *copy = group->all[index].copies +
				     group->all[index].stride * (size_t)thread;

			variable->combine(variable->shared, copy);
			if (variable->destroy)
				variable->destroy(copy);
		}
		free(group->all[index].copies);
	}
	free(group);
}

void __kmpc_taskgroup(HERE)
{
	UNUSED;
	depth++;
	GOMP_taskgroup_start();
}

void __kmpc_end_taskgroup(HERE)
{
	UNUSED;
	GOMP_taskgroup_end();
	while (current && current->depth == depth) {
		struct reductions *group = current;

		current = group->outer;
		finish(group);
	}
	depth--;
}

// The task modifier of a region's or a loop's reduction: each implicit task has such a group of its own,
// whose variables are the thread's private ones.
void *__kmpc_taskred_modifier_init(HERE, int32_t is_worksharing, int32_t count,
				   const struct variable *list)
{
	(void)is_worksharing;
	__kmpc_taskgroup(where, global);
	return __kmpc_taskred_init(global, count, list);
}

void __kmpc_task_reduction_modifier_fini(HERE, int32_t is_worksharing)
{
	(void)is_worksharing;
	__kmpc_end_taskgroup(where, global);
}
