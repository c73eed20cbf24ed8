// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "linux_process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int fill(const struct passwd *p, struct atoll_account *out) {
    if (!p) return -ENOENT;
    out->user = p->pw_uid;
    out->group = p->pw_gid;
    snprintf(out->home, sizeof out->home, "%s", p->pw_dir);
    snprintf(out->name, sizeof out->name, "%s", p->pw_name);
    int count = ATOLL_ACCOUNT_GROUPS;
    gid_t groups[ATOLL_ACCOUNT_GROUPS];
    // -1: there are more; the first ones are filled in.
    if (getgrouplist(p->pw_name, p->pw_gid, groups, &count) < 0) count = ATOLL_ACCOUNT_GROUPS;
    for (int i = 0; i < count; i++) out->groups[i] = groups[i];
    out->group_count = (size_t)count;
    return 0;
}

int atoll_account_named(const char *name, struct atoll_account *out) {
    return fill(getpwnam(name), out);
}

int atoll_account_of(uint32_t user, struct atoll_account *out) { return fill(getpwuid(user), out); }

int64_t atoll_group_named(const char *name) {
    struct group *g = getgrnam(name);
    return g ? (int64_t)g->gr_gid : -ENOENT;
}

int atoll_open_log(const char *path) {
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    return fd < 0 ? -errno : fd;
}

long atoll_list(const char *path, uint8_t *into, size_t bytes) {
    DIR *directory = opendir(path);
    if (!directory) return -errno;
    size_t filled = 0;
    for (struct dirent *e; (e = readdir(directory));) {
        size_t length = strlen(e->d_name) + 1;
        if (e->d_name[0] == '.' || length > bytes - filled) continue;
        memcpy(into + filled, e->d_name, length);
        filled += length;
    }
    closedir(directory);
    return (long)filled;
}

int atoll_make_directory(const char *path, uint32_t mode) {
    return mkdir(path, (mode_t)mode) < 0 ? -errno : 0;
}

int atoll_lock(int fd) { return flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0; }

int atoll_rename(const char *from, const char *to) { return rename(from, to) < 0 ? -errno : 0; }

long atoll_working_directory(uint8_t *into, size_t bytes) {
    return getcwd((char *)into, bytes) ? (long)strlen((char *)into) : -errno;
}

const char *atoll_error_text(int error) { return strerrordesc_np(error); }
