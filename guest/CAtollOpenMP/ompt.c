// SPDX-License-Identifier: Apache-2.0
//
// How a tool is found, and begins and ends (OpenMP 5.1, sections 4.2 and 4.3). It is found where LLVM's
// runtime finds it, and what OMP_TOOL_VERBOSE_INIT has said of that is worded as there.
#define _GNU_SOURCE
#include "ompt.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SHOWN __attribute__((visibility("default")))

enum { OPENMP_VERSION = 202011 };
static const char runtime_version[] = "Atoll OpenMP";

typedef struct ompt_start_tool_result *start_tool(unsigned int, const char *);

static FILE *verbose;

#define SAY(...) (verbose ? (void)fprintf(verbose, __VA_ARGS__) : (void)0)

// ---------------------------------------------------------------------------- who has called us

static uint64_t code_begin, code_end;

static int find_code(struct dl_phdr_info *info, size_t size, void *unused)
{
	uint64_t here = (uint64_t)&atoll_ompt_start;

	(void)size, (void)unused;
	for (int each = 0; each < info->dlpi_phnum; each++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[each];
		uint64_t begin = info->dlpi_addr + header->p_vaddr;

		if (header->p_type != PT_LOAD || !(header->p_flags & PF_X) || here < begin ||
		    here >= begin + header->p_memsz)
			continue;
		code_end = begin + header->p_memsz;
		__atomic_store_n(&code_begin, begin, __ATOMIC_RELEASE);
		return 1;
	}
	return 0;
}

static bool is_ours(uint64_t address)
{
	if (!__atomic_load_n(&code_begin, __ATOMIC_ACQUIRE))
		dl_iterate_phdr(find_code, NULL);
	return address >= code_begin && address < code_end;
}

struct frame {
	struct frame *outer;
	uint64_t back;
};

// All code of this library keeps frame pointers.
__attribute__((noinline)) static const struct frame *entry(void)
{
	const struct frame *frame = __builtin_frame_address(0);

	while (is_ours(frame->back))
		frame = frame->outer;
	return frame;
}

uint64_t atoll_ompt_return_address(void) { return entry()->back; }
uint64_t atoll_ompt_entry_frame(void) { return (uint64_t)entry(); }

uint64_t atoll_ompt_exit_frame(void)
{
	const struct frame *frame = __builtin_frame_address(0);

	return (uint64_t)frame->outer->outer;
}

uint64_t atoll_ompt_call(int event, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
			 uint64_t f)
{
	uint64_t function = __atomic_load_n(&atoll_image()->ompt[ATOLL_OMPT_CALLBACKS + event],
					    __ATOMIC_RELAXED);

	// What is a number of 4 bytes to the tool is the lower half of a register.
	if (!atoll_ompt_wants(event) || !function)
		return 0;
	return ((uint64_t (*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
			      uint64_t))function)(a, b, c, d, e, f);
}

// ------------------------------------------------------------------------------------- its start

// A tool in the program, or in a library that it was linked with or that was preloaded, stands in the
// place of this one or comes after it.
SHOWN __attribute__((weak)) struct ompt_start_tool_result *ompt_start_tool(unsigned int version,
									   const char *runtime)
{
	start_tool *next = (start_tool *)dlsym(RTLD_NEXT, "ompt_start_tool");

	return next ? next(version, runtime) : NULL;
}

// One of OMP_TOOL_LIBRARIES. Loaded into every rank: see library.c.
static struct ompt_start_tool_result *try_library(const char *path)
{
	struct ompt_start_tool_result *result;
	start_tool *start;
	void *library;

	SAY("Opening %s... ", path);
	library = dlopen(path, RTLD_LAZY);
	if (!library) {
		SAY("Failed: %s\n", dlerror());
		return NULL;
	}
	SAY("Success. \nSearching for ompt_start_tool in %s... ", path);
	start = (start_tool *)dlsym(library, "ompt_start_tool");
	if (!start) {
		SAY("Failed: %s\n", dlerror());
		dlclose(library);
		return NULL;
	}
	result = start(OPENMP_VERSION, runtime_version);
	if (!result) {
		SAY("Found but not using the OMPT interface.\nContinuing search...\n");
		dlclose(library);
		return NULL;
	}
	SAY("Success.\n");
	return result;
}

static struct ompt_start_tool_result *find_tool(void)
{
	// From the program on; RTLD_DEFAULT would begin with this library.
	void *program = dlopen(NULL, RTLD_LAZY);
	start_tool *start = program ? (start_tool *)dlsym(program, "ompt_start_tool") : NULL;
	const char *libraries = getenv("OMP_TOOL_LIBRARIES");
	struct ompt_start_tool_result *result;
	char *list, *path, *rest = NULL;

	SAY("Search for OMP tool in current address space... ");
	result = start ? start(OPENMP_VERSION, runtime_version) : NULL;
	SAY(result ? "Success.\n" : "Failed.\n");
	if (!result && !libraries)
		SAY("No OMP_TOOL_LIBRARIES defined.\n");
	if (result || !libraries)
		return result;
	SAY("Searching tool libraries...\nOMP_TOOL_LIBRARIES = %s\n", libraries);
	list = strdup(libraries);
	if (!list)
		return NULL;
	for (path = strtok_r(list, ":", &rest); path && !result; path = strtok_r(NULL, ":", &rest))
		result = try_library(path);
	free(list);
	return result;
}

static void begin_verbose(void)
{
	const char *where = getenv("OMP_TOOL_VERBOSE_INIT");

	if (!where || !where[0] || !strcasecmp(where, "disabled"))
		return;
	verbose = !strcasecmp(where, "stderr") ? stderr :
		  !strcasecmp(where, "stdout") ? stdout : fopen(where, "w");
}

static void end_verbose(void)
{
	if (verbose && verbose != stderr && verbose != stdout)
		fclose(verbose);
	verbose = NULL;
}

void atoll_ompt_start(void)
{
	const char *setting = getenv("OMP_TOOL");
	struct ompt_start_tool_result *tool = NULL;
	uint64_t *events = &atoll_image()->ompt[ATOLL_OMPT_EVENTS];

	begin_verbose();
	if (setting && !strcasecmp(setting, "disabled")) {
		SAY("OMP tool disabled. \n");
	} else if (setting && setting[0] && strcasecmp(setting, "enabled")) {
		fprintf(stderr, "Warning: OMP_TOOL has invalid value \"%s\".\n"
			"  legal values are (NULL,\"\",\"disabled\",\"enabled\").\n", setting);
	} else {
		SAY("----- START LOGGING OF TOOL REGISTRATION -----\n");
		tool = find_tool();
		SAY(tool ? "Tool was started and is using the OMPT interface.\n" :
			   "No OMP tool loaded.\n");
		SAY("----- END LOGGING OF TOOL REGISTRATION -----\n");
	}
	end_verbose();
	if (!tool)
		return;
	// What it sets now counts only if it then wants to be used.
	if (!tool->initialize(atoll_ompt_lookup, 0, &tool->tool_data)) {
		__atomic_store_n(events, 0, __ATOMIC_RELEASE);
		return;
	}
	atoll_image()->ompt[ATOLL_OMPT_TOOL] = (uint64_t)tool;
	__atomic_fetch_or(events, 1, __ATOMIC_RELEASE);
	atoll_ompt_thread_begin();
}

void atoll_ompt_end(void)
{
	struct ompt_start_tool_result *tool;

	if (!atoll_ompt_is_on() || atoll_process.is_child)
		return;
	tool = (struct ompt_start_tool_result *)__atomic_exchange_n(
		&atoll_image()->ompt[ATOLL_OMPT_TOOL], 0, __ATOMIC_ACQ_REL);
	if (!tool)
		return;
	atoll_ompt_end_workers();
	atoll_ompt_thread_end();
	if (tool->finalize)
		tool->finalize(&tool->tool_data);
	// The hooks stay, with nobody to call.
	__atomic_store_n(&atoll_image()->ompt[ATOLL_OMPT_EVENTS], 1, __ATOMIC_RELEASE);
}
