// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Streams of wide characters, in turns.
#include <wchar.h>
#include "check.h"

int main(void)
{
	FILE *file = tmpfile();
	wchar_t line[40];

#pragma omp parallel for ordered schedule(static, 1)
	for (int i = 0; i < 8; i++) {
		KEY(omp ordered)
		{
			if (SOUND(0, i % 4 == 0))
				dawdle(100);
			fwprintf(file, L"%d %ls %g\n", i, L"wide", i * 0.5);
			fputws(L"line", file);
			fputwc(L'\n', file);
		}
	}
	rewind(file);
#pragma omp parallel for ordered schedule(static, 1) private(line)
	for (int i = 0; i < 8; i++) {
#pragma omp ordered
		{
			int number = -1;
			float half = -1;

			CHECK(fwscanf(file, L"%d wide %f\n", &number, &half) == 2);
			CHECK(number == i && half == i * 0.5f);
			CHECK(fgetws(line, 40, file) != NULL && wcscmp(line, L"line\n") == 0);
		}
	}
	CHECK(fgetwc(file) == WEOF);
	fclose(file);
	return checked();
}
