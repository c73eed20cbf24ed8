// SPDX-License-Identifier: Apache-2.0
//
// The omp_ functions as Fortran calls them: arguments by address, `_8_` for integers of 8 bytes, and
// characters with their count and no zero (gfortran's conventions).

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int narrowed(int64_t value)
{
	return value > INT_MAX ? INT_MAX : value < INT_MIN ? INT_MIN : (int)value;
}

// A function without arguments.
#define GETS(type, name) \
	type name(void); \
	type name##_(void); \
	type name##_(void) { return name(); }

GETS(int32_t, omp_get_thread_num)
GETS(int32_t, omp_get_num_threads)
GETS(int32_t, omp_get_max_threads)
GETS(int32_t, omp_get_num_procs)
GETS(int32_t, omp_in_parallel)
GETS(int32_t, omp_get_dynamic)
GETS(int32_t, omp_get_nested)
GETS(int32_t, omp_get_max_active_levels)
GETS(int32_t, omp_get_supported_active_levels)
GETS(int32_t, omp_get_thread_limit)
GETS(int32_t, omp_get_level)
GETS(int32_t, omp_get_active_level)
GETS(int32_t, omp_get_cancellation)
GETS(int32_t, omp_get_proc_bind)
GETS(int32_t, omp_get_num_teams)
GETS(int32_t, omp_get_team_num)
GETS(int32_t, omp_get_max_teams)
GETS(int32_t, omp_get_teams_thread_limit)
GETS(int32_t, omp_get_num_devices)
GETS(int32_t, omp_get_initial_device)
GETS(int32_t, omp_get_device_num)
GETS(int32_t, omp_get_default_device)
GETS(int32_t, omp_is_initial_device)
GETS(int32_t, omp_get_num_places)
GETS(int32_t, omp_get_place_num)
GETS(int32_t, omp_get_partition_num_places)
GETS(int32_t, omp_in_explicit_task)
GETS(double, omp_get_wtime)
GETS(double, omp_get_wtick)
GETS(uint64_t, omp_get_default_allocator)

// One integer in, nothing or one out; also with 8 bytes.
#define SETS(name) \
	void name(int32_t value); \
	void name##_(const int32_t *value); \
	void name##_8_(const int64_t *value); \
	void name##_(const int32_t *value) { name(*value); } \
	void name##_8_(const int64_t *value) { name(narrowed(*value)); }
#define ASKS(name) \
	int32_t name(int32_t value); \
	int32_t name##_(const int32_t *value); \
	int32_t name##_8_(const int64_t *value); \
	int32_t name##_(const int32_t *value) { return name(*value); } \
	int32_t name##_8_(const int64_t *value) { return name(narrowed(*value)); }

SETS(omp_set_num_threads)
SETS(omp_set_max_active_levels)
SETS(omp_set_num_teams)
SETS(omp_set_teams_thread_limit)
SETS(omp_set_default_device)
ASKS(omp_get_ancestor_thread_num)
ASKS(omp_get_team_size)
ASKS(omp_get_place_num_procs)

// Logical values.
#define TELLS(name) \
	void name(int32_t value); \
	void name##_(const int32_t *value); \
	void name##_8_(const int64_t *value); \
	void name##_(const int32_t *value) { name(*value != 0); } \
	void name##_8_(const int64_t *value) { name(*value != 0); }

TELLS(omp_set_dynamic)
TELLS(omp_set_nested)
TELLS(omp_display_env)

// Locks: the variable itself, whatever its kind.
#define LOCKS(type, name) \
	type name(void *lock); \
	type name##_(void *lock); \
	type name##_(void *lock) { return name(lock); }

LOCKS(void, omp_init_lock)
LOCKS(void, omp_destroy_lock)
LOCKS(void, omp_set_lock)
LOCKS(void, omp_unset_lock)
LOCKS(int32_t, omp_test_lock)
LOCKS(void, omp_init_nest_lock)
LOCKS(void, omp_destroy_nest_lock)
LOCKS(void, omp_set_nest_lock)
LOCKS(void, omp_unset_nest_lock)
LOCKS(int32_t, omp_test_nest_lock)

void omp_init_lock_with_hint_(void *lock, const void *hint)
{
	(void)hint;
	omp_init_lock(lock);
}

void omp_init_nest_lock_with_hint_(void *lock, const void *hint)
{
	(void)hint;
	omp_init_nest_lock(lock);
}

void omp_set_schedule(uint32_t kind, int32_t chunk);
void omp_get_schedule(uint32_t *kind, int32_t *chunk);

void omp_set_schedule_(const int32_t *kind, const int32_t *chunk)
{
	omp_set_schedule((uint32_t)*kind, *chunk);
}

void omp_set_schedule_8_(const int32_t *kind, const int64_t *chunk)
{
	omp_set_schedule((uint32_t)*kind, narrowed(*chunk));
}

// (libgomp hides the monotonic modifier from Fortran, whose kinds have no such value.)
void omp_get_schedule_(int32_t *kind, int32_t *chunk)
{
	uint32_t with_modifier;

	omp_get_schedule(&with_modifier, chunk);
	*kind = (int32_t)(with_modifier & 0x7fffffffu);
}

void omp_get_schedule_8_(int32_t *kind, int64_t *chunk)
{
	int32_t size;

	omp_get_schedule_(kind, &size);
	*chunk = size;
}

void omp_get_place_proc_ids(int32_t place, int32_t *numbers);
void omp_get_place_proc_ids_(const int32_t *place, int32_t *numbers)
{
	omp_get_place_proc_ids(*place, numbers);
}

void omp_get_partition_place_nums(int32_t *numbers);
void omp_get_partition_place_nums_(int32_t *numbers) { omp_get_partition_place_nums(numbers); }

int32_t omp_pause_resource(int32_t kind, int32_t device);
int32_t omp_pause_resource_all(int32_t kind);
int32_t omp_pause_resource_(const int32_t *kind, const int32_t *device)
{
	return omp_pause_resource(*kind, *device);
}
int32_t omp_pause_resource_all_(const int32_t *kind) { return omp_pause_resource_all(*kind); }

uint64_t omp_init_allocator(uint64_t space, int32_t count, const void *traits);
uint64_t omp_init_allocator_(const uint64_t *space, const int32_t *count, const void *traits)
{
	return omp_init_allocator(*space, *count, traits);
}
uint64_t omp_init_allocator_8_(const uint64_t *space, const int64_t *count, const void *traits)
{
	return omp_init_allocator(*space, narrowed(*count), traits);
}
void omp_destroy_allocator(uint64_t allocator);
void omp_destroy_allocator_(const uint64_t *allocator) { omp_destroy_allocator(*allocator); }
void omp_set_default_allocator(uint64_t allocator);
void omp_set_default_allocator_(const uint64_t *allocator)
{
	omp_set_default_allocator(*allocator);
}

// A copy with a zero at its end, without the spaces that fill the variable up.
static char *copied(const char *text, size_t count)
{
	char *copy;

	while (count > 0 && text[count - 1] == ' ')
		count--;
	copy = malloc(count + 1);
	if (copy) {
		memcpy(copy, text, count);
		copy[count] = 0;
	}
	return copy;
}

// What has been written with a zero becomes a variable filled up with spaces.
static void filled(char *buffer, size_t size, const char *text, size_t count)
{
	if (count > size)
		count = size;
	memcpy(buffer, text, count);
	memset(buffer + count, ' ', size - count);
}

void omp_set_affinity_format(const char *format);
size_t omp_get_affinity_format(char *buffer, size_t size);
size_t omp_capture_affinity(char *buffer, size_t size, const char *format);
void omp_display_affinity(const char *format);

void omp_set_affinity_format_(const char *format, size_t count)
{
	char *copy = copied(format, count);

	omp_set_affinity_format(copy ? copy : "");
	free(copy);
}

int32_t omp_get_affinity_format_(char *buffer, size_t size)
{
	size_t length = omp_get_affinity_format(NULL, 0);
	char *text = malloc(length + 1);

	if (text) {
		omp_get_affinity_format(text, length + 1);
		filled(buffer, size, text, length);
	}
	free(text);
	return narrowed((int64_t)length);
}

void omp_display_affinity_(const char *format, size_t count)
{
	char *copy = copied(format, count);

	omp_display_affinity(copy);
	free(copy);
}

int32_t omp_capture_affinity_(char *buffer, const char *format, size_t size, size_t count)
{
	char *copy = copied(format, count);
	size_t length = omp_capture_affinity(NULL, 0, copy);
	char *text = malloc(length + 1);

	if (text) {
		omp_capture_affinity(text, length + 1, copy);
		filled(buffer, size, text, length);
	}
	free(text);
	free(copy);
	return narrowed((int64_t)length);
}
