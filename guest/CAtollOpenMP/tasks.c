// SPDX-License-Identifier: Apache-2.0
#include "atoll_image.h"
#include "atoll_tasks.h"

void atoll_task_no_reduction(void)
{
	atoll_image_fail(1, "a task reduces a variable that no construct around it reduces");
}

void atoll_task_nothing(void *data)
{
	(void)data;
}
