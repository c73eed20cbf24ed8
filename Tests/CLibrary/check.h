// SPDX-License-Identifier: Apache-2.0
//
// How the programs of this directory say what is not as it must be: a line, and the code 77.
#ifndef ATOLL_TESTS_CHECK_H
#define ATOLL_TESTS_CHECK_H

#include <atoll.h>
#include <stdio.h>

#define CHECK(truth) \
    do { \
        if (!(truth)) { \
            printf("line %d: not so: %s; last error: %s\n", __LINE__, #truth, atoll_last_error()); \
            return 77; \
        } \
    } while (0)

#endif
