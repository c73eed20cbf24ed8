// SPDX-License-Identifier: Apache-2.0

#ifndef ATOLL_LOCALES_H
#define ATOLL_LOCALES_H

#include <stdbool.h>

/// In rank 0: calls what makes, changes or frees locales, so that what it keeps of files lies in the
/// image. `false` where it could not, and did not, be called.
__attribute__((visibility("hidden"))) bool atoll_locale_call(
	long (*function)(long, long, long), long a, long b, long c, long *result);

#endif  // ATOLL_LOCALES_H
