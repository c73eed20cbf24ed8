// SPDX-License-Identifier: Apache-2.0
//
// A tool that holds a runtime to the order of events of OpenMP 5.1, section 4.5.2, whatever the program
// does, and at the end writes to standard error how often each came. What it keeps is the program's
// memory, of which its threads see one, wherever they run.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ompt.h"

enum { DEPTH = 256 };

// A thread's regions, innermost last: what is open must be closed first.
struct thread {
    int depth;
    struct { int what, kind; ompt_data_t *parallel, *task; } open[DEPTH];
    ompt_data_t *task;  // that it runs
};

// Of a task or a region, behind its ompt_data_t.
struct record { int what, state, kind; };
enum { TASK = 1, REGION = 2 };
enum { CREATED = 1, RUNS = 2, SUSPENDED = 3, OVER = 4 };

static ompt_data_t *(*thread_data)(void);
static int (*task_info)(int, int *, ompt_data_t **, ompt_frame_t **, ompt_data_t **, int *);
static int (*parallel_info)(int, ompt_data_t **, int *);
static int (*state)(uint64_t *);
static long wrong, threads;

static void complain(const char *text, long value) {
    if (__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED) < 20) fprintf(stderr, "checker: not so: %s (%ld)\n", text, value);
}
#define CHECK(condition, value) ((condition) ? (void)0 : complain(#condition, (long)(value)))

// ----------------------------------------------------------------------------------------- counts

static struct { const char *name; int kind; long count[8]; } counts[64];
static int count_lock, counted;

static void count(const char *name, int kind, int column) {
    while (__atomic_exchange_n(&count_lock, 1, __ATOMIC_ACQUIRE)) ;
    int at = 0;
    while (at < counted && (strcmp(counts[at].name, name) || counts[at].kind != kind)) at++;
    if (at == counted && at < 64) {
        counts[at].name = name;
        counts[at].kind = kind;
        counted++;
    }
    if (at < 64) counts[at].count[column]++;
    __atomic_store_n(&count_lock, 0, __ATOMIC_RELEASE);
}

// ---------------------------------------------------------------------------------------- threads

static struct thread *self(void) {
    ompt_data_t *data = thread_data();
    if (!data || !data->ptr) {
        complain("a thread has begun before all its other events", 0);
        abort();
    }
    return data->ptr;
}

static void push(int what, int kind, ompt_data_t *parallel, ompt_data_t *task) {
    struct thread *me = self();
    CHECK(me->depth < DEPTH, me->depth);
    me->open[me->depth].what = what;
    me->open[me->depth].kind = kind;
    me->open[me->depth].parallel = parallel;
    me->open[me->depth++].task = task;
}

static void pop(int what, int kind, ompt_data_t *task) {
    struct thread *me = self();
    CHECK(me->depth > 0, what);
    if (!me->depth) return;
    me->depth--;
    CHECK(me->open[me->depth].what == what, me->open[me->depth].what * 100 + what);
    CHECK(me->open[me->depth].kind == kind, kind);
    CHECK(me->open[me->depth].task == task, what);
}

static void thread_begin(int kind, ompt_data_t *data) {
    __atomic_fetch_add(&threads, 1, __ATOMIC_RELAXED);
    CHECK(kind == 1 || kind == 2, kind);
    CHECK(data->value == 0, kind);
    CHECK(data == thread_data(), kind);
    data->ptr = calloc(1, sizeof(struct thread));
}

static void thread_end(ompt_data_t *data) {
    struct thread *me = data->ptr;
    __atomic_fetch_sub(&threads, 1, __ATOMIC_RELAXED);
    CHECK(me != NULL, 0);
    if (me) CHECK(me->depth == 0, me->depth);
    free(me);
    data->ptr = NULL;
}

// ---------------------------------------------------------------------------------- regions, tasks

static struct record *make(ompt_data_t *data, int what, int state, int kind) {
    struct record *record = malloc(sizeof *record);
    *record = (struct record){what, state, kind};
    CHECK(data->value == 0, what);
    data->ptr = record;
    return record;
}

static struct record *of(ompt_data_t *data, int what) {
    static struct record none;
    if (!data || !data->ptr || ((struct record *)data->ptr)->what != what) {
        complain("a region's or task's data are what the tool has written", what);
        return &none;
    }
    return data->ptr;
}

static void parallel_begin(ompt_data_t *task, const ompt_frame_t *frame, ompt_data_t *parallel, unsigned threads,
                           int flags, const void *code) {
    count("parallel", flags & 3, 0);
    CHECK(threads > 0, threads);
    CHECK(task == self()->task, 0);
    CHECK(frame && frame->enter_frame.ptr, 0);
    CHECK(code != NULL, 0);
    of(task, TASK);
    make(parallel, REGION, RUNS, 0);
    push(ompt_callback_parallel_begin, 0, parallel, task);
}

static void parallel_end(ompt_data_t *parallel, ompt_data_t *task, int flags, const void *code) {
    count("parallel", flags & 3, 1);
    CHECK(code != NULL, 0);
    CHECK(of(parallel, REGION)->kind == 0, of(parallel, REGION)->kind);  // implicit tasks that have not ended
    pop(ompt_callback_parallel_begin, 0, task);
    CHECK(task == self()->task, 0);
    free(parallel->ptr);
    parallel->ptr = NULL;
}

static void implicit_task(int endpoint, ompt_data_t *parallel, ompt_data_t *task, unsigned size, unsigned index,
                          int flags) {
    struct thread *me = self();
    count(flags & ompt_task_initial ? "initial task" : "implicit task", 0, endpoint - 1);
    if (endpoint == ompt_scope_begin) {
        CHECK(flags & ompt_task_initial ? index == 1 && size == 1 : index < size, index);
        if (flags & ompt_task_initial) make(parallel, REGION, RUNS, 0);
        __atomic_fetch_add(&of(parallel, REGION)->kind, 1, __ATOMIC_RELAXED);
        make(task, TASK, RUNS, flags);
        push(ompt_callback_implicit_task, flags, parallel, me->task);
        me->task = task;
        return;
    }
    CHECK(parallel == NULL, flags);
    CHECK(size == 0, size);
    CHECK(me->task == task, flags);
    if (me->depth) {
        ompt_data_t *outer = me->open[me->depth - 1].task;
        parallel = me->open[me->depth - 1].parallel;
        pop(ompt_callback_implicit_task, flags, outer);
        me->task = outer;
        __atomic_fetch_sub(&of(parallel, REGION)->kind, 1, __ATOMIC_RELAXED);
    }
    free(of(task, TASK));
    task->ptr = NULL;
}

static void task_create(ompt_data_t *maker, const ompt_frame_t *frame, ompt_data_t *task, int flags, int depends,
                        const void *code) {
    count(flags & ompt_task_undeferred ? "undeferred task" : "task", 0, 0);
    if (depends) count("task with dependences", 0, 0);
    CHECK(maker == self()->task, flags);
    CHECK(flags & ompt_task_explicit, flags);
    CHECK(frame && frame->enter_frame.ptr, flags);
    CHECK(code != NULL, flags);
    make(task, TASK, CREATED, flags);
}

static void task_schedule(ompt_data_t *prior, int status, ompt_data_t *next) {
    struct thread *me = self();
    struct record *before = of(prior, TASK);
    // A detached task ends in two ways: complete, after its event; or detached, before it.
    count("task_schedule", status == ompt_task_yield ? ompt_task_switch :
          status == ompt_task_detach ? ompt_task_complete :
          status == ompt_task_late_fulfill ? ompt_task_early_fulfill : status, 0);
    if (status == ompt_task_early_fulfill || status == ompt_task_late_fulfill) {
        bool is_late = status == ompt_task_late_fulfill;
        CHECK(next == NULL, status);
        CHECK(is_late ? before->state == SUSPENDED : before->state != SUSPENDED, before->state);
        if (is_late) before->state = OVER;
        before->kind |= 1 << 30;
        return;
    }
    if (status == ompt_task_detach) CHECK(!(before->kind & 1 << 30), before->kind);
    if (status == ompt_task_cancel) {
        CHECK(before->state == CREATED, before->state);
        before->state = OVER;
        return;
    }
    CHECK(me->task == prior, status);
    CHECK(before->state == RUNS, before->state);
    before->state = status == ompt_task_complete ? OVER : SUSPENDED;
    struct record *after = of(next, TASK);
    CHECK(after->state == (status == ompt_task_switch || status == ompt_task_yield ? CREATED : SUSPENDED), status);
    after->state = RUNS;
    me->task = next;
}

static void dependences(ompt_data_t *task, const ompt_dependence_t *list, int number) {
    of(task, TASK);
    for (int each = 0; each < number; each++) {
        count("dependence", list[each].dependence_type, 0);
        CHECK(list[each].variable.ptr != NULL, each);
    }
}

static void task_dependence(ompt_data_t *source, ompt_data_t *sink) {
    of(source, TASK);  // which may end at this very moment
    CHECK(of(sink, TASK)->state == CREATED, of(sink, TASK)->state);
}

// ---------------------------------------------------------------------- what nests in a thread's task

static void scope(const char *name, int what, int kind, int endpoint, ompt_data_t *parallel, ompt_data_t *task,
                  bool is_counted) {
    if (is_counted) count(name, kind, endpoint - 1);
    CHECK(task == self()->task, what);
    of(task, TASK);
    if (endpoint == ompt_scope_begin) push(what, kind, parallel, task);
    else pop(what, kind, task);
    if (parallel) of(parallel, REGION);
    else CHECK(endpoint == ompt_scope_end && kind == 9, kind);  // the implicit barrier of a region that is over
}

static void sync_region(int kind, int endpoint, ompt_data_t *parallel, ompt_data_t *task, const void *code) {
    (void)code;
    scope("sync_region", ompt_callback_sync_region, kind, endpoint, parallel, task, true);
}

static void sync_region_wait(int kind, int endpoint, ompt_data_t *parallel, ompt_data_t *task, const void *code) {
    uint64_t wait;
    (void)code;
    scope("sync_region_wait", ompt_callback_sync_region_wait, kind, endpoint, parallel, task, true);
    if (endpoint == ompt_scope_begin) CHECK((state(&wait) & ~0xff) == 0 && state(&wait) >= 0x10, state(&wait));
}

static void work(int kind, int endpoint, ompt_data_t *parallel, ompt_data_t *task, uint64_t number, const void *code) {
    (void)number;
    CHECK(code != NULL, kind);
    scope("work", ompt_callback_work, kind, endpoint, parallel, task, true);
}

static void masked(int endpoint, ompt_data_t *parallel, ompt_data_t *task, const void *code) {
    (void)code;
    scope("masked", ompt_callback_masked, 0, endpoint, parallel, task, true);
}

static void reduction(int kind, int endpoint, ompt_data_t *parallel, ompt_data_t *task, const void *code) {
    (void)code;
    scope("reduction", ompt_callback_reduction, kind, endpoint, parallel, task, true);
}

// ---------------------------------------------------------------------------------------- mutexes

static void mutex_acquire(int kind, unsigned hint, unsigned impl, uint64_t wait, const void *code) {
    uint64_t waits_for = 0;
    (void)hint, (void)impl;
    count("mutex", kind, 0);
    CHECK(wait != 0 && code != NULL, kind);
    CHECK(state(&waits_for) >= 0x40 && waits_for == wait, state(&waits_for));
}

static void mutex_acquired(int kind, uint64_t wait, const void *code) {
    uint64_t waits_for = 0;
    (void)wait, (void)code;
    count("mutex", kind, 1);
    CHECK(state(&waits_for) < 2, state(&waits_for));
}

// What a test has acquired is released as what it is.
static void mutex_released(int kind, uint64_t wait, const void *code) {
    (void)wait, (void)code;
    count("mutex", kind, 2);
}

static void nest_lock(int endpoint, uint64_t wait, const void *code) {
    (void)wait, (void)code;
    count("nest_lock", 0, endpoint - 1);
}

static void lock_init(int kind, unsigned hint, unsigned impl, uint64_t wait, const void *code) {
    (void)hint, (void)impl, (void)wait, (void)code;
    count("lock_init", kind, 0);
}

static void lock_destroy(int kind, uint64_t wait, const void *code) {
    (void)wait, (void)code;
    count("lock_destroy", kind, 0);
}

static void flush(ompt_data_t *thread, const void *code) {
    (void)code;
    CHECK(thread == thread_data(), 0);
    count("flush", 0, 0);
}

static void cancel(ompt_data_t *task, int flags, const void *code) {
    (void)code;
    of(task, TASK);
    // How many threads come to see it, and tasks not to be run, is luck.
    if (flags & 0x10) count("cancel", flags, 0);
}

// ------------------------------------------------------------------------------------- start, end

static int compare(const void *a, const void *b) { return strcmp(a, b); }

static ompt_function_lookup_t find;

// What can be asked by any thread, wherever it runs.
static int ask(void) {
    static uint64_t ids[256];
    int (*processors)(void) = (void *)find("ompt_get_num_procs");
    int (*processor)(void) = (void *)find("ompt_get_proc_id");
    int (*places)(void) = (void *)find("ompt_get_num_places");
    int (*place)(void) = (void *)find("ompt_get_place_num");
    int (*place_processors)(int, int, int *) = (void *)find("ompt_get_place_proc_ids");
    int (*partition)(int, int *) = (void *)find("ompt_get_partition_place_nums");
    int (*devices)(void) = (void *)find("ompt_get_num_devices");
    int (*memory)(void **, size_t *, int) = (void *)find("ompt_get_task_memory");
    uint64_t (*unique)(void) = (void *)find("ompt_get_unique_id");
    void *address = NULL;
    size_t bytes = 1;
    int list[1024];
    CHECK(processors() > 0, processors());
    // A thread that is bound to none may run on one that the program does not have.
    CHECK(processor() >= -1, processor());
    for (int each = 0; each < places(); each++) {
        int number = place_processors(each, 1024, list);
        CHECK(number > 0 && number <= 1024, number);
        CHECK(place_processors(each, 0, NULL) == number, number);
    }
    CHECK(place() < places() && partition(1024, list) <= places(), place());
    CHECK(devices() == 0, devices());
    CHECK(memory(&address, &bytes, 1) == 0 && bytes == 0, bytes);
    uint64_t id = unique();
    CHECK(id > 0 && id < 256 && !ids[id], id);
    if (id < 256) ids[id] = 1;
    return 1;
}

static void enumerate(const char *name, int first) {
    int (*next)(int, int *, const char **) = (void *)find(name);
    const char *text = NULL;
    int value = first, number = 0;
    while (next(value, &value, &text) && number++ < 100) CHECK(text && value != first, value);
    CHECK(number > 0 && number < 100, number);
}

static int control_tool(uint64_t command, uint64_t modifier, void *argument, const void *code) {
    int flags = 0, number = -1, size = 0;
    ompt_data_t *task = NULL, *parallel = NULL;
    ompt_frame_t *frame = NULL;
    CHECK(code != NULL, command);
    count("control_tool", (int)command, 0);
    if (command == 65) return ask();
    if (command != 64) return 0;
    // 64: where the caller is, so many levels out: a text.
    CHECK(parallel_info((int)modifier, &parallel, &size) == 2 || size == 0, modifier);
    int found = task_info((int)modifier, &flags, &task, &frame, &parallel, &number);
    if (found) of(task, TASK);
    if (modifier == 0) CHECK(task == self()->task, modifier);
    if (argument) snprintf(argument, 64, "%d %x %d", found, flags & 7, number);
    return size;
}

static int initialize(ompt_function_lookup_t lookup, int device, ompt_data_t *data) {
    static const struct { int event; void *function; } wanted[] = {
        {ompt_callback_thread_begin, thread_begin},
        {ompt_callback_thread_end, thread_end},
        {ompt_callback_parallel_begin, parallel_begin},
        {ompt_callback_parallel_end, parallel_end},
        {ompt_callback_task_create, task_create},
        {ompt_callback_task_schedule, task_schedule},
        {ompt_callback_implicit_task, implicit_task},
        {ompt_callback_control_tool, control_tool},
        {ompt_callback_sync_region_wait, sync_region_wait},
        {ompt_callback_mutex_released, mutex_released},
        {ompt_callback_dependences, dependences},
        {ompt_callback_task_dependence, task_dependence},
        {ompt_callback_work, work},
        {ompt_callback_masked, masked},
        {ompt_callback_sync_region, sync_region},
        {ompt_callback_lock_init, lock_init},
        {ompt_callback_lock_destroy, lock_destroy},
        {ompt_callback_mutex_acquire, mutex_acquire},
        {ompt_callback_mutex_acquired, mutex_acquired},
        {ompt_callback_nest_lock, nest_lock},
        {ompt_callback_flush, flush},
        {ompt_callback_cancel, cancel},
        {ompt_callback_reduction, reduction},
    };
    int (*set)(int, ompt_interface_fn_t) = (void *)lookup("ompt_set_callback");
    int (*get)(int, ompt_interface_fn_t *) = (void *)lookup("ompt_get_callback");
    (void)device;
    find = lookup;
    enumerate("ompt_enumerate_states", 0x102);
    enumerate("ompt_enumerate_mutex_impls", 0);
    thread_data = (void *)lookup("ompt_get_thread_data");
    task_info = (void *)lookup("ompt_get_task_info");
    parallel_info = (void *)lookup("ompt_get_parallel_info");
    state = (void *)lookup("ompt_get_state");
    CHECK(set && get && thread_data && task_info && parallel_info && state, 0);
    CHECK(lookup("ompt_no_such_thing") == NULL, 0);
    for (unsigned each = 0; each < sizeof wanted / sizeof *wanted; each++) {
        ompt_interface_fn_t known = NULL;
        int result = set(wanted[each].event, (ompt_interface_fn_t)wanted[each].function);
        CHECK(result >= ompt_set_sometimes, wanted[each].event);
        if (get(wanted[each].event, &known)) CHECK(known == wanted[each].function, wanted[each].event);
    }
    CHECK(set(99, (ompt_interface_fn_t)thread_begin) == ompt_set_error, 99);
    return data->value == 4711;
}

static void finalize(ompt_data_t *data) {
    static char line[64][120];
    CHECK(data->value == 4711, data->value);
    CHECK(threads == 0, threads);  // that have not ended
    for (int at = 0; at < counted; at++) {
        char *end = line[at] + sprintf(line[at], "%s", counts[at].name);
        if (counts[at].kind) end += sprintf(end, " %d", counts[at].kind);
        end += sprintf(end, ":");
        for (int column = 0; column < 3; column++)
            if (column == 0 || counts[at].count[column]) end += sprintf(end, " %ld", counts[at].count[column]);
    }
    qsort(line, (size_t)counted, sizeof line[0], compare);
    for (int at = 0; at < counted; at++) fprintf(stderr, "%s\n", line[at]);
    fprintf(stderr, "wrong: %ld\n", wrong);
}

ompt_start_tool_result_t *ompt_start_tool(unsigned version, const char *runtime) {
    static ompt_start_tool_result_t result = {initialize, finalize, {4711}};
    if (version < 201811) fprintf(stderr, "checker: %s is of version %u\n", runtime, version);
    return getenv("CHECKER_REFUSES") ? NULL : &result;
}
