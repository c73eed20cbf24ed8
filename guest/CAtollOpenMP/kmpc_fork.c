// SPDX-License-Identifier: Apache-2.0
//
// Regions and leagues of clang's code. In C for their arguments, any number of them, and for the
// instructions that pass them on.

#include <stdarg.h>

#include "atoll_image.h"
#include "atoll_openmp.h"
#include "kmpc.h"

// What has been pushed for the next region that this thread forks.
static __thread struct {
	int32_t threads, bind, teams, limit;
} pushed;

static __thread struct kmpc_loop loop;

struct kmpc_loop *atoll_kmpc_loop(void) { return &loop; }

#if defined(__x86_64__)
// Six arguments go in registers, all others on the stack, the last one first.
__asm__(".text\n"
	".globl atoll_kmpc_invoke\n"
	".hidden atoll_kmpc_invoke\n"
	".type atoll_kmpc_invoke, @function\n"
	"atoll_kmpc_invoke:\n"
	".cfi_startproc\n"
	"	push %rbp\n"
	".cfi_def_cfa_offset 16\n"
	".cfi_offset %rbp, -16\n"
	"	mov %rsp, %rbp\n"
	".cfi_def_cfa_register %rbp\n"
	"	mov %rdi, %rax\n"
	"	mov %rsi, %rdi\n"
	"	mov %rdx, %rsi\n"
	"	mov %r8, %r10\n"
	"	movslq %ecx, %r11\n"
	"	sub $4, %r11\n"
	"	jle 2f\n"
	"	lea 1(%r11), %rdx\n"
	"	and $-2, %rdx\n"
	"	shl $3, %rdx\n"
	"	sub %rdx, %rsp\n"
	"1:	mov 24(%r10, %r11, 8), %rdx\n"
	"	mov %rdx, -8(%rsp, %r11, 8)\n"
	"	dec %r11\n"
	"	jnz 1b\n"
	"2:	mov (%r10), %rdx\n"
	"	mov 8(%r10), %rcx\n"
	"	mov 16(%r10), %r8\n"
	"	mov 24(%r10), %r9\n"
	"	call *%rax\n"
	"	leave\n"
	".cfi_def_cfa %rsp, 8\n"
	"	ret\n"
	".cfi_endproc\n"
	".size atoll_kmpc_invoke, . - atoll_kmpc_invoke\n");
#else
void atoll_kmpc_invoke(kmpc_micro function, int32_t *global, int32_t *bound, int32_t count,
		       void **a)
{
	if (count <= 4)
		((void (*)(int32_t *, int32_t *, void *, void *, void *, void *))function)(
			global, bound, a[0], a[1], a[2], a[3]);
	else if (count <= 12)
		((void (*)(int32_t *, int32_t *, void *, void *, void *, void *, void *, void *,
			   void *, void *, void *, void *, void *, void *))function)(
			global, bound, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9],
			a[10], a[11]);
	else
		atoll_image_fail(126, "more than 12 arguments of a parallel region");
}
#endif

int32_t __kmpc_global_thread_num(struct ident *where)
{
	(void)where;
	if (atoll_self() == 0)
		omp_get_thread_num();
	return (int32_t)((atoll_self() - atoll_thread_offset(0)) / sizeof(struct atoll_thread));
}

// The line that goes from this thread's stack, which every rank sees, to the others of the team: nothing else
// is in it that this thread writes to meanwhile.
struct region {
	_Alignas(64) kmpc_micro function;
	int32_t count;
	void **many; // where there are more than these
	void *few[5];
};
_Static_assert(sizeof(struct region) == 64, "one line");

static void invoke(kmpc_micro function, int32_t count, void **arguments)
{
	struct kmpc_loop outer = loop;
	int32_t global = __kmpc_global_thread_num(NULL);
	int32_t bound = omp_get_thread_num();

	loop.doacross = NULL;
	atoll_kmpc_invoke(function, &global, &bound, count, arguments);
	loop = outer;
}

static void run(void *data)
{
	struct region *region = data;

	invoke(region->function, region->count, region->many ? region->many : region->few);
}

// Without arguments there is no line to wait for.
static void run_bare(void *function)
{
	void *arguments[4] = { NULL };

	invoke((kmpc_micro)function, 0, arguments);
}

// What a team runs by these is the program's own function.
uint64_t atoll_kmpc_region(uint64_t function, uint64_t data)
{
	if (function == (uint64_t)run_bare)
		return data;
	return function == (uint64_t)run ? (uint64_t)((struct region *)data)->function : function;
}

#define COLLECT \
	void *many[count > 5 ? count : 1]; \
	struct region region = { .function = function, .count = count }; \
	va_list list; \
	region.many = count > 5 ? many : NULL; \
	va_start(list, function); \
	for (int32_t each = 0; each < count; each++) \
		*(count > 5 ? &many[each] : &region.few[each]) = va_arg(list, void *); \
	va_end(list)

static void fork(void (*begin)(void *), void *data)
{
	unsigned threads = pushed.threads > 0 ? (unsigned)pushed.threads : 0;
	unsigned bind = pushed.bind > 0 ? (unsigned)pushed.bind : 0;

	pushed.threads = 0;
	pushed.bind = 0;
	GOMP_parallel(begin, data, threads, bind);
}

static void fork_region(kmpc_micro function, int32_t count, struct region *region)
{
	if (count > 0)
		fork(run, region);
	else
		fork(run_bare, (void *)function);
}

void __kmpc_fork_call(struct ident *where, int32_t count, kmpc_micro function, ...)
{
	COLLECT;
	(void)where;
	fork_region(function, count, &region);
}

void __kmpc_fork_call_if(struct ident *where, int32_t count, kmpc_micro function, int32_t is_forked,
			 void *argument)
{
	struct region region = { .function = function, .count = count < 1 ? count : 1, .few = { argument } };

	(void)where;
	if (!is_forked)
		pushed.threads = 1;
	fork_region(function, count, &region);
}

void __kmpc_fork_teams(struct ident *where, int32_t count, kmpc_micro function, ...)
{
	unsigned teams = pushed.teams > 0 ? (unsigned)pushed.teams : 0;
	unsigned limit = pushed.limit > 0 ? (unsigned)pushed.limit : 0;
	COLLECT;

	(void)where;
	pushed.teams = 0;
	pushed.limit = 0;
	GOMP_teams_reg(run, &region, teams, limit, 0);
}

static void nothing(void *data) { (void)data; }

void __kmpc_serialized_parallel(struct ident *where, int32_t global)
{
	(void)where;
	(void)global;
	pushed.threads = 0;
	pushed.bind = 0;
	GOMP_parallel_start(nothing, NULL, 1);
}

void __kmpc_end_serialized_parallel(struct ident *where, int32_t global)
{
	(void)where;
	(void)global;
	GOMP_parallel_end();
}

#define PUSHES(name, ...) \
	void name(struct ident *where, int32_t global, __VA_ARGS__)
#define UNUSED (void)where, (void)global

PUSHES(__kmpc_push_num_threads, int32_t threads) { UNUSED; pushed.threads = threads; }
PUSHES(__kmpc_push_proc_bind, int32_t bind) { UNUSED; pushed.bind = bind; }
PUSHES(__kmpc_set_thread_limit, int32_t limit) { UNUSED; pushed.limit = limit; }

PUSHES(__kmpc_push_num_threads_strict, int32_t threads, int32_t severity, const char *message)
{
	UNUSED, (void)severity, (void)message;
	pushed.threads = threads;
}

PUSHES(__kmpc_push_num_threads_list, uint32_t count, int32_t *list)
{
	UNUSED;
	pushed.threads = count > 0 ? list[0] : 0;
}

PUSHES(__kmpc_push_num_teams, int32_t teams, int32_t limit)
{
	UNUSED;
	pushed.teams = teams;
	pushed.limit = limit;
}

PUSHES(__kmpc_push_num_teams_51, int32_t least, int32_t most, int32_t limit)
{
	UNUSED, (void)least;
	pushed.teams = most;
	pushed.limit = limit;
}

void __kmpc_begin(struct ident *where, int32_t flags) { (void)where, (void)flags; }
void __kmpc_end(struct ident *where) { (void)where; }
int32_t __kmpc_ok_to_fork(struct ident *where) { (void)where; return 1; }
int32_t omp_in_parallel(void);
int32_t __kmpc_in_parallel(struct ident *where) { (void)where; return omp_in_parallel(); }
int32_t __kmpc_bound_thread_num(struct ident *where) { (void)where; return omp_get_thread_num(); }
int32_t __kmpc_bound_num_threads(struct ident *where) { (void)where; return omp_get_num_threads(); }
int32_t __kmpc_global_num_threads(struct ident *where) { (void)where; return omp_get_num_threads(); }
