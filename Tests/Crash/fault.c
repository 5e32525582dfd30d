/* Makes one system call of a program fail, write short, or be its last: loaded with LD_PRELOAD.
 *
 * Only calls are counted that touch something below FAULT_UNDER (or standard output and standard error, when FAULT_STREAMS
 * is 1); they are numbered from 1 over the whole process, whoever makes them: the program, SQLite, Foundation.
 *
 *   FAULT_UNDER   a folder; nothing outside it is counted
 *   FAULT_CALLS   which calls count, such as "write,pwrite,fsync,rename" (default: all but read and access, which count only
 *                 when they are named)
 *   FAULT_AT      the number of the call that is hit; 0 or nothing: none, only count
 *   FAULT_DO      what happens to it: a number (errno), "short" (writes one byte less), "kill-before", "kill-after";
 *                 "interrupt": fails with EINTR this once
 *   FAULT_STAYS   1: every counted call from FAULT_AT on fails, as when a disk is full (ENOSPC: files can still be
 *                 removed) or gone
 *   FAULT_LOG     a file that gets a line for the call that was hit, or at the end "untouched N"
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum action { NOTHING, FAIL, SHORT, KILL_BEFORE, KILL_AFTER };

static const char *under, *calls, *log_path;
static size_t under_length;
static long at;
static enum action action = NOTHING;
static int error_number, stays, streams, ready;
static atomic_long count;

static void say(const char *format, ...) {
  if (!log_path) return;
  char line[PATH_MAX + 200];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (length > (int)sizeof line - 1) length = sizeof line - 1;
  int file = syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return;
  syscall(SYS_write, file, line, length);
  syscall(SYS_close, file);
}

__attribute__((constructor)) static void begin(void) {
  const char *number = getenv("FAULT_AT"), *what = getenv("FAULT_DO");
  under = getenv("FAULT_UNDER");
  calls = getenv("FAULT_CALLS");
  log_path = getenv("FAULT_LOG");
  stays = getenv("FAULT_STAYS") && getenv("FAULT_STAYS")[0] == '1';
  streams = getenv("FAULT_STREAMS") && getenv("FAULT_STREAMS")[0] == '1';
  if (!under) return;
  under_length = strlen(under);
  at = number ? atol(number) : 0;
  if (what && at > 0) {
    if (!strcmp(what, "short")) action = SHORT;
    else if (!strcmp(what, "kill-before")) action = KILL_BEFORE;
    else if (!strcmp(what, "kill-after")) action = KILL_AFTER;
    else if (!strcmp(what, "interrupt")) action = FAIL, error_number = EINTR;
    else action = FAIL, error_number = atoi(what);
  }
  ready = 1;
}

__attribute__((destructor)) static void end(void) {
  if (ready && (at == 0 || atomic_load(&count) < at)) say("untouched %ld\n", atomic_load(&count));
}

static int counts(const char *call) {
  if (!calls) return 1;
  size_t length = strlen(call);
  for (const char *p = calls; (p = strstr(p, call)); p += length)
    if ((p == calls || p[-1] == ',') && (p[length] == 0 || p[length] == ',')) return 1;
  return 0;
}

static int is_under(const char *path) {
  if (!strncmp(path, under, under_length) && (path[under_length] == '/' || path[under_length] == 0)) return 1;
  return 0;
}

static int path_matches(int folder, const char *path) {
  char whole[PATH_MAX];
  if (!path) return 0;
  if (path[0] == '/') return is_under(path);
  if (folder == AT_FDCWD) {
    if (syscall(SYS_getcwd, whole, sizeof whole) < 0) return 0;
  } else {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, whole, sizeof whole - 1);
    if (length < 0) return 0;
    whole[length] = 0;
  }
  size_t length = strlen(whole);
  snprintf(whole + length, sizeof whole - length, "/%s", path);
  return is_under(whole);
}

static int file_matches(int file, char *where) {
  char link[64];
  if (streams && (file == 1 || file == 2)) {
    strcpy(where, file == 1 ? "standard output" : "standard error");
    return 1;
  }
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, where, PATH_MAX - 1);
  if (length < 0) return 0;
  where[length] = 0;
  return is_under(where);
}

/* Whether this call is the one, or one after it when the fault stays; logs the first. */
static enum action hit(const char *call, const char *where) {
  if (!counts(call)) return NOTHING;
  long number = atomic_fetch_add(&count, 1) + 1;
  if (at == 0) say("%ld %s %s\n", number, call, where);
  if (action == NOTHING || number < at || (number > at && !stays)) return NOTHING;
  /* What a full disk still allows. */
  if (number > at && error_number == ENOSPC && (!strcmp(call, "unlink") || !strcmp(call, "rmdir") || !strcmp(call, "close"))) return NOTHING;
  if (number == at) say("hit %ld %s %s\n", number, call, where);
  if (action == KILL_BEFORE) raise(SIGKILL);
  return action;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
/* CALL is done between the two ways of killing; FAILED is what it returns instead. */
#define PASS(matches, name, where, CALL) do { \
    int saved = errno; \
    enum action what = ready && (matches) ? hit(name, where) : NOTHING; \
    errno = saved; \
    if (what == FAIL) { errno = error_number; return -1; } \
    __typeof__(CALL) result = (CALL); \
    if (what == KILL_AFTER) raise(SIGKILL); \
    return result; \
  } while (0)

#define WRITES(file, name, size, CALL_WITH) do { \
    char where[PATH_MAX]; \
    int saved = errno; \
    enum action what = ready && file_matches(file, where) ? hit(name, where) : NOTHING; \
    errno = saved; \
    if (what == FAIL) { errno = error_number; return -1; } \
    size_t length = what == SHORT && (size) > 1 ? (size) - 1 : (size); \
    ssize_t result = CALL_WITH; \
    if (what == KILL_AFTER) raise(SIGKILL); \
    return result; \
  } while (0)

ssize_t write(int file, const void *bytes, size_t size) { REAL(write); WRITES(file, "write", size, real(file, bytes, length)); }
ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) { REAL(pwrite); WRITES(file, "pwrite", size, real(file, bytes, length, offset)); }
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) { REAL(pwrite64); WRITES(file, "pwrite", size, real(file, bytes, length, offset)); }

int fsync(int file) { REAL(fsync); char where[PATH_MAX]; PASS(file_matches(file, where), "fsync", where, real(file)); }
int fdatasync(int file) { REAL(fdatasync); char where[PATH_MAX]; PASS(file_matches(file, where), "fdatasync", where, real(file)); }
int ftruncate(int file, off_t size) { REAL(ftruncate); char where[PATH_MAX]; PASS(file_matches(file, where), "ftruncate", where, real(file, size)); }
int ftruncate64(int file, off64_t size) { REAL(ftruncate64); char where[PATH_MAX]; PASS(file_matches(file, where), "ftruncate", where, real(file, size)); }
int close(int file) {
  REAL(close);
  char where[PATH_MAX];
  int saved = errno;
  enum action what = ready && file_matches(file, where) ? hit("close", where) : NOTHING;
  errno = saved;
  int result = real(file);  /* Linux closes it whatever it says */
  if (what == KILL_AFTER) raise(SIGKILL);
  if (what == FAIL) { errno = error_number; return -1; }
  return result;
}

int rename(const char *from, const char *to) { REAL(rename); PASS(path_matches(AT_FDCWD, to), "rename", to, real(from, to)); }
int renameat(int a, const char *from, int b, const char *to) { REAL(renameat); PASS(path_matches(b, to), "rename", to, real(a, from, b, to)); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) { REAL(renameat2); PASS(path_matches(b, to), "rename", to, real(a, from, b, to, flags)); }
int link(const char *from, const char *to) { REAL(link); PASS(path_matches(AT_FDCWD, to), "link", to, real(from, to)); }
int unlink(const char *path) { REAL(unlink); PASS(path_matches(AT_FDCWD, path), "unlink", path, real(path)); }
int unlinkat(int folder, const char *path, int flags) { REAL(unlinkat); PASS(path_matches(folder, path), "unlink", path, real(folder, path, flags)); }
int rmdir(const char *path) { REAL(rmdir); PASS(path_matches(AT_FDCWD, path), "rmdir", path, real(path)); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); PASS(path_matches(AT_FDCWD, path), "mkdir", path, real(path, mode)); }

int access(const char *path, int mode) { REAL(access); PASS(calls && path_matches(AT_FDCWD, path), "access", path, real(path, mode)); }

static int opens(int flags) { return flags & (O_CREAT | O_WRONLY | O_RDWR | O_TRUNC | O_DIRECTORY); }
static const char *opening(int flags) { return opens(flags) ? "open" : "open-to-read"; }
#define MODE(flags) mode_t mode = 0; if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); }
int open(const char *path, int flags, ...) { REAL(open); MODE(flags); PASS(path_matches(AT_FDCWD, path), opening(flags), path, real(path, flags, mode)); }
int open64(const char *path, int flags, ...) { REAL(open64); MODE(flags); PASS(path_matches(AT_FDCWD, path), opening(flags), path, real(path, flags, mode)); }
int openat(int folder, const char *path, int flags, ...) { REAL(openat); MODE(flags); PASS(path_matches(folder, path), opening(flags), path, real(folder, path, flags, mode)); }
int openat64(int folder, const char *path, int flags, ...) { REAL(openat64); MODE(flags); PASS(path_matches(folder, path), opening(flags), path, real(folder, path, flags, mode)); }

ssize_t read(int file, void *bytes, size_t size) {
  REAL(read);
  char where[PATH_MAX];
  PASS(calls && file_matches(file, where), "read", where, real(file, bytes, size));
}
ssize_t pread(int file, void *bytes, size_t size, off_t offset) {
  REAL(pread);
  char where[PATH_MAX];
  PASS(calls && file_matches(file, where), "read", where, real(file, bytes, size, offset));
}
ssize_t pread64(int file, void *bytes, size_t size, off64_t offset) {
  REAL(pread64);
  char where[PATH_MAX];
  PASS(calls && file_matches(file, where), "read", where, real(file, bytes, size, offset));
}
