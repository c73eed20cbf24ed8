// SPDX-License-Identifier: Apache-2.0
//
// What libc remembers between two calls, and what is to be one thing for a program whose threads run in
// several processes: the numbers of rand() and drand48(), the rest of strtok(), the environment, the
// locale. The generators are libc's own, in the forms that are told where their state lies.

#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "atoll_image.h"
#include "atoll_io.h"
#include "atoll_memory.h"
#include "atoll_syscall.h"
#include "everywhere.h"
#include "image.h"
#include "locales.h"

// Of the role's words in the image's header.
enum { STATE = 16 };

struct libc_state {
	uint64_t lock;
	char *strtok_rest;
	struct random_data random;
	int32_t random_words[32];  // as many as rand() has before anybody asks for another number
	struct drand48_data drand48;
	char **environment;	   // rank 0's environ, where it is not the first any more
	char locale[256];	   // of all categories, as setlocale() gives it
};

static struct libc_state *state(void)
{
	uint64_t *word;
	struct libc_state *made;

	atoll_memory_begin();
	word = &atoll_image()->memory[STATE];
	if (load(word))
		return (struct libc_state *)load(word);
	made = calloc(1, sizeof(*made));
	if (!made)
		atoll_image_fail(134, "no memory for what libc remembers");
	initstate_r(1, (char *)made->random_words, sizeof(made->random_words), &made->random);
	if (!swap(word, 0, (uint64_t)made))
		free(made);
	return (struct libc_state *)load(word);
}

static struct libc_state *lock_state(void)
{
	struct libc_state *s = state();

	for (unsigned looks = 0; !swap(&s->lock, 0, 1);) {
		if (++looks < 100) {
			atoll_pause();
			continue;
		}
		if (looks % 1000 == 0)
			atoll_image_look();
		atoll_sys_yield();
	}
	return s;
}

static void unlock_state(struct libc_state *s)
{
	store(&s->lock, 0);
}

void atoll_memory_freeze(void)
{
	if (atoll_process.is_begun && load(&atoll_image()->memory[STATE]))
		lock_state();
	atoll_heap_freeze();
}

void atoll_memory_thaw(void)
{
	atoll_heap_thaw();
	if (atoll_process.is_begun && load(&atoll_image()->memory[STATE]))
		unlock_state(state());
}

// ---------------------------------------------------------------------------- rand() and random()

long random(void)
{
	struct libc_state *s = lock_state();
	int32_t number;

	random_r(&s->random, &number);
	unlock_state(s);
	return number;
}

int rand(void)
{
	return (int)random();
}

void srandom(unsigned seed)
{
	struct libc_state *s = lock_state();

	srandom_r(seed, &s->random);
	unlock_state(s);
}

void srand(unsigned seed)
{
	srandom(seed);
}

char *initstate(unsigned seed, char *words, size_t bytes)
{
	struct libc_state *s = lock_state();
	// What a state begins with stands before the word that the generator names.
	char *old = (char *)&s->random.state[-1];
	int failed = initstate_r(seed, words, bytes, &s->random);

	unlock_state(s);
	return failed ? NULL : old;
}

char *setstate(char *words)
{
	struct libc_state *s = lock_state();
	char *old = (char *)&s->random.state[-1];
	int failed = setstate_r(words, &s->random);

	unlock_state(s);
	return failed ? NULL : old;
}

// ------------------------------------------------------------------------------------- drand48()

#define DRAND48(type, name, call, ...)                                                             \
	type name(__VA_ARGS__)                                                                     \
	{                                                                                          \
		struct libc_state *s = lock_state();                                               \
		type number;                                                                       \
                                                                                                   \
		call;                                                                              \
		unlock_state(s);                                                                   \
		return number;                                                                     \
	}

DRAND48(double, drand48, drand48_r(&s->drand48, &number), void)
DRAND48(long, lrand48, lrand48_r(&s->drand48, &number), void)
DRAND48(long, mrand48, mrand48_r(&s->drand48, &number), void)
DRAND48(double, erand48, erand48_r(x, &s->drand48, &number), unsigned short x[3])
DRAND48(long, nrand48, nrand48_r(x, &s->drand48, &number), unsigned short x[3])
DRAND48(long, jrand48, jrand48_r(x, &s->drand48, &number), unsigned short x[3])

void srand48(long seed)
{
	struct libc_state *s = lock_state();

	srand48_r(seed, &s->drand48);
	unlock_state(s);
}

unsigned short *seed48(unsigned short seed[3])
{
	struct libc_state *s = lock_state();

	seed48_r(seed, &s->drand48);
	unlock_state(s);
	// In the image: what POSIX has static.
	return s->drand48.__old_x;
}

void lcong48(unsigned short parameters[7])
{
	struct libc_state *s = lock_state();

	lcong48_r(parameters, &s->drand48);
	unlock_state(s);
}

// -------------------------------------------------------------------------------------- strtok()

char *strtok(char *text, const char *separators)
{
	return strtok_r(text, separators, &state()->strtok_rest);
}

// -------------------------------------------------------------------------------- the environment

// Is rank 0's: it alone changes it, and says where it lies since. libc itself reads it there.

static char **environment(void)
{
	struct libc_state *s;

	if (!atoll_process.rank || !atoll_process.is_begun)
		return environ;
	s = state();
	if (s->environment)
		return s->environment;
	return atoll_image()->environment ? (char **)atoll_image()->environment : environ;
}

char *getenv(const char *name)
{
	size_t length = strlen(name);
	char **list = environment();

	if (!list || !length)
		return NULL;
	for (; *list; list++)
		if (!strncmp(*list, name, length) && (*list)[length] == '=')
			return *list + length + 1;
	return NULL;
}

char *secure_getenv(const char *name)
{
	return getenv(name);
}

// For those who read the variable itself. Of a program it is one for all ranks, but of a library libc's.
static long follow(long list, long b, long c, long d)
{
	(void)b, (void)c, (void)d;
	environ = (char **)list;
	return 0;
}

void atoll_environment_tell(char **list)
{
	int error = errno;

	atoll_everywhere(follow, (long)list, 0, 0, 0);
	errno = error;
}

static long done(long result)
{
	if (state()->environment != environ) {
		state()->environment = environ;
		atoll_environment_tell(environ);
	}
	return result;
}

// Each in rank 0, over libc's own.
static long set_here(long name, long value, long replaces, long d, long e, long f)
{
	(void)d, (void)e, (void)f;
	int (*real)(const char *, const char *, int) =
		(int (*)(const char *, const char *, int))atoll_real("setenv");

	return done(real((const char *)name, (const char *)value, (int)replaces));
}

static long unset_here(long name, long b, long c, long d, long e, long f)
{
	(void)b, (void)c, (void)d, (void)e, (void)f;
	int (*real)(const char *) = (int (*)(const char *))atoll_real("unsetenv");

	return done(real((const char *)name));
}

static long put_here(long text, long b, long c, long d, long e, long f)
{
	(void)b, (void)c, (void)d, (void)e, (void)f;
	int (*real)(char *) = (int (*)(char *))atoll_real("putenv");

	return done(real((char *)text));
}

static long clear_here(long a, long b, long c, long d, long e, long f)
{
	(void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
	int (*real)(void) = (int (*)(void))atoll_real("clearenv");
	static char *none[1];
	long result = real();

	// libc has no list at all then.
	state()->environment = environ ? environ : none;
	atoll_environment_tell(environ);
	return result;
}

int setenv(const char *name, const char *value, int replaces)
{
	return (int)atoll_forward(set_here, (long)name, (long)value, replaces, 0, 0, 0);
}

int unsetenv(const char *name)
{
	return (int)atoll_forward(unset_here, (long)name, 0, 0, 0, 0, 0);
}

int putenv(char *text)
{
	return (int)atoll_forward(put_here, (long)text, 0, 0, 0, 0, 0);
}

int clearenv(void)
{
	return (int)atoll_forward(clear_here, 0, 0, 0, 0, 0, 0);
}

// ------------------------------------------------------------------------------------- setlocale()

typedef char *set_locale(int, const char *);

__thread uint64_t atoll_locale_followed;

// Calls that have changed something.
static uint64_t *locales(void)
{
	return &atoll_image()->memory[ATOLL_MEMORY_LOCALES];
}

static long set_locale_here(long category, long name, long c, long d, long e, long f)
{
	(void)c, (void)d, (void)e, (void)f;
	set_locale *real = (set_locale *)atoll_real("setlocale");
	struct libc_state *s = state();
	long made;
	bool is_made = name && atoll_locale_call((long (*)(long, long, long))real, category, name, 0,
						 &made);
	char *result = is_made ? (char *)made : real((int)category, (const char *)name);
	const char *all = real(LC_ALL, NULL);

	// Another thread has made it: this one's tables of characters are still the old ones.
	if (result && name && uselocale((locale_t)0) == LC_GLOBAL_LOCALE)
		uselocale(LC_GLOBAL_LOCALE);
	if (!name || !result || !all || strlen(all) >= sizeof(s->locale) ||
	    !strcmp(all, load(locales()) ? s->locale : "C"))
		return (long)result;
	s = lock_state();
	strcpy(s->locale, all);
	store(locales(), load(locales()) + 1);
	unlock_state(s);
	return (long)result;
}

/// What it gives lies in libc's memory in rank 0: a thread of another rank asks its own libc, once it is
/// as rank 0's.
char *setlocale(int category, const char *name)
{
	set_locale *real = (set_locale *)atoll_real("setlocale");

	if (!atoll_process.rank)
		return (char *)set_locale_here(category, (long)name, 0, 0, 0, 0);
	if (name && !atoll_forward(set_locale_here, category, (long)name, 0, 0, 0, 0))
		return NULL;
	atoll_locale_follow();
	return real(category, NULL);
}

void atoll_locale_follow_slowly(void)
{
	struct libc_state *s = state();
	char name[sizeof(s->locale)];

	if (load(locales()) == atoll_locale_followed)
		return;
	s = lock_state();
	strcpy(name, s->locale);
	atoll_locale_followed = load(locales());
	unlock_state(s);
	((set_locale *)atoll_real("setlocale"))(LC_ALL, name);
}
