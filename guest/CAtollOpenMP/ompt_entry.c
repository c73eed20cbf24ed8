// SPDX-License-Identifier: Apache-2.0
//
// The entry points that a tool gets (OpenMP 5.1, section 4.6).
#define _GNU_SOURCE
#include "ompt.h"
#include "atoll_api.h"
#include "atoll_core.h"
#include "atoll_openmp.h"

#include <sched.h>
#include <string.h>

int32_t omp_get_num_procs(void);
int32_t omp_get_num_devices(void);
int32_t omp_get_num_places(void);
int32_t omp_get_place_num_procs(int32_t place);
void omp_get_place_proc_ids(int32_t place, int32_t *ids);

// ---------------------------------------------------------------------------------- enumerations

struct named {
	int value;
	const char *name;
};

static int enumerate(const struct named *list, unsigned count, int current, int *next,
		     const char **name)
{
	for (unsigned each = 0; each + 1 < count; each++) {
		if (list[each].value != current)
			continue;
		*next = list[each + 1].value;
		*name = list[each + 1].name;
		return 1;
	}
	return 0;
}

static int enumerate_states(int current, int *next, const char **name)
{
	// "undefined" is what an enumeration begins with.
	static const struct named states[] = {
		{ 0x102, "ompt_state_undefined" },
		{ 0x000, "ompt_state_work_serial" },
		{ 0x001, "ompt_state_work_parallel" },
		{ 0x002, "ompt_state_work_reduction" },
		{ 0x011, "ompt_state_wait_barrier_implicit_parallel" },
		{ 0x012, "ompt_state_wait_barrier_implicit_workshare" },
		{ 0x013, "ompt_state_wait_barrier_implicit" },
		{ 0x014, "ompt_state_wait_barrier_explicit" },
		{ 0x015, "ompt_state_wait_barrier_implementation" },
		{ 0x020, "ompt_state_wait_taskwait" },
		{ 0x021, "ompt_state_wait_taskgroup" },
		{ 0x040, "ompt_state_wait_mutex" },
		{ 0x041, "ompt_state_wait_lock" },
		{ 0x042, "ompt_state_wait_critical" },
		{ 0x043, "ompt_state_wait_atomic" },
		{ 0x044, "ompt_state_wait_ordered" },
		{ 0x100, "ompt_state_idle" },
		{ 0x101, "ompt_state_overhead" },
	};

	return enumerate(states, sizeof(states) / sizeof(*states), current, next, name);
}

static int enumerate_mutex_impls(int current, int *next, const char **name)
{
	static const struct named impls[] = {
		{ 0, "ompt_mutex_impl_none" },
		{ 1, "atoll_mutex_impl_spin" },
	};

	return enumerate(impls, sizeof(impls) / sizeof(*impls), current, next, name);
}

// ------------------------------------------------------------------------------------- callbacks

enum { SET_ERROR, SET_NEVER, SET_IMPOSSIBLE, SET_SOMETIMES, SET_PAIRED, SET_ALWAYS };

// What compilers do without a call into a runtime (gcc: static loops, master, flush, reductions)
// nobody is told of.
static const uint8_t dispatched[OMPT_LAST + 1] = {
	[OMPT_THREAD_BEGIN] = SET_ALWAYS,
	[OMPT_THREAD_END] = SET_ALWAYS,
	[OMPT_PARALLEL_BEGIN] = SET_ALWAYS,
	[OMPT_PARALLEL_END] = SET_ALWAYS,
	[OMPT_TASK_CREATE] = SET_ALWAYS,
	[OMPT_TASK_SCHEDULE] = SET_ALWAYS,
	[OMPT_IMPLICIT_TASK] = SET_ALWAYS,
	[OMPT_CONTROL_TOOL] = SET_ALWAYS,
	[OMPT_SYNC_REGION_WAIT] = SET_ALWAYS,
	[OMPT_MUTEX_RELEASED] = SET_ALWAYS,
	[OMPT_DEPENDENCES] = SET_SOMETIMES,
	[OMPT_TASK_DEPENDENCE] = SET_ALWAYS,
	[OMPT_WORK] = SET_SOMETIMES,
	[OMPT_MASKED] = SET_SOMETIMES,
	[OMPT_SYNC_REGION] = SET_ALWAYS,
	[OMPT_LOCK_INIT] = SET_ALWAYS,
	[OMPT_LOCK_DESTROY] = SET_ALWAYS,
	[OMPT_MUTEX_ACQUIRE] = SET_ALWAYS,
	[OMPT_MUTEX_ACQUIRED] = SET_ALWAYS,
	[OMPT_NEST_LOCK] = SET_ALWAYS,
	[OMPT_FLUSH] = SET_SOMETIMES,
	[OMPT_CANCEL] = SET_ALWAYS,
	[OMPT_REDUCTION] = SET_SOMETIMES,
	[OMPT_DISPATCH] = SET_NEVER,
	[OMPT_ERROR] = SET_ALWAYS,
};

static int set_callback(int event, ompt_interface callback)
{
	struct atoll_image *image = atoll_image();
	uint64_t bit;

	if (event < 1 || event > OMPT_LAST)
		return SET_ERROR;
	bit = 1ull << event;
	// Those of devices, of which there are none.
	if (dispatched[event] <= SET_NEVER)
		return SET_NEVER;
	__atomic_store_n(&image->ompt[ATOLL_OMPT_CALLBACKS + event], (uint64_t)callback,
			 __ATOMIC_RELEASE);
	if (callback)
		__atomic_fetch_or(&image->ompt[ATOLL_OMPT_EVENTS], bit, __ATOMIC_RELEASE);
	else
		__atomic_fetch_and(&image->ompt[ATOLL_OMPT_EVENTS], ~bit, __ATOMIC_RELEASE);
	return callback ? dispatched[event] : SET_ALWAYS;
}

static int get_callback(int event, ompt_interface *callback)
{
	if (event < 1 || event > OMPT_LAST || !atoll_ompt_wants(event))
		return 0;
	*callback = (ompt_interface)atoll_image()->ompt[ATOLL_OMPT_CALLBACKS + event];
	return 1;
}

// ------------------------------------------------------------------------------ where a thread is

static void *get_thread_data(void) { return (void *)atoll_ompt_thread_data(); }

static int get_state(uint64_t *wait)
{
	uint64_t unused;

	return (int)atoll_ompt_state(wait ? wait : &unused);
}

static int get_parallel_info(int level, void **data, int *size)
{
	uint64_t address, count;

	if (!atoll_ompt_parallel_info(level, &address, &count))
		return 0;
	if (data)
		*data = (void *)address;
	if (size)
		*size = (int)count;
	return 2;
}

static int get_task_info(int level, int *flags, void **data, void **frame, void **parallel,
			 int *thread)
{
	struct atoll_ompt_task_info info;

	if (!atoll_ompt_task_info(level, &info))
		return 0;
	if (flags)
		*flags = (int)info.flags;
	if (data)
		*data = (void *)info.data;
	if (frame)
		*frame = (void *)info.frame;
	if (parallel)
		*parallel = (void *)info.parallel;
	if (thread)
		*thread = (int)info.thread;
	return 2;
}

// One block, of a task that the program has made.
static int get_task_memory(void **address, size_t *size, int block)
{
	uint64_t begin = 0;

	*size = block == 0 ? atoll_ompt_task_memory(&begin) : 0;
	*address = (void *)begin;
	return 0;
}

// ---------------------------------------------------------------------------------------- places

static int get_place_proc_ids(int place, int size, int *ids)
{
	int count = omp_get_place_num_procs(place);

	if (count > 0 && size >= count)
		omp_get_place_proc_ids(place, ids);
	return count;
}

static int get_partition_place_nums(int size, int *places)
{
	int first = 0, count = atoll_ompt_partition(&first);

	for (int each = 0; each < count && size >= count; each++)
		places[each] = first + each;
	return count;
}

// As places number it: those of the ranks one after the other. -1: it is none of those.
static int get_proc_id(void)
{
	uint32_t first = atoll_process.rank * atoll_process.threads;
	int processor = sched_getcpu();

	if (processor < 0 || atoll_process.ranks == 1)
		return processor;
	for (uint32_t each = 0; each < atoll_process.threads; each++) {
		// Ranks of one kernel share its processors out among them, see bind.c.
		uint32_t index = atoll_process.is_local ? first + each : each;

		if (atoll_own_processor(index % (uint32_t)atoll_usable_cpus()) == processor)
			return (int)(first + each);
	}
	return -1;
}

// ------------------------------------------------------------------------------------------- rest

static uint64_t get_unique_id(void)
{
	return __atomic_add_fetch(&atoll_image()->ompt[ATOLL_OMPT_UNIQUE], 1, __ATOMIC_RELAXED);
}

static int get_target_info(uint64_t *device, uint64_t *target, uint64_t *operation)
{
	(void)device, (void)target, (void)operation;
	return 0;
}

#define ENTRY(name, function) { "ompt_" #name, (ompt_interface)(function) }

ompt_interface atoll_ompt_lookup(const char *name)
{
	static const struct {
		const char *name;
		ompt_interface function;
	} entries[] = {
		ENTRY(enumerate_states, enumerate_states),
		ENTRY(enumerate_mutex_impls, enumerate_mutex_impls),
		ENTRY(set_callback, set_callback),
		ENTRY(get_callback, get_callback),
		ENTRY(get_thread_data, get_thread_data),
		ENTRY(get_num_procs, omp_get_num_procs),
		ENTRY(get_num_places, omp_get_num_places),
		ENTRY(get_place_proc_ids, get_place_proc_ids),
		ENTRY(get_place_num, atoll_ompt_own_place),
		ENTRY(get_partition_place_nums, get_partition_place_nums),
		ENTRY(get_proc_id, get_proc_id),
		ENTRY(get_state, get_state),
		ENTRY(get_parallel_info, get_parallel_info),
		ENTRY(get_task_info, get_task_info),
		ENTRY(get_task_memory, get_task_memory),
		ENTRY(get_target_info, get_target_info),
		ENTRY(get_num_devices, omp_get_num_devices),
		ENTRY(get_unique_id, get_unique_id),
		ENTRY(finalize_tool, atoll_ompt_end),
	};

	for (unsigned each = 0; each < sizeof(entries) / sizeof(*entries); each++)
		if (!strcmp(name, entries[each].name))
			return entries[each].function;
	return NULL;
}

// ompt_severity_t: a warning, or fatal.
void atoll_ompt_error(bool is_fatal, const char *message, size_t length)
{
	if (length == (size_t)-1)
		length = message ? strlen(message) : 0;
	atoll_ompt_call(OMPT_ERROR, is_fatal ? 2 : 1, (uint64_t)message, length,
			atoll_ompt_return_address(), 0, 0);
}

// (OpenMP 5.1, section 3.14.)
int32_t omp_control_tool(int32_t command, int32_t modifier, void *argument)
{
	if (!atoll_ompt_is_on())
		return -2;
	if (!atoll_ompt_wants(OMPT_CONTROL_TOOL))
		return -1;
	return (int32_t)atoll_ompt_call(OMPT_CONTROL_TOOL, (uint64_t)(int64_t)command,
					(uint64_t)(int64_t)modifier, (uint64_t)argument,
					atoll_ompt_return_address(), 0, 0);
}

int32_t omp_control_tool_(const int32_t *command, const int32_t *modifier)
{
	return omp_control_tool(*command, *modifier, NULL);
}
