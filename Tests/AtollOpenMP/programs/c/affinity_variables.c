// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_PROC_BIND=close
// The calls about places agree with one another.
#include "check.h"

int main(void)
{
	int places = omp_get_num_places();

	CHECK(omp_get_proc_bind() == SOUND(omp_proc_bind_close, omp_proc_bind_false));
	CHECK(places >= 1);
	for (int place = 0; place < places; place++) {
		int count = omp_get_place_num_procs(place), ids[1024];

		CHECK(count >= 1 && count <= 1024);
		omp_get_place_proc_ids(place, ids);
		for (int i = 0; i < count; i++)
			CHECK(ids[i] >= 0);
	}
	CHECK(omp_get_place_num_procs(-1) == 0 && omp_get_place_num_procs(places) == 0);
#pragma omp parallel proc_bind(spread)
	{
		CHECK(omp_get_place_num() >= -1 && omp_get_place_num() < places);
		CHECK(omp_get_partition_num_places() >= 1);
	}
	return checked();
}
