// SPDX-License-Identifier: Apache-2.0
//
// Memory of the program: where its heap lies, and each thread's seat there.

#ifndef ATOLL_MEMORY_H
#define ATOLL_MEMORY_H

#include <stdint.h>

#include "atoll_image.h"

/// Where the heap lies in this process. Has no bytes until atoll_memory_begin().
struct atoll_memory {
	uint64_t heap;
	uint64_t bytes;
};

extern struct atoll_memory atoll_memory __attribute__((visibility("hidden")));

/// This thread's seat at the heap, an offset in it; 0: it has none yet.
extern __thread uint64_t atoll_heap_seat __attribute__((tls_model("initial-exec"), visibility("hidden")));

/// The block of this thread's values of keys; 0: none.
extern __thread uint64_t atoll_key_values __attribute__((tls_model("initial-exec"), visibility("hidden")));

static inline uint64_t atoll_memory_values(void) { return atoll_key_values; }
static inline void atoll_memory_set_values(uint64_t values) { atoll_key_values = values; }

/// Calls a function of the program.
static inline void atoll_memory_call(uint64_t function, uint64_t argument)
{
	((void (*)(uint64_t))function)(argument);
}

/// (PthreadKeys.swift) A round of the destructors of the calling thread's keys.
_Bool atoll_keys_end(void);

static inline uint64_t atoll_memory_heap(void) { return atoll_memory.heap; }
static inline uint64_t atoll_memory_bytes(void) { return atoll_memory.bytes; }
static inline uint64_t atoll_memory_seat(void) { return atoll_heap_seat; }
static inline void atoll_memory_set_seat(uint64_t seat) { atoll_heap_seat = seat; }

/// Where the heap lies, once the image is mapped. Does nothing the second time.
void atoll_memory_begin(void);

/// Has atoll_memory_seat_end() called when the calling thread ends, as late as can be.
void atoll_memory_at_thread_end(void);

/// (Memory.swift) The calling thread ends: its seat becomes free for others.
void atoll_memory_leave(uint64_t seat);

/// errno of the calling thread.
void atoll_memory_set_errno(int number);

/// The first of the robust mutexes that the calling thread holds: see PthreadRobust.swift.
extern __thread uint64_t atoll_robust_first __attribute__((tls_model("initial-exec"), visibility("hidden")));
static inline uint64_t atoll_memory_robust(void) { return atoll_robust_first; }
static inline void atoll_memory_set_robust(uint64_t mutex) { atoll_robust_first = mutex; }
/// (PthreadRobust.swift) The calling thread ends: whoever takes them next is told so.
void atoll_robust_end(void);

/// (Memory.swift) malloc() and free(), which Swift cannot name.
void *atoll_malloc(uint64_t bytes) __attribute__((visibility("hidden")));
void atoll_free(void *block) __attribute__((visibility("hidden")));

static inline void atoll_pause(void) { __builtin_ia32_pause(); }

/// Around the making of a child, in the parent and in the child: it has no thread that would give a lock
/// of the heap's back. Nothing may be allocated between them.
void atoll_memory_freeze(void);
void atoll_memory_thaw(void);
void atoll_heap_freeze(void);
void atoll_heap_thaw(void);

void atoll_memory_bad_free(void) __attribute__((noreturn));
void atoll_memory_no_seat(void) __attribute__((noreturn));

void atoll_memory_zero(uint64_t address, uint64_t bytes);
void atoll_memory_copy(uint64_t to, uint64_t from, uint64_t bytes);

/// The system's own: see mmap(2). UINT64_MAX or -1, and errno, where they fail.
uintptr_t atoll_real_mmap(uintptr_t address, intptr_t bytes, int protection, int flags, int file,
			 intptr_t offset);
intptr_t atoll_real_munmap(uintptr_t address, intptr_t bytes);
uintptr_t atoll_real_mremap(uintptr_t address, intptr_t old, intptr_t new, int flags, uintptr_t target);
intptr_t atoll_real_mprotect(uintptr_t address, intptr_t bytes, int protection);
intptr_t atoll_real_madvise(uintptr_t address, intptr_t bytes, int advice);
uintptr_t atoll_real_sbrk(intptr_t bytes);
int atoll_real_brk(uintptr_t address);

/// In all ranks: see mprotect(2).
int atoll_memory_protect(uint64_t address, uint64_t bytes, int protection);
/// Before memory that was mapped is another's: all ranks may read and write it. The protection that some
/// of it had; -1: none had any.
int atoll_memory_unprotect(uint64_t address, uint64_t bytes);
/// Whether any memory is protected.
_Bool atoll_memory_is_protected(void);
/// Makes memory of the heap zeros, whatever its protection (memory_zero.c).
void atoll_memory_give_up(uint64_t address, uint64_t bytes);
/// Lets the machine have it, where it is much and can be had: then it is zeros.
_Bool atoll_memory_give_back(uint64_t address, uint64_t bytes);
/// In a forked child, whose memory is mapped anew.
void atoll_memory_protect_again(void);

/// Reads the file into memory, up to its end. 0, or an errno value.
int atoll_memory_read(int file, uint64_t address, uint64_t bytes, intptr_t offset);

/// A line to standard error.
void atoll_memory_say(const char *sentence);

/// All ranks have this for libc's variable `environ`.
void atoll_environment_tell(char **list);

/// This role's words in the image's header: 0 the table of keys; from byte 64 the break; 16 what libc
/// remembers, 17 how often the locale has changed; 18, 19 what is protected (memory_protect.c).
uint64_t atoll_memory_words(void);

#define ATOLL_MEMORY_LOCALES 17

/// How often the calling thread has seen the locale change.
extern __thread uint64_t atoll_locale_followed
	__attribute__((tls_model("initial-exec"), visibility("hidden")));
void atoll_locale_follow_slowly(void);

/// Has this thread's process use the program's locale, if that has changed: at the start of a region.
static inline void atoll_locale_follow(void)
{
	if (atoll_process.rank &&
	    __atomic_load_n(&atoll_image()->memory[ATOLL_MEMORY_LOCALES], __ATOMIC_RELAXED) !=
		    atoll_locale_followed)
		atoll_locale_follow_slowly();
}

#define ATOLL_PROT_WRITE 2
#define ATOLL_PROT_EXEC 4
#define ATOLL_MAP_SHARED 1
#define ATOLL_MAP_FIXED 0x10
#define ATOLL_MAP_ANONYMOUS 0x20
#define ATOLL_MREMAP_MAYMOVE 1
#define ATOLL_MADV_DONTNEED 4
#define ATOLL_ENODEV 19
#define ATOLL_ENOMEM 12
#define ATOLL_EINVAL 22

#endif  // ATOLL_MEMORY_H
