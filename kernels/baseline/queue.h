/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doubly linked circular queues of nodes, which point to their threads. Each
 * insertion takes a node from the list of the free ones, each removal gives
 * it back. The queue has a node too, of no thread.
 */

struct queue_node {
	struct queue_node *next, *previous;
	struct tcb *thread;
};

/* While the thread is in a queue: its node. */
struct queue_link {
	struct queue_node *node;
};

struct queue {
	struct queue_node head;
};

#define QUEUE_EMPTY(queue)                                                     \
	{                                                                      \
		{                                                              \
			&(queue).head, &(queue).head, NULL                     \
		}                                                              \
	}

static inline void queue_init(struct queue *queue)
{
	queue->head.next = &queue->head;
	queue->head.previous = &queue->head;
	queue->head.thread = NULL;
}

static inline bool queue_empty(const struct queue *queue)
{
	return queue->head.next == &queue->head;
}

/* A node for t, before the given one. */
struct queue_node *node_insert(struct queue_node *behind, struct tcb *t);
void node_remove(struct queue_node *node);

#define enqueue(queue, t, link)                                                \
	(QUEUE_MARK("insert", link),                                           \
	    (t)->link.node = node_insert(&(queue)->head, t))
#define enqueue_before(queue, place, t, link)                                  \
	(QUEUE_MARK("insert", link),                                           \
	    (t)->link.node =                                                   \
		node_insert((place) ? (place)->link.node : &(queue)->head, t))
#define dequeue(t, link)                                                       \
	(QUEUE_MARK("remove", link), node_remove((t)->link.node))
#define queue_first(queue, link) ((queue)->head.next->thread)
#define queue_behind(queue, t, link) ((t)->link.node->next->thread)

bool queue_reserve(void);
void queue_unreserve(void);
