/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tasks are made empty; the last thread takes its task along.
 */
#include <task.h>
#include <heap.h>
#include <mapping.h>
#include <ports.h>
#include <space.h>

struct task *task_create(uid_t creator)
{
	struct task *task = heap_allocate(sizeof(*task));

	if (!task)
		return NULL;
	if (!space_create(task)) {
		heap_release(task, sizeof(*task));
		return NULL;
	}
	task->threads = 0;
	task->creator = creator;
	list_init(&task->mappings);
	list_init(&task->lent);
	task->mapping_count = 0;
	if (CONFIG_PORTS)
		ports_task_created(task);
	return task;
}

void task_destroy(struct task *task)
{
	mappings_release(task);
	if (CONFIG_PORTS)
		ports_task_destroyed(task);
	space_destroy(task);
	heap_release(task, sizeof(*task));
}
