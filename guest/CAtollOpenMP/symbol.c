// SPDX-License-Identifier: Apache-2.0
//
// The name of a function, for a sentence: also of one that only its file's own symbol table knows, as
// those that compilers make of parallel regions.

#include "image.h"
#include "symbol.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const char *file_name(const char *path) {
    const char *name = path;
    for (const char *at = path; *at; at++)
        if (*at == '/') name = at + 1;
    return name;
}

// In a file that is mapped: `address` as the file has it. NULL: it does not say.
static const char *find(const char *file, uint64_t bytes, uint64_t address) {
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
    if (bytes < sizeof *header || header->e_shoff > bytes ||
        (bytes - header->e_shoff) / sizeof(Elf64_Shdr) < header->e_shnum)
        return 0;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(file + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr *table = &sections[i];
        if (table->sh_type != SHT_SYMTAB || table->sh_link >= header->e_shnum) continue;
        const Elf64_Shdr *names = &sections[table->sh_link];
        if (table->sh_offset + table->sh_size > bytes || names->sh_offset + names->sh_size > bytes)
            return 0;
        const Elf64_Sym *symbol = (const Elf64_Sym *)(file + table->sh_offset);
        for (uint64_t count = table->sh_size / sizeof *symbol; count; count--, symbol++)
            if (ELF64_ST_TYPE(symbol->st_info) == STT_FUNC && address >= symbol->st_value &&
                address < symbol->st_value + symbol->st_size && symbol->st_name < names->sh_size)
                return file + names->sh_offset + symbol->st_name;
    }
    return 0;
}

void atoll_symbol_name(uint64_t address, char *name, uint64_t bytes) {
    struct link_map *map = 0;
    Dl_info info;
    name[0] = 0;
    if (!dladdr1((void *)address, &info, (void **)&map, RTLD_DL_LINKMAP) || !map) return;
    bool is_program = !map->l_name[0];
    const char *path = is_program ? "/proc/self/exe" : map->l_name, *found = 0;
    long fd = atoll_syscall(SYS_openat, (uint64_t)AT_FDCWD, (uint64_t)path, O_RDONLY | O_CLOEXEC,
                            0, 0, 0);
    struct stat status;
    if (fd >= 0 && atoll_syscall(SYS_fstat, (uint64_t)fd, (uint64_t)&status, 0, 0, 0, 0) == 0) {
        long at = atoll_sys_mmap(0, (uint64_t)status.st_size, PROT_READ, MAP_PRIVATE, (int)fd, 0);
        if (at > 0)
            found = find((const char *)at, (uint64_t)status.st_size, address - map->l_addr);
    }
    if (!found) found = info.dli_sname;
    const char *parts[] = {found ? found : "0x", found ? "" : HEX(address - map->l_addr), " of ",
                           file_name(is_program ? info.dli_fname : map->l_name)};
    uint64_t length = 0;
    for (unsigned i = 0; i < 4; i++)
        for (const char *at = parts[i]; *at && length < bytes - 1; at++) name[length++] = *at;
    name[length] = 0;
}
