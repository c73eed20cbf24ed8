// SPDX-License-Identifier: Apache-2.0
//
// Each construct whose events checker.c counts, so often that the counts say whether one is missing. Four threads;
// linked with the checker, or found by it. What it prints is the same with and without a tool.
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// gcc's library has no such function.
int omp_control_tool(int, int, void *) __attribute__((weak));
static int control(int command, int modifier, void *argument) {
    return omp_control_tool ? omp_control_tool(command, modifier, argument) : -2;
}

static long sum;

static void regions(void) {
    for (int again = 0; again < 3; again++) {
#pragma omp parallel num_threads(4)
        {
#pragma omp atomic
            sum++;
#pragma omp barrier
        }
    }
#pragma omp parallel num_threads(2)
#pragma omp parallel num_threads(2)
#pragma omp atomic
    sum++;
#pragma omp parallel if (0)
    sum++;
}

static void loops(void) {
#pragma omp parallel num_threads(4)
    {
#pragma omp for schedule(dynamic, 2)
        for (int i = 0; i < 40; i++)
#pragma omp atomic
            sum++;
#pragma omp for schedule(guided) nowait
        for (int i = 0; i < 40; i++)
#pragma omp atomic
            sum++;
#pragma omp for ordered schedule(dynamic)
        for (int i = 0; i < 12; i++)
#pragma omp ordered
            sum++;
#pragma omp sections
        {
#pragma omp section
#pragma omp atomic
            sum++;
#pragma omp section
#pragma omp atomic
            sum++;
        }
#pragma omp single
#pragma omp atomic
        sum++;
        int mine = 0;
#pragma omp single copyprivate(mine)
        mine = 5;
#pragma omp atomic
        sum += mine;
    }
}

static void mutexes(void) {
    omp_lock_t lock;
    omp_nest_lock_t nest;
    omp_init_lock(&lock);
    omp_init_nest_lock(&nest);
#pragma omp parallel num_threads(4)
    for (int again = 0; again < 50; again++) {
#pragma omp critical
        sum++;
#pragma omp critical(named)
        sum += again & 1;
        omp_set_lock(&lock);
        sum++;
        omp_unset_lock(&lock);
        omp_set_nest_lock(&nest);
        omp_set_nest_lock(&nest);
        sum++;
        omp_unset_nest_lock(&nest);
        omp_unset_nest_lock(&nest);
    }
    if (omp_test_lock(&lock)) omp_unset_lock(&lock);
    omp_set_lock(&lock);
    if (omp_test_lock(&lock)) sum = -1;
    omp_unset_lock(&lock);
    if (omp_test_nest_lock(&nest)) omp_unset_nest_lock(&nest);
    omp_destroy_lock(&lock);
    omp_destroy_nest_lock(&nest);
}

static long fibonacci(int n) {
    long a, b;
    if (n < 2) return n;
#pragma omp task shared(a)
    a = fibonacci(n - 1);
#pragma omp task shared(b)
    b = fibonacci(n - 2);
#pragma omp taskwait
    return a + b;
}

static void tasks(void) {
    int x = 0, y = 0;
#pragma omp parallel num_threads(4)
#pragma omp single
    {
        sum += fibonacci(9);
#pragma omp taskgroup
        for (int i = 0; i < 20; i++)
#pragma omp task untied
#pragma omp atomic
            sum++;
#pragma omp taskloop num_tasks(10)
        for (int i = 0; i < 20; i++)
#pragma omp atomic
            sum++;
#pragma omp task if (0)
#pragma omp atomic
        sum++;
        for (int i = 0; i < 5; i++) {
#pragma omp task depend(out: x) depend(in: y)
            x++;
#pragma omp task depend(in: x) depend(out: y)
            y = x;
        }
#pragma omp taskyield
#pragma omp taskwait
        sum += y;
    }
#pragma omp parallel num_threads(4)
#pragma omp task
#pragma omp atomic
    sum++;
}

static void detached(void) {
    omp_event_handle_t event;
#pragma omp parallel num_threads(2)
#pragma omp single
#pragma omp task detach(event)
    {
#pragma omp atomic
        sum++;
        omp_fulfill_event(event);
    }
    // Its function has returned, and then the event is fulfilled.
#pragma omp parallel num_threads(1)
    {
#pragma omp task detach(event)
        sum++;
#pragma omp taskyield
        omp_fulfill_event(event);
#pragma omp taskwait
    }
    // Which of the two comes first is luck.
#pragma omp parallel num_threads(2)
#pragma omp single
    for (int again = 0; again < 20; again++) {
#pragma omp task detach(event)
        sum += 0;
        omp_fulfill_event(event);
#pragma omp taskwait
    }
}

static void cancelled(void) {
#pragma omp parallel num_threads(4)
    {
#pragma omp for
        for (int i = 0; i < 40; i++)
            if (i == 0) {
#pragma omp cancel for
            }
    }
#pragma omp parallel num_threads(1)
    {
#pragma omp taskgroup
        {
#pragma omp task
#pragma omp atomic
            sum++;
#pragma omp task
            {
#pragma omp cancel taskgroup
            }
        }
#pragma omp cancel parallel
    }
}

// Where the tool finds a task, by its levels.
static void levels(void) {
    char text[8][64] = {{0}};
#pragma omp parallel num_threads(2)
#pragma omp parallel num_threads(2)
    if (omp_get_thread_num() == 1 && omp_get_ancestor_thread_num(1) == 1) {
        int known[8];
#pragma omp task if (0) shared(known)
        for (int level = 0; level < 8; level++) known[level] = control(64, level, text[level]);
        if (known[0] >= 0)
            for (int level = 0; level < 8; level++) fprintf(stderr, "level %d: %d; %s\n", level, known[level], text[level]);
    }
}

int main(void) {
    omp_set_max_active_levels(2);
#pragma omp parallel num_threads(4)
    control(65, 0, NULL);
    int started = control(1, 0, NULL);
    regions();
    loops();
    mutexes();
    tasks();
    detached();
    cancelled();
    levels();
    fprintf(stderr, "control tool: %d\n", started);
    printf("%ld\n", sum);
    return 0;
}
