// SPDX-License-Identifier: Apache-2.0
// suite: clang
// setlocale counts for all threads.
#include <locale.h>
#include <string.h>
#include <wchar.h>
#include "check.h"

int main(void)
{
	wchar_t wide[8];

	CHECK(setlocale(LC_ALL, SOUND("C.UTF-8", "C")) != NULL);
#pragma omp parallel private(wide)
	{
		CHECK(strcmp(setlocale(LC_ALL, NULL), "C.UTF-8") == 0);
		CHECK(mbstowcs(wide, "\303\244b", 8) == 2 && wide[0] == 0xe4);
	}
	return checked();
}
