// SPDX-License-Identifier: Apache-2.0
#include "atoll_openmp.h"

__thread uint64_t atoll_thread_record;
