// SPDX-License-Identifier: Apache-2.0
//
// Names of functions; see symbol.c.

#ifndef ATOLL_SYMBOL_H
#define ATOLL_SYMBOL_H

#include "image.h"

/// Writes "FUNCTION of FILE", or "" where nothing is known.
HIDDEN void atoll_symbol_name(uint64_t address, char *name, uint64_t bytes);

#endif  // ATOLL_SYMBOL_H
