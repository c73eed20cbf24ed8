// SPDX-License-Identifier: Apache-2.0
// What the specification's omp-tools.h declares (OpenMP 5.1, chapter 4), as far as these tests use it: gcc
// brings no such header.
#ifndef OMPT_H
#define OMPT_H

#include <stddef.h>
#include <stdint.h>

typedef union { uint64_t value; void *ptr; } ompt_data_t;
typedef struct {
    ompt_data_t exit_frame, enter_frame;
    int exit_frame_flags, enter_frame_flags;
} ompt_frame_t;
typedef struct { ompt_data_t variable; int dependence_type; } ompt_dependence_t;

typedef void (*ompt_interface_fn_t)(void);
typedef ompt_interface_fn_t (*ompt_function_lookup_t)(const char *);
typedef struct {
    int (*initialize)(ompt_function_lookup_t, int, ompt_data_t *);
    void (*finalize)(ompt_data_t *);
    ompt_data_t tool_data;
} ompt_start_tool_result_t;

enum {
    ompt_callback_thread_begin = 1,
    ompt_callback_thread_end = 2,
    ompt_callback_parallel_begin = 3,
    ompt_callback_parallel_end = 4,
    ompt_callback_task_create = 5,
    ompt_callback_task_schedule = 6,
    ompt_callback_implicit_task = 7,
    ompt_callback_target = 8,
    ompt_callback_control_tool = 11,
    ompt_callback_sync_region_wait = 16,
    ompt_callback_mutex_released = 17,
    ompt_callback_dependences = 18,
    ompt_callback_task_dependence = 19,
    ompt_callback_work = 20,
    ompt_callback_masked = 21,
    ompt_callback_sync_region = 23,
    ompt_callback_lock_init = 24,
    ompt_callback_lock_destroy = 25,
    ompt_callback_mutex_acquire = 26,
    ompt_callback_mutex_acquired = 27,
    ompt_callback_nest_lock = 28,
    ompt_callback_flush = 29,
    ompt_callback_cancel = 30,
    ompt_callback_reduction = 31,
};
enum { ompt_set_error, ompt_set_never, ompt_set_impossible, ompt_set_sometimes, ompt_set_sometimes_paired, ompt_set_always };
enum { ompt_scope_begin = 1, ompt_scope_end = 2 };
enum { ompt_task_initial = 1, ompt_task_implicit = 2, ompt_task_explicit = 4, ompt_task_undeferred = 0x08000000 };
enum {
    ompt_task_complete = 1, ompt_task_yield, ompt_task_cancel, ompt_task_detach, ompt_task_early_fulfill,
    ompt_task_late_fulfill, ompt_task_switch
};

#endif
