/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stubs' way without CONFIG_SHARED_BUFFERS (5.4.1): a structure of their
 * own for what is sent and another for what is received, both on the stack,
 * between which and the caller's variables they copy. For ipc.h.
 */

static inline uint32_t dwords_in_dope(uint32_t dope)
{
	return CONFIG_COMPLEX_MESSAGES ? DOPE_DWORDS(dope)
				       : FLAT_DOPE_DWORDS(dope);
}

static inline uint32_t strings_in_dope(uint32_t dope)
{
	return CONFIG_COMPLEX_MESSAGES ? DOPE_STRINGS(dope) : 0;
}

static inline uint32_t message_dwords(uint32_t dope)
{
	return (sizeof(struct message) +
		   strings_in_dope(dope) * sizeof(struct indirect_string) +
		   DOPE_OBJECTS(dope) * sizeof(struct memory_object)) /
		   4 +
	       dwords_in_dope(dope);
}

static inline struct indirect_string *string_descriptors(
    const struct message *m)
{
	return (struct indirect_string *)(m->direct + dwords_in_dope(m->size));
}

static inline struct memory_object *object_descriptors(const struct message *m)
{
	return (struct memory_object *)(string_descriptors(m) +
					strings_in_dope(m->size));
}

static inline void copy_words(void *to, const void *from, uint32_t bytes)
{
	uint32_t dwords = bytes / 4;

	asm volatile("rep movsl"
		     : "+c"(dwords), "+D"(to), "+S"(from)
		     :
		     : "memory");
}

static inline void copy_descriptors(
    struct message *to, const struct message *from, uint32_t dope)
{
	if (strings_in_dope(dope))
		copy_words(string_descriptors(to), string_descriptors(from),
		    strings_in_dope(dope) * sizeof(struct indirect_string));
	if (DOPE_OBJECTS(dope))
		copy_words(object_descriptors(to), object_descriptors(from),
		    DOPE_OBJECTS(dope) * sizeof(struct memory_object));
}

/* What both have room for, by the dope. */
static inline void copy_contents(
    struct message *to, const struct message *from, uint32_t dope)
{
	if (dwords_in_dope(dope))
		copy_words(to->direct, from->direct, dwords_in_dope(dope) * 4);
	copy_descriptors(to, from, dope);
}

static inline void copy_request(
    struct message *request, const struct message *send)
{
	request->size = request->dope = send->dope;
	request->words[0] = send->words[0];
	request->words[1] = send->words[1];
	copy_contents(request, send, send->dope);
}

/* Where to receive strings and objects, the caller has said. */
static inline void prepare_reply(
    struct message *reply, const struct message *receive)
{
	reply->size = receive->size;
	copy_descriptors(reply, receive, receive->size);
}

static inline void copy_reply(struct message *receive,
    const struct message *reply, const struct received *r)
{
	if (!CONFIG_REGISTER_MESSAGES) {
		receive->words[0] = r->words[0];
		receive->words[1] = r->words[1];
	}
	copy_contents(receive, reply, r->result);
}

/* As ipc_trap, for callers whose variables are good. */
static inline __attribute__((always_inline)) struct received ipc_separately(
    const uint32_t vector, uid_t partner, const struct message *send,
    uint32_t send_timeout, struct message *receive, uint32_t receive_timeout)
{
	const bool sends = vector != IPC_RECEIVE, receives = vector != IPC_SEND;
	uint32_t out[sends ? message_dwords(send->dope) : 1];
	uint32_t in[receives ? message_dwords(receive->size) : 1];
	struct message *request = (struct message *)out;
	struct message *reply = (struct message *)in;
	struct received r;

	if (sends)
		copy_request(request, send);
	if (receives)
		prepare_reply(reply, receive);
	r = ipc_trap(
	    vector, partner, request, send_timeout, reply, receive_timeout);
	if (receives && has_message(r))
		copy_reply(receive, reply, &r);
	return r;
}
