// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A std::locale by name, which any thread makes, is good in all: its facets hold tables of libc's.
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>
#include "check.h"

enum { THREADS = 4, TURNS = 20 };

static void look(const std::locale &locale)
{
	const auto &narrow = std::use_facet<std::ctype<char>>(locale);
	const auto &wide = std::use_facet<std::ctype<wchar_t>>(locale);
	const auto &codes = std::use_facet<std::codecvt<wchar_t, char, std::mbstate_t>>(locale);
	const auto &order = std::use_facet<std::collate<char>>(locale);
	const char text[] = "\303\244b", *rest;
	const std::string low = "a", high = "b";
	wchar_t read[8] = {0}, *end;
	std::mbstate_t state{};

	CHECK(std::isalpha(L'\344', locale) && std::toupper(L'\344', locale) == L'\304');
	CHECK(wide.is(std::ctype_base::alpha, L'\344') && !wide.is(std::ctype_base::alpha, L'1'));
	CHECK(narrow.is(std::ctype_base::alpha, 'a') && narrow.toupper('a') == 'A' && !narrow.is(std::ctype_base::digit, 'a'));
	CHECK(codes.in(state, text, text + 3, rest, read, read + 8, end) == std::codecvt_base::ok && read[0] == L'\344');
	CHECK(order.compare(low.data(), low.data() + 1, high.data(), high.data() + 1) < 0);

	std::ostringstream out;
	out.imbue(locale);
	out << 1.5 << ' ' << 1234567 << ' ' << std::boolalpha << true;
	CHECK(out.str() == "1.5 1234567 true");
}

int main()
{
	const char *name = SOUND("C.UTF-8", "C");
	std::locale one(name), made[THREADS];
	bool is_refused = false;

	try {
		std::locale none("no such locale");
	} catch (const std::runtime_error &) {
		is_refused = true;
	}
	CHECK(is_refused && one.name() == "C.UTF-8");
#pragma omp parallel num_threads(THREADS)
	{
		const int me = omp_get_thread_num();

		look(one);
		for (int turn = 0; turn < TURNS; turn++) {
			made[me] = turn % 2 ? std::locale(one, std::locale(name), std::locale::ctype) : std::locale(name);
#pragma omp barrier
			look(made[(me + 1) % THREADS]);
#pragma omp barrier
		}
	}
	return checked();
}
