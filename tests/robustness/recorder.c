/* Preloaded: every call that changes a file or a name below a folder is written down, in order, once it was done.

   An entry: a letter, the file's number, a place or size, the lengths of two texts, and these; see replay.py. */
#include "preload.h"
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static int book = -1;

void recorder_begin(int fd, const char *folder) {
    snprintf(below, sizeof below, "%s", folder);
    book = fd;
}

void recorder_end(void) { book = -1; }

static void put(char what, int64_t file, int64_t at, const void *one, size_t n, const void *other, size_t m) {
    uint32_t sizes[2] = {n, m};
    size_t length = 1 + sizeof file + sizeof at + sizeof sizes;
    char *entry = malloc(length + n + m);
    entry[0] = what;
    memcpy(entry + 1, &file, sizeof file);
    memcpy(entry + 1 + sizeof file, &at, sizeof at);
    memcpy(entry + 1 + sizeof file + sizeof at, sizes, sizeof sizes);
    memcpy(entry + length, one, n);
    memcpy(entry + length + n, other, m);
    if (syscall(SYS_write, book, entry, length + n + m) < 0) abort();
    free(entry);
}

static int64_t number_of(int fd) {
    struct stat about;
    return fstat(fd, &about) == 0 ? (int64_t)about.st_ino : -1;
}

static void put_names(char what, const char *path, const char *to) {
    put(what, 0, 0, path, strlen(path), to, to ? strlen(to) : 0);
}

#define OPENER(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        int fd = real(path, flags, mode); \
        if (book >= 0 && fd >= 0 && is_below(path) && flags & (O_WRONLY | O_RDWR)) \
            put('O', number_of(fd), flags & O_TRUNC ? 1 : 0, path, strlen(path), "", 0); \
        return fd; \
    }
OPENER(open)
OPENER(open64)

static ssize_t written(int fd, const void *data, ssize_t n, int64_t at) {
    if (book >= 0 && n > 0 && fd_is_below(fd))
        put('W', number_of(fd), at >= 0 ? at : (int64_t)lseek(fd, 0, SEEK_CUR) - n, data, n, "", 0);
    return n;
}

ssize_t write(int fd, const void *data, size_t n) {
    REAL(write);
    return written(fd, data, real(fd, data, n), -1);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at) {
    REAL(pwrite);
    return written(fd, data, real(fd, data, n, at), at);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) {
    REAL(pwrite64);
    return written(fd, data, real(fd, data, n, at), at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    ssize_t all = 0;
    for (int i = 0; i < count; i++) {
        ssize_t n = write(fd, parts[i].iov_base, parts[i].iov_len);
        if (n < 0) return all ? all : n;
        all += n;
        if ((size_t)n < parts[i].iov_len) break;
    }
    return all;
}

#define ON_FILE(name, what, declared, given, at) \
    int name declared { \
        REAL(name); \
        int result = real given; \
        char path[4096]; \
        if (book >= 0 && result == 0 && path_of(fd, path) && is_below(path)) \
            put(what, number_of(fd), at, path, strlen(path), "", 0); \
        return result; \
    }
ON_FILE(fsync, 'S', (int fd), (fd), 0)
ON_FILE(fdatasync, 'S', (int fd), (fd), 0)
ON_FILE(ftruncate, 'T', (int fd, off_t size), (fd, size), size)
ON_FILE(ftruncate64, 'T', (int fd, off64_t size), (fd, size), size)

#define ON_NAME(name, what, declared, given, to) \
    int name declared { \
        REAL(name); \
        int result = real given; \
        if (book >= 0 && result == 0 && is_below(path)) put_names(what, path, to); \
        return result; \
    }
ON_NAME(rename, 'R', (const char *path, const char *to), (path, to), to)
ON_NAME(link, 'L', (const char *path, const char *to), (path, to), to)
ON_NAME(linkat, 'L', (int a, const char *path, int b, const char *to, int flags), (a, path, b, to, flags), to)
ON_NAME(unlink, 'U', (const char *path), (path), "")
