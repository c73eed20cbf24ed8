// SPDX-License-Identifier: Apache-2.0
//
// What writes a message and ends the program: the message is written in rank 0, and the end is the
// whole program's.

#define _GNU_SOURCE
#include <errno.h>
#include <error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "forward_entry.h"

#define OURS __attribute__((used, visibility("hidden")))

extern struct atoll_io_entry atoll_io_entry_vwarn, atoll_io_entry_vwarnx, atoll_io_entry_error,
	atoll_io_entry_error_at_line, atoll_io_entry___assert_fail, atoll_io_entry___assert_perror_fail;

OURS _Noreturn void atoll_io_verr(int code, const char *format, va_list rest)
{
	ATOLL_IO_CALL(vwarn, format, rest);
	exit(code);
}

OURS _Noreturn void atoll_io_verrx(int code, const char *format, va_list rest)
{
	ATOLL_IO_CALL(vwarnx, format, rest);
	exit(code);
}

OURS _Noreturn void atoll_io_err(int code, const char *format, ...)
{
	va_list rest;

	va_start(rest, format);
	atoll_io_verr(code, format, rest);
}

OURS _Noreturn void atoll_io_errx(int code, const char *format, ...)
{
	va_list rest;

	va_start(rest, format);
	atoll_io_verrx(code, format, rest);
}

// error() has no form that takes a va_list: its text is made here. NULL: there is no memory.
static char *text_of(const char *format, va_list rest)
{
	char *text;

	return vasprintf(&text, format, rest) < 0 ? NULL : text;
}

OURS void atoll_io_error(int code, int number, const char *format, ...)
{
	char *text;
	va_list rest;

	va_start(rest, format);
	text = text_of(format, rest);
	va_end(rest);
	ATOLL_IO_CALL(error, 0, number, "%s", text ? text : format);
	free(text);
	if (code)
		exit(code);
}

OURS void atoll_io_error_at_line(int code, int number, const char *file, unsigned int line,
				 const char *format, ...)
{
	char *text;
	va_list rest;

	va_start(rest, format);
	text = text_of(format, rest);
	va_end(rest);
	ATOLL_IO_CALL(error_at_line, 0, number, file, line, "%s", text ? text : format);
	free(text);
	if (code)
		exit(code);
}

OURS _Noreturn void atoll_io___assert_fail(const char *what, const char *file, unsigned int line,
					   const char *function)
{
	ATOLL_IO_CALL(__assert_fail, what, file, line, function);
	abort();
}

OURS _Noreturn void atoll_io___assert(const char *what, const char *file, int line)
{
	atoll_io___assert_fail(what, file, line, NULL);
}

OURS _Noreturn void atoll_io___assert_perror_fail(int error, const char *file, unsigned int line,
						  const char *function)
{
	ATOLL_IO_CALL(__assert_perror_fail, error, file, line, function);
	abort();
}
