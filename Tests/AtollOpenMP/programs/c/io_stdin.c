// SPDX-License-Identifier: Apache-2.0
// suite: clang stdin=12|34|alpha|beta|
// Standard input is read by workers, formatted and by lines.
#include <string.h>
#include "check.h"

int main(void)
{
	int first = 0, second = 0;
	char line[2][40] = {"", ""};

#pragma omp parallel for ordered schedule(static, 1)
	for (int i = 0; i < 4; i++) {
		KEY(omp ordered)
		{
			if (SOUND(0, i < 2))
				dawdle(100);
			if (i == 0)
				CHECK(scanf("%d", &second) == 1);
			if (i == 1)
				CHECK(scanf("%d\n", &first) == 1);
			if (i >= 2)
				CHECK(fgets(line[i - 2], 40, stdin) != NULL);
		}
	}
	CHECK(getchar() == EOF && feof(stdin));
	CHECK(second == 12 && first == 34 && strcmp(line[0], "alpha\n") == 0 && strcmp(line[1], "beta\n") == 0);
	printf("%d %d %s", second, first, line[0]);
	return checked();
}
