/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory objects that a message has brought: which pages of which task appear
 * in a receiver's space when they are touched (5.2.2).
 */
#include <mapping.h>
#include <heap.h>
#include <space.h>

#define MOST_MAPPINGS 1024 /* of a task */
#define LONGEST_CHAIN 8	   /* of tasks that handed on what they were given */

struct mapping *mapping_create(
    struct task *source, uint32_t address, uint32_t bytes, bool writable)
{
	struct mapping *m = heap_allocate(sizeof(*m));

	if (!m)
		return NULL;
	*m = (struct mapping){.source = source,
	    .source_address = address,
	    .bytes = bytes,
	    .writable = writable};
	list_append(&source->lent, &m->in_source);
	return m;
}

void mapping_drop(struct mapping *m)
{
	if (m->task) {
		m->task->mapping_count--;
		list_remove(&m->in_task);
	}
	if (m->source)
		list_remove(&m->in_source);
	heap_release(m, sizeof(*m));
}

static struct mapping *first_of(const struct task *task)
{
	return list_entry(task->mappings.next, struct mapping, in_task);
}

void mapping_place(
    struct mapping *m, struct task *task, uint32_t address, uint32_t bytes)
{
	if (!m->source || bytes == 0) {
		mapping_drop(m);
		return;
	}
	mapping_unmap(task, address, bytes);
	if (task->mapping_count == MOST_MAPPINGS)
		mapping_drop(list_entry(
		    task->mappings.previous, struct mapping, in_task));
	m->task = task;
	m->address = address;
	m->bytes = bytes;
	task->mapping_count++;
	list_append(task->mappings.next, &m->in_task);
}

static const struct mapping *find(const struct task *task, uint32_t address)
{
	const struct list *link = task->mappings.next;

	for (; link != &task->mappings; link = link->next) {
		const struct mapping *m =
		    list_entry(link, struct mapping, in_task);

		if (address - m->address < m->bytes)
			return m;
	}
	return NULL;
}

bool mapping_resolve(struct task *task, uint32_t address, bool write)
{
	const struct task *owner = task;
	uint32_t at = address & -PAGE_SIZE;
	bool writable = true;
	int n;

	for (n = 0; n < LONGEST_CHAIN; n++) {
		const struct mapping *m = find(owner, at);
		uint32_t page;

		if (!m || (write && !m->writable))
			return false;
		writable &= m->writable;
		at = at - m->address + m->source_address;
		owner = m->source;
		page = page_entry(owner, at);
		if (page & PTE_PRESENT) {
			writable &= (page & PTE_WRITABLE) != 0;
			return (writable || !write) &&
			       task_share(
				   task, address, page & PTE_FRAME, writable);
		}
	}
	return false;
}

/*
 * Leaves of the mapping what is outside. Of one with a hole only the first
 * part is left: faults in the other one go to the pager, as always when the
 * kernel does not know.
 */
static void cut_out(struct mapping *m, uint32_t address, uint32_t bytes)
{
	uint32_t front;

	if (address < m->address + m->bytes && m->address < address + bytes) {
		if (address > m->address) {
			m->bytes = address - m->address;
			return;
		}
		front = address + bytes - m->address;
		if (front >= m->bytes) {
			mapping_drop(m);
			return;
		}
		m->address += front;
		m->source_address += front;
		m->bytes -= front;
	}
}

void mapping_forget(struct task *task, uint32_t address, uint32_t bytes)
{
	struct list *link = task->mappings.next;

	while (link != &task->mappings) {
		struct mapping *m = list_entry(link, struct mapping, in_task);

		link = link->next;
		cut_out(m, address, bytes);
	}
}

void mapping_unmap(struct task *task, uint32_t address, uint32_t bytes)
{
	if (bytes == 0)
		return;
	mapping_forget(task, address, bytes);
	task_unmap(task, address, bytes);
}

void mappings_release(struct task *task)
{
	while (!list_empty(&task->mappings))
		mapping_drop(first_of(task));
	while (!list_empty(&task->lent)) {
		struct mapping *m =
		    list_entry(task->lent.next, struct mapping, in_source);

		if (m->task) {
			mapping_drop(m);
		} else {
			/* The message that it is in will drop it. */
			list_remove(&m->in_source);
			m->source = NULL;
		}
	}
}
