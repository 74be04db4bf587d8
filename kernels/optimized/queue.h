/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doubly linked circular queues through the tcbs themselves, by virtual
 * address. The queue is a link too; an empty one points to itself.
 */

struct queue_link {
	struct queue_link *next, *previous;
};

struct queue {
	struct queue_link head;
};

#define QUEUE_EMPTY(queue)                                                     \
	{                                                                      \
		{                                                              \
			&(queue).head, &(queue).head                           \
		}                                                              \
	}

/* The thread with its link so many bytes behind its start. */
static inline struct tcb *thread_of_link(
    const struct queue_link *link, size_t offset)
{
	return (struct tcb *)((char *)link - offset);
}

static inline void queue_init(struct queue *queue)
{
	queue->head.next = &queue->head;
	queue->head.previous = &queue->head;
}

static inline bool queue_empty(const struct queue *queue)
{
	return queue->head.next == &queue->head;
}

static inline void insert_link(
    struct queue_link *behind, struct queue_link *link)
{
	link->next = behind;
	link->previous = behind->previous;
	behind->previous->next = link;
	behind->previous = link;
}

static inline void remove_link(struct queue_link *link)
{
	link->previous->next = link->next;
	link->next->previous = link->previous;
}

static inline struct tcb *thread_at(
    const struct queue *queue, const struct queue_link *link, size_t offset)
{
	return link == &queue->head ? NULL : thread_of_link(link, offset);
}

#define enqueue(queue, t, link)                                                \
	(QUEUE_MARK("insert", link), insert_link(&(queue)->head, &(t)->link))
#define enqueue_before(queue, place, t, link)                                  \
	(QUEUE_MARK("insert", link),                                           \
	    insert_link(                                                       \
		(place) ? &(place)->link : &(queue)->head, &(t)->link))
#define dequeue(t, link) (QUEUE_MARK("remove", link), remove_link(&(t)->link))
#define queue_first(queue, link)                                               \
	thread_at(queue, (queue)->head.next, offsetof(struct tcb, link))
#define queue_behind(queue, t, link)                                           \
	thread_at(queue, (t)->link.next, offsetof(struct tcb, link))

static inline bool queue_reserve(void)
{
	return true;
}

static inline void queue_unreserve(void)
{
}
