// SPDX-License-Identifier: Apache-2.0
//
// Locales by name. A program may hand one to any thread, C++ does with each of its streams, and reads
// tables in it without a call of libc's. libc maps these tables from files, and frees them, in one
// process. So all locales are made and freed in rank 0, by a thread whose maps of files are copies in
// the image: seccomp(2) has the kernel ask the thread that waits for it, instead of mapping.

#define _GNU_SOURCE
#include <errno.h>
#include <langinfo.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <locale.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>

#include "atoll_image.h"
#include "atoll_io.h"
#include "atoll_memory.h"
#include "atoll_syscall.h"
#include "image.h"
#include "locales.h"
#include "threads.h"

enum { PAGE = 4096, NOBODY_LISTENS = -2, NOT_YET = -1 };

typedef long function_of_three(long, long, long);

struct making {
	function_of_three *function;
	long arguments[3];
	long result;
	int error;
	int listener;  // the kernel's questions; NOT_YET, NOBODY_LISTENS
	uint64_t is_done;
};

// Copies of files, of rank 0. Under the lock.
struct copy {
	struct copy *next;
	char *block;
};
static struct copy *copies;
static uint64_t lock;

// ------------------------------------------------------------------------------ the thread that makes

// Maps of files, and what gives memory back.
static int listen_to_maps(void)
{
	struct sock_filter steps[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_munmap, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[4])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xffffffff, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog program = {sizeof(steps) / sizeof(steps[0]), steps};

	// Of this thread alone, which starts nobody.
	if (atoll_syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0) < 0)
		return NOBODY_LISTENS;
	long fd = atoll_syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				SECCOMP_FILTER_FLAG_NEW_LISTENER, (uint64_t)&program, 0, 0, 0);
	return fd < 0 ? NOBODY_LISTENS : (int)fd;
}

static void *make(void *argument)
{
	struct making *making = argument;
	const long *a = making->arguments;
	int listener = listen_to_maps();

	__atomic_store_n(&making->listener, listener, __ATOMIC_RELEASE);
	if (listener >= 0) {
		errno = 0;
		making->result = making->function(a[0], a[1], a[2]);
		making->error = errno;
	}
	store(&making->is_done, 1);
	return NULL;
}

// ------------------------------------------------------------------------------- the thread that waits

static char *copy_file(int file, uint64_t bytes, uint64_t offset)
{
	uint64_t rounded = (bytes + PAGE - 1) & ~(uint64_t)(PAGE - 1);
	struct copy *copy = atoll_heap_allocate(sizeof(*copy), 16);
	char *block = atoll_heap_allocate(rounded, PAGE);

	if (block && copy) {
		// Beyond its end, a map of a file has zeros.
		memset(block, 0, rounded);
		if (!atoll_memory_read(file, (uint64_t)block, bytes, (intptr_t)offset)) {
			copy->block = block;
			copy->next = copies;
			copies = copy;
			return block;
		}
	}
	if (block)
		atoll_heap_free(block);
	if (copy)
		atoll_heap_free(copy);
	return NULL;
}

static bool free_copy(char *block)
{
	for (struct copy **at = &copies; *at; at = &(*at)->next) {
		struct copy *copy = *at;

		if (copy->block != block)
			continue;
		*at = copy->next;
		atoll_heap_free(block);
		atoll_heap_free(copy);
		return true;
	}
	return false;
}

static void answer(int listener)
{
	struct seccomp_notif asked = {0};
	struct seccomp_notif_resp said = {0};
	const __u64 *a = asked.data.args;

	if (atoll_syscall(SYS_ioctl, (uint64_t)listener, SECCOMP_IOCTL_NOTIF_RECV, (uint64_t)&asked, 0,
			  0, 0) < 0)
		return;
	said.id = asked.id;
	if (asked.data.nr == SYS_mmap) {
		said.val = (int64_t)copy_file((int)a[4], a[1], a[5]);
		said.error = said.val ? 0 : -ENOMEM;
	} else if (!free_copy((char *)a[0])) {
		said.error = (int)atoll_sys_munmap(a[0], a[1]);
	}
	atoll_syscall(SYS_ioctl, (uint64_t)listener, SECCOMP_IOCTL_NOTIF_SEND, (uint64_t)&said, 0, 0, 0);
}

// Until it is done. What it unmaps after that, when it ends, nobody answers: the listener is closed.
static void attend(struct making *making)
{
	while (__atomic_load_n(&making->listener, __ATOMIC_ACQUIRE) == NOT_YET)
		atoll_sys_nap(20000);
	while (making->listener >= 0 && !load(&making->is_done)) {
		struct pollfd questions = {making->listener, POLLIN, 0};
		struct timespec nap = {0, 200000};

		if (atoll_syscall(SYS_ppoll, (uint64_t)&questions, 1, (uint64_t)&nap, 0, 8, 0) > 0 &&
		    questions.revents & POLLIN)
			answer(making->listener);
	}
	while (!load(&making->is_done))
		atoll_sys_nap(20000);
	if (making->listener >= 0)
		atoll_syscall(SYS_close, (uint64_t)making->listener, 0, 0, 0, 0, 0);
}

// Of the program's threads; before main, each rank has its own.
static bool is_shared(void)
{
	return atoll_process.ranks > 1 && atoll_strand && !atoll_process.is_child;
}

bool atoll_locale_call(function_of_three *function, long a, long b, long c, long *result)
{
	struct making making = {function, {a, b, c}, 0, 0, NOT_YET, 0};
	bool is_made;

	if (atoll_process.rank || !is_shared())
		return false;
	while (!swap(&lock, 0, 1))
		atoll_sys_nap(50000);
	is_made = !atoll_strand_start(make, &making, NULL, 0, 0, false, NULL);
	if (is_made)
		attend(&making);
	is_made = is_made && making.listener >= 0;
	store(&lock, 0);
	if (is_made) {
		*result = making.result;
		if (making.error)
			errno = making.error;
	}
	return is_made;
}

// -------------------------------------------------------------------------------------- libc's names

static long call(const char *name, long a, long b, long c)
{
	function_of_three *real = (function_of_three *)atoll_real(name);
	long result;

	if (!is_shared())
		return real(a, b, c);
	if (atoll_locale_call(real, a, b, c, &result))
		return result;
	// A locale that others cannot read is none.
	errno = ENOENT;
	return 0;
}

// Other sets than these need a library that libc loads, in one process, to convert wide characters.
static long checked(long made)
{
	const char *set = made ? nl_langinfo_l(CODESET, (locale_t)made) : "UTF-8";

	if (!is_shared() || !strcmp(set, "UTF-8") || !strcmp(set, "ANSI_X3.4-1968"))
		return made;
	call("freelocale", made, 0, 0);
	errno = ENOENT;
	return 0;
}

static long make_here(long a, long b, long c, long d, long e, long f)
{
	(void)d, (void)e, (void)f;
	return checked(call("newlocale", a, b, c));
}

static long copy_here(long a, long b, long c, long d, long e, long f)
{
	(void)b, (void)c, (void)d, (void)e, (void)f;
	return checked(call("duplocale", a, 0, 0));
}

static long free_here(long a, long b, long c, long d, long e, long f)
{
	(void)b, (void)c, (void)d, (void)e, (void)f;
	return call("freelocale", a, 0, 0);
}

locale_t newlocale(int mask, const char *name, locale_t base)
{
	// Its tables are in libc itself, at one address in all ranks.
	if (!base && name && (!strcmp(name, "C") || !strcmp(name, "POSIX")))
		return (locale_t)((function_of_three *)atoll_real("newlocale"))(mask, (long)name, 0);
	return (locale_t)atoll_forward(make_here, mask, (long)name, (long)base, 0, 0, 0);
}

locale_t duplocale(locale_t locale)
{
	return (locale_t)atoll_forward(copy_here, (long)locale, 0, 0, 0, 0, 0);
}

void freelocale(locale_t locale) { atoll_forward(free_here, (long)locale, 0, 0, 0, 0, 0); }

locale_t __newlocale(int mask, const char *name, locale_t base)
{
	return newlocale(mask, name, base);
}
locale_t __duplocale(locale_t locale) { return duplocale(locale); }
void __freelocale(locale_t locale) { freelocale(locale); }
