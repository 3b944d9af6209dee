/* What preloaded libraries share: which calls are on files below a folder, and the function that stands behind. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, #name)

static char below[4096];

static int is_below(const char *path) { return path && strncmp(path, below, strlen(below)) == 0; }

/* The path of an open file; 0 where it has none. */
static int path_of(int fd, char path[4096]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 4095);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

static int fd_is_below(int fd) {
    char path[4096];
    return path_of(fd, path) && is_below(path);
}
