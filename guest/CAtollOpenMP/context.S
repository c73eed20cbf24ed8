// SPDX-License-Identifier: Apache-2.0
//
// Leaving a stack to another thread. See start.h.

    .text
    .globl atoll_context_save
    .hidden atoll_context_save
    .type atoll_context_save, @function
atoll_context_save:
    endbr64
    movq (%rsp), %rax               // return address
    leaq 8(%rsp), %rdx              // the caller's stack pointer after the return
    movq %rdx, 0(%rdi)
    movq %rax, 8(%rdi)
    movq %rbx, 16(%rdi)
    movq %rbp, 24(%rdi)
    movq %r12, 32(%rdi)
    movq %r13, 40(%rdi)
    movq %r14, 48(%rdi)
    movq %r15, 56(%rdi)
    xorl %eax, %eax
    ret
    .size atoll_context_save, . - atoll_context_save

    .globl atoll_context_resume
    .hidden atoll_context_resume
    .type atoll_context_resume, @function
atoll_context_resume:
    endbr64
    movq 16(%rdi), %rbx
    movq 24(%rdi), %rbp
    movq 32(%rdi), %r12
    movq 40(%rdi), %r13
    movq 48(%rdi), %r14
    movq 56(%rdi), %r15
    movq 0(%rdi), %rsp
    movl $1, %eax
    jmp *8(%rdi)
    .size atoll_context_resume, . - atoll_context_resume

    .globl atoll_call_on
    .hidden atoll_call_on
    .type atoll_call_on, @function
atoll_call_on:
    endbr64
    movq %rdi, %rsp
    andq $-16, %rsp
    movq %rdx, %rdi
    xorl %ebp, %ebp
    call *%rsi
    ud2
    .size atoll_call_on, . - atoll_call_on

    .section .note.GNU-stack, "", @progbits
