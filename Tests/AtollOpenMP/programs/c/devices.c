// SPDX-License-Identifier: Apache-2.0
// suite: clang
// The device calls, where the host is the only device.
#include <string.h>
#include "check.h"

int main(void)
{
	int host = omp_get_initial_device(), source[10], *copy;

	CHECK(omp_is_initial_device() && omp_get_num_devices() == SOUND(0, 1));
	CHECK(host == 0 && omp_get_device_num() == host);
	omp_set_default_device(0);
	CHECK(omp_get_default_device() == 0);
	copy = omp_target_alloc(sizeof source, host);
	CHECK(copy != NULL);
	for (int i = 0; i < 10; i++)
		source[i] = i;
	CHECK(omp_target_memcpy(copy, source, sizeof source, 0, 0, host, host) == 0);
	CHECK(memcmp(copy, source, sizeof source) == 0);
	CHECK(omp_target_is_present(source, host));
	omp_target_free(copy, host);
	return checked();
}
