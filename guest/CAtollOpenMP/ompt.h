// SPDX-License-Identifier: Apache-2.0
//
// What a tool and the runtime give each other, as the specification's omp-tools.h has it.

#ifndef OMPT_H
#define OMPT_H

#include "atoll_ompt.h"

union ompt_data {
	uint64_t value;
	void *pointer;
};

typedef void (*ompt_interface)(void);
typedef ompt_interface (*ompt_lookup)(const char *name);

struct ompt_start_tool_result {
	int (*initialize)(ompt_lookup lookup, int initial_device, union ompt_data *tool_data);
	void (*finalize)(union ompt_data *tool_data);
	union ompt_data tool_data;
};

/// The entry points of section 4.6, by name; NULL: there is no such.
ompt_interface atoll_ompt_lookup(const char *name);

#endif  // OMPT_H
