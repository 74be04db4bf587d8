/* SPDX-License-Identifier: BSD-2-Clause */
#include "batches.h"
#include "runtime/cpuid.h"
#include "runtime/runtime.h"

#define COLUMN 10 /* characters */

#define SAMPLE                                                                 \
	"bytes=%u spaces=%u cold=%u round_trips=%u start=%U end=%U ticks=%u "  \
	"pit=%U"
#define VALUES(s, i)                                                           \
	(s)->bytes, (s)->spaces, (s)->cold, (s)->round_trips, (i)->start,      \
	    (i)->end, (i)->ticks, (i)->pit

/* The same keys as on the model, for the same reader; and what else is counted.
 */
static void record_batch(const struct series *s, const struct interval *i)
{
	if (i->has_smi && i->has_speed)
		record_sample(SAMPLE " smi=%u aperf=%u mperf=%u", VALUES(s, i),
		    i->smi, i->aperf, i->mperf);
	else if (i->has_speed)
		record_sample(SAMPLE " aperf=%u mperf=%u", VALUES(s, i),
		    i->aperf, i->mperf);
	else if (i->has_smi)
		record_sample(SAMPLE " smi=%u", VALUES(s, i), i->smi);
	else
		record_sample(SAMPLE, VALUES(s, i));
}

/* The value below which so many quarters of them are, the nearest one. */
static uint64_t quartile(const uint64_t *sorted, uint32_t count, uint32_t n)
{
	return sorted[(count - 1) * n / 4];
}

static void record_series(struct series *s, uint32_t batches)
{
	uint64_t q1, q3, room;
	uint32_t n, outliers = 0;

	sort(s->elapsed, batches);
	q1 = quartile(s->elapsed, batches, 1);
	q3 = quartile(s->elapsed, batches, 3);
	room = (q3 - q1) + (q3 - q1) / 2;
	for (n = 0; n < batches; n++)
		if (s->elapsed[n] + room < q1 || s->elapsed[n] > q3 + room)
			outliers++;
	record("series",
	    "bytes=%u spaces=%u cold=%u round_trips=%u batches=%u min=%U q1=%U "
	    "median=%U q3=%U max=%U outliers=%u",
	    s->bytes, s->spaces, s->cold, s->round_trips, batches,
	    s->elapsed[0], q1, quartile(s->elapsed, batches, 2), q3,
	    s->elapsed[batches - 1], outliers);
}

void run_batches(struct series *all, uint32_t count, uint32_t batches,
    void (*time)(const struct series *s, struct interval *i))
{
	uint32_t batch, n;

	for (batch = 0; batch < batches; batch++)
		for (n = 0; n < count; n++) {
			struct interval i = {.start = 0};

			time(all + n, &i);
			all[n].elapsed[batch] = i.end - i.start;
			record_batch(all + n, &i);
		}
	for (n = 0; n < count; n++)
		record_series(all + n, batches);
}

/* ns for a message, one way. */
static uint32_t one_way_ns(const struct series *s, uint32_t batches)
{
	uint64_t median = quartile(s->elapsed, batches, 2);

	if (!the_clock.khz || median >> 40)
		return 0;
	return (uint32_t)divide(
	    divide(median * 1000000, the_clock.khz), 2 * s->round_trips);
}

static uint32_t one_way_ticks(const struct series *s, uint32_t batches)
{
	return (uint32_t)divide(
	    quartile(s->elapsed, batches, 2), 2 * s->round_trips);
}

/* Right-aligned, with two digits behind the point if is_us (ns then). */
static void show_number(uint32_t value, bool is_us)
{
	char text[COLUMN + 1];
	uint32_t place = COLUMN;

	if (is_us)
		value = (value + 5) / 10;
	text[place] = 0;
	do {
		text[--place] = (char)('0' + value % 10);
		value /= 10;
		if (is_us && place == COLUMN - 2)
			text[--place] = '.';
	} while (value || (is_us && place >= COLUMN - 3));
	while (place)
		text[--place] = ' ';
	print("%s", text);
}

void show_medians(const struct series *all, uint32_t count, uint32_t batches)
{
	char brand[49];
	uint32_t n, m;

	cpuid_brand(brand);
	print("\f# %s, %u kHz by %s (%s)\n", brand, the_clock.khz,
	    the_clock.source, the_clock.is_tsc ? "time-stamp counter" : "PIT");
	print("# %s: us a message, one way, median of %u batches\n",
	    CONFIGURATION, batches);
	print("#     bytes  2 spaces   1 space   2, cold   1, cold  clock ticks"
	      " of the first\n");
	for (n = 0; n < count; n += 4) {
		print("# ");
		show_number(all[n].bytes, false);
		for (m = n; m < n + 4 && m < count; m++)
			show_number(one_way_ns(all + m, batches), true);
		show_number(one_way_ticks(all + n, batches), false);
		print("\n");
	}
}
