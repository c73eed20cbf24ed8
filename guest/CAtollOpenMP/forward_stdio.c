// SPDX-License-Identifier: Apache-2.0
//
// Streams: calls with any number of arguments. A va_list lies on the caller's stack, with the
// registers it reads from, so it is good in rank 0 too.

#include <stdarg.h>
#include <stdio.h>

#include "forward_entry.h"

#define VARIADIC(name, type, list, last, parameters, ...)                                          \
	extern struct atoll_io_entry atoll_io_entry_##list;                                        \
	__attribute__((used)) type atoll_io_##name parameters                                      \
	{                                                                                          \
		va_list rest;                                                                      \
		type result;                                                                       \
                                                                                                   \
		va_start(rest, last);                                                              \
		result = (type)atoll_io_call(&atoll_io_entry_##list, __VA_ARGS__);                 \
		va_end(rest);                                                                      \
		return result;                                                                     \
	}

VARIADIC(printf, int, vprintf, format, (const char *format, ...), (long)format, (long)rest, 0, 0, 0,
	 0)
VARIADIC(fprintf, int, vfprintf, format, (FILE * stream, const char *format, ...), (long)stream,
	 (long)format, (long)rest, 0, 0, 0)
