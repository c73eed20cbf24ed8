// SPDX-License-Identifier: Apache-2.0
// suite: clang
// To the program its threads are in one process on one machine.
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	pid_t process = getpid(), parent = getppid();
	uid_t user = getuid();
	struct utsname name;
	char directory[4096];

	uname(&name);
	CHECK(getcwd(directory, sizeof directory) != NULL);
#pragma omp parallel
	{
		struct utsname here;
		char at[4096];

		CHECK(getpid() == process && getppid() == parent && getuid() == user);
		uname(&here);
		CHECK(strcmp(here.nodename, name.nodename) == 0);
		CHECK(getcwd(at, sizeof at) && strcmp(at, directory) == 0);
#pragma omp barrier
		if (omp_get_thread_num() == 3)
			CHECK(chdir(SOUND("/", ".")) == 0);
#pragma omp barrier
		CHECK(getcwd(at, sizeof at) && strcmp(at, "/") == 0);
	}
	return checked();
}
