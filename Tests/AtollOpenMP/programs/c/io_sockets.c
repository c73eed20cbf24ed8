// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A connection of the network between two threads, while others wait by select and epoll.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0), chosen[2], watched[2];

	CHECK(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 4) == 0);
	CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
	CHECK(pipe(chosen) == 0 && pipe(watched) == 0);
#pragma omp parallel
	{
		int me = omp_get_thread_num(), other;
		char text[20] = "";

		if (me == 0) {
			other = accept(listener, NULL, NULL);
			CHECK(other >= 0 && recv(other, text, sizeof text, 0) == 5 && strcmp(text, "hail") == 0);
			CHECK(write(chosen[1], "x", 1) == 1 && write(watched[1], "y", 1) == 1);
			CHECK(close(other) == 0);
		} else if (me == 1) {
			other = socket(AF_INET, SOCK_STREAM, 0);
			dawdle(20);
			CHECK(connect(other, (struct sockaddr *)&address, sizeof address) == 0);
			CHECK(send(other, SOUND("hail", "rain"), 5, 0) == 5);
			CHECK(recv(other, text, sizeof text, 0) == 0 && close(other) == 0);
		} else if (me == 2) {
			fd_set set;

			FD_ZERO(&set);
			FD_SET(chosen[0], &set);
			CHECK(select(chosen[0] + 1, &set, NULL, NULL, NULL) == 1 && FD_ISSET(chosen[0], &set));
			CHECK(read(chosen[0], text, sizeof text) == 1 && text[0] == 'x');
		} else if (me == 3) {
			struct epoll_event event = {.events = EPOLLIN, .data.u32 = 77};
			int poller = epoll_create1(0);

			CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, watched[0], &event) == 0);
			CHECK(epoll_wait(poller, &event, 1, -1) == 1 && event.data.u32 == 77);
			CHECK(read(watched[0], text, sizeof text) == 1 && text[0] == 'y');
			CHECK(close(poller) == 0);
		}
	}
	return checked();
}
