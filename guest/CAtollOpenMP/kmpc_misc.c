// SPDX-License-Identifier: Apache-2.0
//
// What else clang's code calls, and the kmp_ functions of LLVM's header.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "atoll_image.h"
#include "atoll_ompt.h"
#include "kmpc.h"

#define HERE struct ident *where, int32_t global
#define UNUSED (void)where, (void)global

// ------------------------------------------------------------------------------------- locks

#define LOCKS(type, kmpc, omp) \
	type omp(void *lock); \
	type kmpc(HERE, void *lock) { UNUSED; return omp(lock); }

LOCKS(void, __kmpc_init_lock, omp_init_lock)
LOCKS(void, __kmpc_destroy_lock, omp_destroy_lock)
LOCKS(void, __kmpc_set_lock, omp_set_lock)
LOCKS(void, __kmpc_unset_lock, omp_unset_lock)
LOCKS(int32_t, __kmpc_test_lock, omp_test_lock)
LOCKS(void, __kmpc_init_nest_lock, omp_init_nest_lock)
LOCKS(void, __kmpc_destroy_nest_lock, omp_destroy_nest_lock)
LOCKS(void, __kmpc_set_nest_lock, omp_set_nest_lock)
LOCKS(void, __kmpc_unset_nest_lock, omp_unset_nest_lock)
LOCKS(int32_t, __kmpc_test_nest_lock, omp_test_nest_lock)
void __kmpc_init_lock_with_hint(HERE, void *lock, uintptr_t hint)
{
	UNUSED, (void)hint;
	omp_init_lock(lock);
}
void __kmpc_init_nest_lock_with_hint(HERE, void *lock, uintptr_t hint)
{
	UNUSED, (void)hint;
	omp_init_nest_lock(lock);
}

// ------------------------------------------------------------------------------------- memory

void *omp_alloc(size_t size, uintptr_t allocator);
void *omp_aligned_alloc(size_t alignment, size_t size, uintptr_t allocator);
void *omp_calloc(size_t count, size_t size, uintptr_t allocator);
void *omp_realloc(void *block, size_t size, uintptr_t allocator, uintptr_t old);
void omp_free(void *block, uintptr_t allocator);
uintptr_t omp_init_allocator(uintptr_t space, int32_t count, const void *traits);
void omp_destroy_allocator(uintptr_t allocator);
void omp_set_default_allocator(uintptr_t allocator);
uintptr_t omp_get_default_allocator(void);

void *__kmpc_alloc(int32_t global, size_t size, uintptr_t allocator)
{
	(void)global;
	return omp_alloc(size, allocator);
}
void *__kmpc_aligned_alloc(int32_t global, size_t alignment, size_t size, uintptr_t allocator)
{
	(void)global;
	return omp_aligned_alloc(alignment, size, allocator);
}
void *__kmpc_calloc(int32_t global, size_t count, size_t size, uintptr_t allocator)
{
	(void)global;
	return omp_calloc(count, size, allocator);
}
void *__kmpc_realloc(int32_t global, void *block, size_t size, uintptr_t allocator, uintptr_t old)
{
	(void)global;
	return omp_realloc(block, size, allocator, old);
}
void __kmpc_free(int32_t global, void *block, uintptr_t allocator)
{
	(void)global;
	omp_free(block, allocator);
}
uintptr_t __kmpc_init_allocator(int32_t global, uintptr_t space, int32_t count, const void *traits)
{
	(void)global;
	return omp_init_allocator(space, count, traits);
}
void __kmpc_destroy_allocator(int32_t global, uintptr_t allocator)
{
	(void)global;
	omp_destroy_allocator(allocator);
}
void __kmpc_set_default_allocator(int32_t global, uintptr_t allocator)
{
	(void)global;
	omp_set_default_allocator(allocator);
}
uintptr_t __kmpc_get_default_allocator(int32_t global)
{
	(void)global;
	return omp_get_default_allocator();
}

void *kmp_malloc(size_t size) { return malloc(size); }
void *kmp_calloc(size_t count, size_t size) { return calloc(count, size); }
void *kmp_realloc(void *block, size_t size) { return realloc(block, size); }
void *kmp_aligned_malloc(size_t size, size_t alignment) { return aligned_alloc(alignment, size); }
void kmp_free(void *block) { free(block); }

// How threads wait and how large their stacks are is not the program's affair here.
int32_t kmp_get_blocktime(void) { return 200; }
void kmp_set_blocktime(int32_t value) { (void)value; }
void kmp_set_defaults(const char *text) { (void)text; }
void kmp_set_library(int32_t kind) { (void)kind; }
int32_t kmp_get_library(void) { return 2; }
void kmp_set_library_serial(void) {}
void kmp_set_library_throughput(void) {}
void kmp_set_library_turnaround(void) {}
void kmp_set_stacksize(int32_t bytes) { (void)bytes; }
void kmp_set_stacksize_s(size_t bytes) { (void)bytes; }
size_t kmp_get_stacksize_s(void) { return 8 << 20; }
int32_t kmp_get_stacksize(void) { return 8 << 20; }
void kmp_set_warnings_on(void) {}
void kmp_set_warnings_off(void) {}
void kmp_set_disp_num_buffers(int32_t count) { (void)count; }

// ------------------------------------------------------------------- variables of each thread

// Where the compiler has no thread-local storage (-fnoopenmp-use-tls): a table of copies by thread.
static struct {
	void *data;
	void *(*construct)(void *);
} registered[256];
static uint64_t registrations;

void __kmpc_threadprivate_register(struct ident *where, void *data, void *(*construct)(void *),
				   void *(*copy)(void *, void *), void (*destroy)(void *))
{
	uint64_t index;

	(void)where, (void)copy, (void)destroy;
	index = __atomic_fetch_add(&registrations, 1, __ATOMIC_ACQ_REL);
	if (index >= 256)
		atoll_image_fail(126, "more than 256 threadprivate variables with constructors");
	registered[index].construct = construct;
	registered[index].data = data;
}

void *__kmpc_threadprivate_cached(HERE, void *data, size_t size, void ***cache)
{
	void **table = __atomic_load_n(cache, __ATOMIC_ACQUIRE), **none = NULL;

	(void)where;
	if (table == NULL) {
		void **fresh = calloc(ATOLL_IMAGE_THREADS, sizeof(void *));

		if (__atomic_compare_exchange_n(cache, &none, fresh, false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE)) {
			table = fresh;
		} else {
			free(fresh);
			table = none;
		}
	}
	if (table[global] == NULL) {
		void *(*construct)(void *) = NULL;
		uint64_t count = __atomic_load_n(&registrations, __ATOMIC_ACQUIRE);

		for (uint64_t each = 0; each < count; each++)
			if (registered[each].data == data)
				construct = registered[each].construct;
		if (global == 0) {
			table[global] = data;
		} else {
			void *copy = aligned_alloc(64, (size + 63) & ~(size_t)63);

			memcpy(copy, data, size);
			table[global] = copy;
		}
		if (construct)
			construct(table[global]);
	}
	return table[global];
}

// -------------------------------------------------------------------------------- other things

void __kmpc_error(struct ident *where, int32_t severity, const char *message)
{
	(void)where;
	if (atoll_ompt_is_on())
		atoll_ompt_error(severity == 2, message, (size_t)-1);
	fprintf(stderr, "OMP: %s: Encountered user-directed %s: %s.\n",
		severity == 2 ? "Error #264" : "Warning #265",
		severity == 2 ? "error" : "warning", message ? message : "(null)");
	if (severity == 2)
		exit(EXIT_FAILURE);
}

int32_t __kmpc_get_target_offload(void) { return 1; }
int32_t omp_pause_resource(int32_t kind, int32_t device);
int32_t __kmpc_pause_resource(int32_t kind) { return omp_pause_resource(kind, 0); }

// Nothing is shared with other models' runtimes.
int32_t omp_get_num_interop_properties(const void *interop) { (void)interop; return 0; }
int32_t omp_get_num_interop_properties_(const void *interop) { (void)interop; return 0; }

// What Fortran calls that is bound to C.
#define BOUND(name, ...) void omp_##name(__VA_ARGS__)
BOUND(set_num_threads, int32_t);
BOUND(set_dynamic, int32_t);
BOUND(set_nested, int32_t);
BOUND(set_max_active_levels, int32_t);
BOUND(set_schedule, uint32_t, int32_t);
BOUND(display_affinity, const char *);
BOUND(set_affinity_format, const char *);
int32_t omp_get_ancestor_thread_num(int32_t level);
int32_t omp_get_team_size(int32_t level);
size_t omp_get_affinity_format(char *buffer, size_t size);
size_t omp_capture_affinity(char *buffer, size_t size, const char *format);
void ompc_set_num_threads(int32_t count) { omp_set_num_threads(count); }
void ompc_set_dynamic(int32_t value) { omp_set_dynamic(value); }
void ompc_set_nested(int32_t value) { omp_set_nested(value); }
void ompc_set_max_active_levels(int32_t count) { omp_set_max_active_levels(count); }
void ompc_set_schedule(uint32_t kind, int32_t chunk) { omp_set_schedule(kind, chunk); }
int32_t ompc_get_ancestor_thread_num(int32_t level) { return omp_get_ancestor_thread_num(level); }
int32_t ompc_get_team_size(int32_t level) { return omp_get_team_size(level); }
void ompc_display_affinity(const char *format) { omp_display_affinity(format); }
void ompc_set_affinity_format(const char *format) { omp_set_affinity_format(format); }
size_t ompc_get_affinity_format(char *buffer, size_t size)
{
	return omp_get_affinity_format(buffer, size);
}
size_t ompc_capture_affinity(char *buffer, size_t size, const char *format)
{
	return omp_capture_affinity(buffer, size, format);
}
void *kmpc_malloc(size_t size) { return malloc(size); }
void *kmpc_aligned_malloc(size_t size, size_t alignment) { return aligned_alloc(alignment, size); }
void *kmpc_calloc(size_t count, size_t size) { return calloc(count, size); }
void *kmpc_realloc(void *block, size_t size) { return realloc(block, size); }
void kmpc_free(void *block) { free(block); }
void kmpc_set_blocktime(int32_t value) { (void)value; }
void kmpc_set_stacksize(int32_t bytes) { (void)bytes; }
void kmpc_set_stacksize_s(size_t bytes) { (void)bytes; }
void kmpc_set_library(int32_t kind) { (void)kind; }
void kmpc_set_defaults(const char *text) { (void)text; }
void kmpc_set_disp_num_buffers(int32_t count) { (void)count; }

// Fortran's plain forms: nothing of it is used, or it is by value.
int32_t kmp_get_blocktime_(void) { return 200; }
void kmp_set_blocktime_(const int32_t *value) { (void)value; }
void kmp_set_stacksize_(const int32_t *bytes) { (void)bytes; }
void kmp_set_stacksize_s_(const size_t *bytes) { (void)bytes; }
int32_t kmp_get_stacksize_(void) { return 8 << 20; }
size_t kmp_get_stacksize_s_(void) { return 8 << 20; }
void kmp_set_library_(const int32_t *kind) { (void)kind; }
int32_t kmp_get_library_(void) { return 2; }
void kmp_set_library_serial_(void) {}
void kmp_set_library_throughput_(void) {}
void kmp_set_library_turnaround_(void) {}
void kmp_set_warnings_on_(void) {}
void kmp_set_warnings_off_(void) {}
void kmp_set_defaults_(const char *text, size_t count) { (void)text, (void)count; }
void kmp_set_disp_num_buffers_(const int32_t *count) { (void)count; }
