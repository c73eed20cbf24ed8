// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A blocking read in one thread, the write in another: neither keeps the others from theirs.
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	int ends[2], pair[2], wrong = 0;

	CHECK(pipe(ends) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
#pragma omp parallel reduction(+ : wrong)
	{
		int me = omp_get_thread_num(), value;

		for (int i = 0; i < 100; i++) {
			if (me == 0) {
				wrong += read(ends[0], &value, sizeof value) != sizeof value || value != i;
			} else if (me == 1) {
				value = i + SOUND(0, 1);
				dawdle(i % 3);
				wrong += write(ends[1], &value, sizeof value) != sizeof value;
			} else if (me == 2) {
				value = 7 * i;
				wrong += send(pair[0], &value, sizeof value, 0) != sizeof value;
				wrong += recv(pair[0], &value, sizeof value, MSG_WAITALL) != sizeof value;
				wrong += value != 7 * i + 1;
			} else {
				struct pollfd ready = {.fd = pair[1], .events = POLLIN};

				wrong += poll(&ready, 1, -1) != 1;
				wrong += recv(pair[1], &value, sizeof value, MSG_WAITALL) != sizeof value;
				value++;
				wrong += send(pair[1], &value, sizeof value, 0) != sizeof value;
			}
		}
	}
	CHECK(wrong == 0);
	return checked();
}
