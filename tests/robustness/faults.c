/* Preloaded: the n-th call of a kind on a file below a folder fails, or the process is killed in its place.

   Nothing happens until faults_arm is called; see tests/robustness/faults.py, which builds and uses it. */
#include "preload.h"
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

enum kind { OPEN, READ, WRITE, SYNC, RENAME, LINK, UNLINK, CLOSE, MKDIR, MAP, TRUNCATE };
enum how { FAILS, HALF, KILLS }; /* HALF: a write takes half of what it is given, and the next one fails */

static int kind = -1, at, error_number, how, from_then_on, seen;

void faults_arm(int k, int n, int error, int h, int sticky, const char *folder) {
    at = n, error_number = error, how = h, from_then_on = sticky, seen = 0;
    snprintf(below, sizeof below, "%s", folder);
    kind = k;
}

int faults_disarm(void) {
    kind = -1;
    return seen;
}

/* Whether this call is the one: 1 fails, 2 takes half. Counts it. */
static int struck(int k, int here) {
    if (k != kind || !here) return 0;
    int n = seen++;
    if (how == HALF && n == at) return 2;
    if (how == HALF ? n != at + 1 && !(from_then_on && n > at) : n != at && !(from_then_on && n > at)) return 0;
    if (how == KILLS) kill(getpid(), SIGKILL);
    errno = error_number;
    return 1;
}

#define OPENER(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return struck(OPEN, kind == OPEN && is_below(path)) ? -1 : real(path, flags, mode); \
    }
OPENER(open)
OPENER(open64)

#define ON_FILE(result, name, k, declared, given) \
    result name declared { \
        REAL(name); \
        return struck(k, kind == k && fd_is_below(fd)) == 1 ? -1 : real given; \
    }
ON_FILE(ssize_t, read, READ, (int fd, void *to, size_t n), (fd, to, n))
ON_FILE(ssize_t, pread, READ, (int fd, void *to, size_t n, off_t from), (fd, to, n, from))
ON_FILE(ssize_t, pread64, READ, (int fd, void *to, size_t n, off64_t from), (fd, to, n, from))
ON_FILE(int, fsync, SYNC, (int fd), (fd))
ON_FILE(int, fdatasync, SYNC, (int fd), (fd))
ON_FILE(int, ftruncate, TRUNCATE, (int fd, off_t size), (fd, size))
ON_FILE(int, ftruncate64, TRUNCATE, (int fd, off64_t size), (fd, size))

#define MAPPER(name, type) \
    void *name(void *at, size_t n, int protection, int flags, int fd, type from) { \
        REAL(name); \
        int here = kind == MAP && fd >= 0 && fd_is_below(fd); \
        return struck(MAP, here) ? MAP_FAILED : real(at, n, protection, flags, fd, from); \
    }
MAPPER(mmap, off_t)
MAPPER(mmap64, off64_t)

#define WRITER(name, declared, given) \
    ssize_t name declared { \
        REAL(name); \
        int what = struck(WRITE, kind == WRITE && fd_is_below(fd)); \
        if (what == 2) n = (n + 1) / 2; \
        return what == 1 ? -1 : real given; \
    }
WRITER(write, (int fd, const void *data, size_t n), (fd, data, n))
WRITER(pwrite, (int fd, const void *data, size_t n, off_t to), (fd, data, n, to))
WRITER(pwrite64, (int fd, const void *data, size_t n, off64_t to), (fd, data, n, to))

int close(int fd) { /* the file is closed all the same, as on Linux */
    REAL(close);
    int here = kind == CLOSE && fd_is_below(fd), result = real(fd);
    return struck(CLOSE, here) ? -1 : result;
}

#define ON_PATH(name, k, declared, given) \
    int name declared { \
        REAL(name); \
        return struck(k, kind == k && is_below(path)) ? -1 : real given; \
    }
ON_PATH(rename, RENAME, (const char *path, const char *to), (path, to))
ON_PATH(link, LINK, (const char *path, const char *to), (path, to))
ON_PATH(linkat, LINK, (int a, const char *path, int b, const char *to, int flags), (a, path, b, to, flags))
ON_PATH(unlink, UNLINK, (const char *path), (path))
ON_PATH(mkdir, MKDIR, (const char *path, mode_t mode), (path, mode))
