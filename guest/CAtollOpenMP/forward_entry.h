// SPDX-License-Identifier: Apache-2.0
//
// How a name of libc's is taken over. Each has an entry and a few instructions under its own name: in
// rank 0 they jump to libc's function, with every register as it was (so that a printf may have any
// arguments); elsewhere they go to `atoll_io_forward_stub` (which sends the six registers of the
// integer class), to a function of our own, or to the sentence that refuses it.

#ifndef ATOLL_FORWARD_ENTRY_H
#define ATOLL_FORWARD_ENTRY_H

#include "atoll_image.h"
#include "atoll_io.h"

// The instructions below know where atoll_process.rank lies.
_Static_assert(offsetof(struct atoll_process, rank) == 32, "see the stubs");
_Static_assert(offsetof(struct atoll_io_entry, real) == 0, "see the stubs");

/// The signals that were blocked when the program began: known to all ranks, in the header's words for
/// input and output (see ForwardSlots).
static inline uint64_t *atoll_io_program_signals(void) { return &atoll_image()->io[1]; }

#define ATOLL_IO_TEXT(x) ATOLL_IO_TEXT_(x)
#define ATOLL_IO_TEXT_(x) #x

#define ATOLL_IO_ENTRY(name_, flags_)                                                              \
	struct atoll_io_entry atoll_io_entry_##name_                                               \
		__attribute__((visibility("hidden"), used)) = {0, #name_, flags_};

/// Calls what `name` is an entry of, in rank 0.
#define ATOLL_IO_CALL(name, ...) ATOLL_IO_CALL_(&atoll_io_entry_##name, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define ATOLL_IO_CALL_(entry, a, b, c, d, e, f, ...)                                               \
	atoll_io_call(entry, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

#define ATOLL_IO_STUB(name, elsewhere)                                                             \
	__asm__(".text\n.p2align 4\n.globl " #name "\n.type " #name ",@function\n" #name ":\n"     \
		"	endbr64\n"                                                                 \
		"	cmpl	$0, atoll_process+32(%rip)\n"                                      \
		"	jne	1f\n"                                                              \
		"	movq	atoll_io_entry_" #name "(%rip), %r11\n"                            \
		"	testq	%r11, %r11\n"                                                      \
		"	je	2f\n"                                                              \
		"	jmp	*%r11\n"                                                           \
		"1:	leaq	atoll_io_entry_" #name "(%rip), %r11\n"                            \
		"	jmp	" elsewhere "\n"                                                   \
		"2:	leaq	atoll_io_entry_" #name "(%rip), %r11\n"                            \
		"	jmp	atoll_io_first_stub\n"                                             \
		".size " #name ", . - " #name "\n");

#endif  // ATOLL_FORWARD_ENTRY_H
