// SPDX-License-Identifier: Apache-2.0
//
// The record of the environment, which the image's header leads to; places and the affinity's format.

#include <string.h>

#include "atoll_api.h"
#include "atoll_image.h"

// image.api, by index.
enum { API_ENVIRONMENT = 0, API_FORMAT_LOCK = 1 };

struct atoll_environment *atoll_omp_environment(void)
{
	uint64_t address;

	if (!atoll_process.is_begun)
		return NULL;
	address = __atomic_load_n(&atoll_image()->api[API_ENVIRONMENT], __ATOMIC_ACQUIRE);
	return (struct atoll_environment *)address;
}

void atoll_environment_create(void)
{
	uint64_t offset;

	if (atoll_omp_environment())
		return;
	offset = atoll_pool_take(sizeof(struct atoll_environment));
	if (offset == 0)
		atoll_image_fail(126, "no room for what the environment says");
	__atomic_store_n(&atoll_image()->api[API_ENVIRONMENT], ATOLL_IMAGE_BASE + offset,
			 __ATOMIC_RELEASE);
}


uint32_t atoll_environment_is_read(void)
{
	const struct atoll_environment *record = atoll_omp_environment();

	return record ? record->is_read : 0;
}

void atoll_environment_finish(struct atoll_values values)
{
	struct atoll_environment *record = atoll_omp_environment();

	record->values = values;
	record->is_read = 1;
}

struct atoll_values atoll_environment_values(void) { return atoll_omp_environment()->values; }

uint32_t atoll_environment_threads_count(void)
{
	return atoll_omp_environment()->num_threads_count;
}

uint32_t atoll_environment_bind_count(void) { return atoll_omp_environment()->bind_count; }

uint64_t atoll_environment_threads(uint32_t index)
{
	return atoll_omp_environment()->num_threads_list[index];
}

uint32_t atoll_environment_bind(uint32_t index)
{
	return atoll_omp_environment()->bind_list[index];
}

void atoll_environment_put_threads(uint64_t count)
{
	struct atoll_environment *record = atoll_omp_environment();

	if (record->num_threads_count < ATOLL_LEVELS)
		record->num_threads_list[record->num_threads_count++] = count;
}

void atoll_environment_put_bind(uint32_t bind)
{
	struct atoll_environment *record = atoll_omp_environment();

	if (record->bind_count < ATOLL_LEVELS)
		record->bind_list[record->bind_count++] = bind;
}

// Places are put together processor by processor; what does not fit is left out.
void atoll_place_put(uint32_t processor)
{
	struct atoll_environment *record = atoll_omp_environment();
	uint32_t *end = &record->place_first[record->places + 1];

	if (record->places == ATOLL_PLACES)
		return;
	if (*end == 0)
		*end = record->place_first[record->places];
	if (*end < ATOLL_PROCESSORS)
		record->place_processors[(*end)++] = processor;
}

void atoll_place_close(void)
{
	struct atoll_environment *record = atoll_omp_environment();

	if (record->places < ATOLL_PLACES &&
	    record->place_first[record->places + 1] > record->place_first[record->places])
		record->places++;
}

uint32_t atoll_places(void) { return atoll_omp_environment()->places; }

uint32_t atoll_place_size(uint32_t place)
{
	const struct atoll_environment *record = atoll_omp_environment();

	return record->place_first[place + 1] - record->place_first[place];
}

uint32_t atoll_place_processor(uint32_t place, uint32_t index)
{
	const struct atoll_environment *record = atoll_omp_environment();

	return record->place_processors[record->place_first[place] + index];
}

uint32_t atoll_processor_rank(uint32_t processor)
{
	uint32_t rank;

	if (atoll_process.ranks == 1)
		return 0;
	rank = processor / atoll_process.threads;
	return rank < atoll_process.ranks ? rank : atoll_process.ranks - 1;
}

// Held for a copy of less than a page: nobody waits long for it.
static void format_lock(void)
{
	uint64_t *word = &atoll_image()->api[API_FORMAT_LOCK];

	while (__atomic_exchange_n(word, 1, __ATOMIC_ACQUIRE))
		atoll_image_look();
}

static void format_unlock(void)
{
	__atomic_store_n(&atoll_image()->api[API_FORMAT_LOCK], 0, __ATOMIC_RELEASE);
}

uint32_t atoll_format_read(uint8_t *bytes, uint32_t size)
{
	struct atoll_environment *record = atoll_omp_environment();
	uint32_t count;

	format_lock();
	count = record->format_bytes < size ? record->format_bytes : size;
	memcpy(bytes, record->format, count);
	format_unlock();
	return count;
}

void atoll_format_write(const uint8_t *bytes, uint32_t count)
{
	struct atoll_environment *record = atoll_omp_environment();

	if (count >= ATOLL_FORMAT)
		count = ATOLL_FORMAT - 1;
	format_lock();
	memcpy(record->format, bytes, count);
	record->format_bytes = count;
	format_unlock();
}
