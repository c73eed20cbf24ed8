// SPDX-License-Identifier: Apache-2.0
//
// Which calls of libc's run in rank 0. To be included with these defined:
//
//     FORWARD(name, flags)  the call itself, its arguments being six of the integer class at most
//     HANDLED(name)         atoll_io_NAME() of ours runs in other ranks: more or other arguments
//     REFUSED(name, why)    ends the program with a sentence in other ranks

#define QUICK ATOLL_IO_QUICK
#define READS ATOLL_IO_READS
#define WAITS ATOLL_IO_WAITS

// Streams: output.
FORWARD(puts, QUICK)
FORWARD(fputs, QUICK)
FORWARD(fputc, QUICK)
FORWARD(putc, QUICK)
FORWARD(putchar, QUICK)
FORWARD(fwrite, QUICK)
FORWARD(fflush, QUICK)
FORWARD(vprintf, QUICK)
FORWARD(vfprintf, QUICK)
HANDLED(printf)
HANDLED(fprintf)

// Descriptors.
FORWARD(open, WAITS)
FORWARD(open64, WAITS)
FORWARD(close, 0)
FORWARD(read, READS)
FORWARD(write, 0)

#undef QUICK
#undef READS
#undef WAITS
