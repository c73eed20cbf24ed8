// SPDX-License-Identifier: Apache-2.0
// suite: clang
// system, popen, posix_spawn and exec after fork: children are plain programs.
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

extern char **environ;

static int spawn(void)
{
	char *arguments[] = {"sh", "-c", "exit 5", NULL};
	pid_t child;
	int status = -1;

	if (posix_spawnp(&child, "sh", NULL, NULL, arguments, environ) || waitpid(child, &status, 0) != child)
		return -1;
	return WEXITSTATUS(status);
}

int main(void)
{
	char line[64] = "";
	int status = 0;
	pid_t child;
	FILE *pipe;

	fflush(stdout);
	CHECK(WEXITSTATUS(system("exit 3")) == SOUND(3, 4));
	CHECK(system("test -z \"$ATOLL_OPENMP\"") == 0);
	pipe = popen("echo word; echo $((6 * 7))", "r");
	CHECK(pipe && fgets(line, sizeof line, pipe) && strcmp(line, "word\n") == 0);
	CHECK(fgets(line, sizeof line, pipe) && strcmp(line, "42\n") == 0);
	CHECK(pclose(pipe) == 0);
	CHECK(spawn() == 5);
	child = fork();
	if (child == 0) {
		execlp("sh", "sh", "-c", "exit 6", (char *)NULL);
		_exit(1);
	}
	CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 6);
#pragma omp parallel
	{
#pragma omp critical
		{
			CHECK(WEXITSTATUS(system("exit 4")) == 4);
			CHECK(spawn() == 5);
		}
	}
	return checked();
}
