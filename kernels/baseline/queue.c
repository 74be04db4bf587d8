/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues with links in blocks of their own, not in the tcbs (5.3.2).
 */
#include <queue.h>
#include <heap.h>

/* As many as the threads could need more than they have in queues now. */
static struct queue_node *free_nodes;

struct queue_node *node_insert(struct queue_node *behind, struct tcb *t)
{
	struct queue_node *node = free_nodes;

	free_nodes = node->next;
	node->thread = t;
	node->next = behind;
	node->previous = behind->previous;
	behind->previous->next = node;
	behind->previous = node;
	return node;
}

static void node_free(struct queue_node *node)
{
	node->next = free_nodes;
	free_nodes = node;
}

void node_remove(struct queue_node *node)
{
	node->previous->next = node->next;
	node->next->previous = node->previous;
	node_free(node);
}

static void give_back(uint32_t count)
{
	while (count--) {
		struct queue_node *node = free_nodes;

		free_nodes = node->next;
		heap_release(node, sizeof(*node));
	}
}

bool queue_reserve(void)
{
	uint32_t count;

	for (count = 0; count < QUEUES_OF_A_THREAD; count++) {
		struct queue_node *node = heap_allocate(sizeof(*node));

		if (!node) {
			give_back(count);
			return false;
		}
		node_free(node);
	}
	return true;
}

void queue_unreserve(void)
{
	give_back(QUEUES_OF_A_THREAD);
}
