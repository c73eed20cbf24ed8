// SPDX-License-Identifier: Apache-2.0
//
// The names themselves: see forward_entry.h and forward_table.h.

#include "forward_entry.h"

#define FORWARD(name, flags) ATOLL_IO_ENTRY(name, flags) ATOLL_IO_STUB(name, "atoll_io_forward_stub")
#define FETCHED(name, bytes) ATOLL_IO_ENTRY(name, bytes) ATOLL_IO_STUB(name, "atoll_io_fetch_stub")
#define HANDLED(name) ATOLL_IO_ENTRY(name, 0) ATOLL_IO_STUB(name, "atoll_io_" #name)
#define REFUSED(name, why)                                                                         \
	ATOLL_IO_ENTRY(name, 0)                                                                    \
	__attribute__((used, noreturn, visibility("hidden"))) void atoll_io_##name(void)           \
	{                                                                                          \
		atoll_io_refuse(#name, ATOLL_IO_ELSEWHERE, why);                                                       \
	}                                                                                          \
	ATOLL_IO_STUB(name, "atoll_io_" #name)
#include "forward_table.h"

#undef FORWARD
#undef FETCHED
#undef HANDLED
#undef REFUSED

// r11 has the entry. The six registers become an array on the caller's stack.
#define SENDER(name, body)                                                                         \
	__asm__(".text\n.p2align 4\n.type " #name ",@function\n" #name ":\n"                       \
		"	.cfi_startproc\n"                                                          \
		"	pushq	%rbp\n"                                                            \
		"	.cfi_def_cfa_offset 16\n"                                                  \
		"	.cfi_offset %rbp, -16\n"                                                   \
		"	movq	%rsp, %rbp\n"                                                      \
		"	.cfi_def_cfa_register %rbp\n"                                              \
		"	pushq	%r9\n"                                                             \
		"	pushq	%r8\n"                                                             \
		"	pushq	%rcx\n"                                                            \
		"	pushq	%rdx\n"                                                            \
		"	pushq	%rsi\n"                                                            \
		"	pushq	%rdi\n"                                                            \
		"	movq	%r11, %rdi\n"                                                      \
		"	movq	%rsp, %rsi\n"                                                      \
		"	call	" #body "\n"                                                       \
		"	leave\n"                                                                   \
		"	.cfi_def_cfa %rsp, 8\n"                                                    \
		"	ret\n"                                                                     \
		"	.cfi_endproc\n"                                                            \
		".size " #name ", . - " #name "\n");
SENDER(atoll_io_forward_stub, atoll_io_forward_registers)
SENDER(atoll_io_fetch_stub, atoll_io_fetch_registers)

// The first call of a name: libc's function is looked for, and every register that may hold an
// argument (rax: how many vector registers do) is as it was.
__asm__(".text\n.p2align 4\n.type atoll_io_first_stub,@function\natoll_io_first_stub:\n"
	"	.cfi_startproc\n"
	"	pushq	%rbp\n"
	"	.cfi_def_cfa_offset 16\n"
	"	.cfi_offset %rbp, -16\n"
	"	movq	%rsp, %rbp\n"
	"	.cfi_def_cfa_register %rbp\n"
	"	subq	$192, %rsp\n"
	"	movq	%rdi, (%rsp)\n"
	"	movq	%rsi, 8(%rsp)\n"
	"	movq	%rdx, 16(%rsp)\n"
	"	movq	%rcx, 24(%rsp)\n"
	"	movq	%r8, 32(%rsp)\n"
	"	movq	%r9, 40(%rsp)\n"
	"	movq	%rax, 48(%rsp)\n"
	"	movaps	%xmm0, 64(%rsp)\n"
	"	movaps	%xmm1, 80(%rsp)\n"
	"	movaps	%xmm2, 96(%rsp)\n"
	"	movaps	%xmm3, 112(%rsp)\n"
	"	movaps	%xmm4, 128(%rsp)\n"
	"	movaps	%xmm5, 144(%rsp)\n"
	"	movaps	%xmm6, 160(%rsp)\n"
	"	movaps	%xmm7, 176(%rsp)\n"
	"	movq	%r11, %rdi\n"
	"	call	atoll_io_find\n"
	"	movq	%rax, %r11\n"
	"	movq	(%rsp), %rdi\n"
	"	movq	8(%rsp), %rsi\n"
	"	movq	16(%rsp), %rdx\n"
	"	movq	24(%rsp), %rcx\n"
	"	movq	32(%rsp), %r8\n"
	"	movq	40(%rsp), %r9\n"
	"	movq	48(%rsp), %rax\n"
	"	movaps	64(%rsp), %xmm0\n"
	"	movaps	80(%rsp), %xmm1\n"
	"	movaps	96(%rsp), %xmm2\n"
	"	movaps	112(%rsp), %xmm3\n"
	"	movaps	128(%rsp), %xmm4\n"
	"	movaps	144(%rsp), %xmm5\n"
	"	movaps	160(%rsp), %xmm6\n"
	"	movaps	176(%rsp), %xmm7\n"
	"	leave\n"
	"	.cfi_def_cfa %rsp, 8\n"
	"	jmp	*%r11\n"
	"	.cfi_endproc\n"
	".size atoll_io_first_stub, . - atoll_io_first_stub\n");
