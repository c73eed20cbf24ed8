// SPDX-License-Identifier: Apache-2.0
//
// Which calls of libc's run in rank 0. To be included with these defined:
//
//     FORWARD(name, flags)  the call itself, its arguments being six of the integer class at most
//     FETCHED(name, bytes)  likewise; what it points to, in libc's own memory, is brought to the same
//                           address here: so many bytes, or (0) a text
//     HANDLED(name)         atoll_io_NAME() of ours runs in other ranks: more or other arguments
//     REFUSED(name, why)    ends the program with a sentence in other ranks
//
// What is in none of these lists either has nothing to do with descriptors, streams or the process, or
// belongs to another part of the runtime: Tests/AtollOpenMP/libc-names says which, of every name.

#define QUICK ATOLL_IO_QUICK
#define READS ATOLL_IO_READS
#define WAITS ATOLL_IO_WAITS
#define CANCELS ATOLL_IO_CANCELS
#include "forward_descriptors.h"
#include "forward_files.h"
#include "forward_process.h"
#include "forward_streams.h"
#undef QUICK
#undef READS
#undef WAITS
#undef CANCELS
