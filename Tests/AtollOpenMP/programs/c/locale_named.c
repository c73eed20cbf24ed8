// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A locale is good in all threads, whoever made it: its tables, what a thread alone uses of it, and what
// it prints then.
#define _GNU_SOURCE
#include <ctype.h>
#include <locale.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
#include "check.h"

enum { THREADS = 4, TURNS = 20 };

// In the locale "C" no letter is beyond the first 128.
static void look(locale_t locale)
{
	CHECK(iswalpha_l(0xe4, locale) && !iswalpha_l('1', locale));
	CHECK(towupper_l(0xe4, locale) == 0xc4);
	CHECK(isalpha_l('a', locale) && !isalpha_l('1', locale));
	CHECK(strcoll_l("a", "b", locale) < 0);
}

static void use(locale_t locale)
{
	locale_t before = uselocale(locale);
	wchar_t wide[8];

	CHECK(before == LC_GLOBAL_LOCALE && uselocale((locale_t)0) == locale);
	CHECK(mbstowcs(wide, "\303\244b", 8) == 2 && wide[0] == 0xe4);
	// In another VM's thread, the first makes the call.
#pragma omp critical
	CHECK(printf("%ls\n", L"\344\366\374") == 7);
	CHECK(uselocale(before) == locale);
}

int main(void)
{
	const char *name = SOUND("C.UTF-8", "C");
	locale_t made[THREADS] = {0}, one = newlocale(LC_ALL_MASK, name, (locale_t)0);

	CHECK(one && !newlocale(LC_ALL_MASK, "no such locale", (locale_t)0));
#pragma omp parallel num_threads(THREADS)
	{
		int me = omp_get_thread_num(), next = (me + 1) % THREADS;

		look(one);
		use(one);
		for (int turn = 0; turn < TURNS; turn++) {
			made[me] = turn % 2 ? duplocale(one) : newlocale(LC_CTYPE_MASK, name, (locale_t)0);
			CHECK(made[me]);
#pragma omp barrier
			if (made[next]) {
				look(made[next]);
				freelocale(made[next]);
			}
#pragma omp barrier
		}
		// All threads use it again, after others have gone.
		use(one);
	}
	// The whole program's, and nobody's own any more.
	CHECK(setlocale(LC_ALL, name) && wcwidth(0xe4) == 1);
	freelocale(one);
#pragma omp parallel num_threads(THREADS)
	CHECK(iswalpha(0xe4));
	return checked();
}
