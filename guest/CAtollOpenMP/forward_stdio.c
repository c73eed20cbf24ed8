// SPDX-License-Identifier: Apache-2.0
//
// Streams: calls with any number of arguments. A va_list lies on the caller's stack, with the
// registers it reads from, so it is good in rank 0 too.

#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>

#include "forward_entry.h"

#define VARIADIC(type, name, list, last, parameters, ...)                                          \
	extern struct atoll_io_entry atoll_io_entry_##list;                                        \
	__attribute__((used, visibility("hidden"))) type atoll_io_##name parameters                \
	{                                                                                          \
		va_list rest;                                                                      \
		type result;                                                                       \
                                                                                                   \
		va_start(rest, last);                                                              \
		result = (type)ATOLL_IO_CALL(list, __VA_ARGS__);                                   \
		va_end(rest);                                                                      \
		return result;                                                                     \
	}

#define FORMAT(name, list, type)                                                                   \
	VARIADIC(int, name, list, format, (const type *format, ...), format, rest)
#define STREAM_FORMAT(name, list, type)                                                            \
	VARIADIC(int, name, list, format, (FILE * stream, const type *format, ...), stream,        \
		 format, rest)
#define CHECKED(name, list, type)                                                                  \
	VARIADIC(int, name, list, format, (int flag, const type *format, ...), flag, format, rest)
#define STREAM_CHECKED(name, list, type)                                                           \
	VARIADIC(int, name, list, format, (FILE * stream, int flag, const type *format, ...),      \
		 stream, flag, format, rest)

FORMAT(printf, vprintf, char)
FORMAT(_IO_printf, vprintf, char)
FORMAT(wprintf, vwprintf, wchar_t)
FORMAT(scanf, vscanf, char)
FORMAT(wscanf, vwscanf, wchar_t)
FORMAT(__isoc99_scanf, __isoc99_vscanf, char)
FORMAT(__isoc99_wscanf, __isoc99_vwscanf, wchar_t)
STREAM_FORMAT(fprintf, vfprintf, char)
STREAM_FORMAT(_IO_fprintf, vfprintf, char)
STREAM_FORMAT(fwprintf, vfwprintf, wchar_t)
STREAM_FORMAT(fscanf, vfscanf, char)
STREAM_FORMAT(fwscanf, vfwscanf, wchar_t)
STREAM_FORMAT(__isoc99_fscanf, __isoc99_vfscanf, char)
STREAM_FORMAT(__isoc99_fwscanf, __isoc99_vfwscanf, wchar_t)
CHECKED(__printf_chk, __vprintf_chk, char)
CHECKED(__wprintf_chk, __vwprintf_chk, wchar_t)
STREAM_CHECKED(__fprintf_chk, __vfprintf_chk, char)
STREAM_CHECKED(__fwprintf_chk, __vfwprintf_chk, wchar_t)
VARIADIC(int, dprintf, vdprintf, format, (int descriptor, const char *format, ...), descriptor,
	 format, rest)
VARIADIC(int, __dprintf_chk, __vdprintf_chk, format,
	 (int descriptor, int flag, const char *format, ...), descriptor, flag, format, rest)

// The log's functions give nothing back.
#define LOG(name, list, last, parameters, ...)                                                     \
	extern struct atoll_io_entry atoll_io_entry_##list;                                        \
	__attribute__((used, visibility("hidden"))) void atoll_io_##name parameters                \
	{                                                                                          \
		va_list rest;                                                                      \
                                                                                                   \
		va_start(rest, last);                                                              \
		ATOLL_IO_CALL(list, __VA_ARGS__);                                                  \
		va_end(rest);                                                                      \
	}

LOG(syslog, vsyslog, format, (int priority, const char *format, ...), priority, format, rest)
LOG(__syslog_chk, __vsyslog_chk, format, (int priority, int flag, const char *format, ...),
    priority, flag, format, rest)
LOG(warn, vwarn, format, (const char *format, ...), format, rest)
LOG(warnx, vwarnx, format, (const char *format, ...), format, rest)
