// Preloaded into the gateway: makes the disk under its spool fail, stall, or lose what was not synced, and ends the process
// at any single step of a commit. `faults.py` steers it over a shared page.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
  _Atomic int steps;        // calls that change the spool's files, so far
  _Atomic int kill_at;      // the step at which the process ends; 0: never
  _Atomic int write_error;  // errno of every call that would write or make a file; 0: none
  _Atomic int sync_error;   // errno of every fdatasync and fsync; 0: none
  _Atomic int sync_delay;   // milliseconds that each of them takes longer
};

enum { most_files = 65536 };
static struct control *control;
static FILE *undo;  // what files held before writes that are not synced
static char *paths[most_files];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define real(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *page = getenv("SLUICE_FAULTS"), *log = getenv("SLUICE_UNDO");
  int file = page ? real(open)(page, O_RDWR) : -1;
  if (file < 0) return;
  void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory != MAP_FAILED) control = memory;
  if (log) undo = fopen(log, "wb");
}

// The process ends between two steps: what was done is done, this one is not.
static void step(void) {
  if (control && ++control->steps == control->kill_at) {
    kill(getpid(), SIGKILL);
    pause();
  }
}

static const char *path_of(int file) { return file >= 0 && file < most_files ? paths[file] : NULL; }

static int is_spool(const char *path) { return control && path && strstr(path, "/spool"); }

static void remember(int file, const char *path) {
  if (file < 0 || file >= most_files) return;
  pthread_mutex_lock(&lock);
  free(paths[file]);
  paths[file] = is_spool(path) ? realpath(path, NULL) : NULL;
  pthread_mutex_unlock(&lock);
}

// A record: length of the path, offset, length, path, bytes. A length of -1 says that the file was synced.
static void note(const char *path, off_t offset, ssize_t length, const void *bytes) {
  int64_t header[3] = {(int64_t)strlen(path), offset, length};
  pthread_mutex_lock(&lock);
  fwrite(header, sizeof header, 1, undo);
  fwrite(path, (size_t)header[0], 1, undo);
  if (length > 0) fwrite(bytes, (size_t)length, 1, undo);
  fflush(undo);
  pthread_mutex_unlock(&lock);
}

static void keep_old(int file, off_t offset, size_t length) {
  if (!undo || !length) return;
  char *old = calloc(1, length);
  int reader = real(open)(path_of(file), O_RDONLY);
  if (reader >= 0 && pread(reader, old, length, offset) >= 0) note(path_of(file), offset, (ssize_t)length, old);
  if (reader >= 0) close(reader);
  free(old);
}

static int opened(int (*call)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  if (is_spool(path) && (flags & O_CREAT)) {
    step();
    if (control->write_error) return errno = control->write_error, -1;
  }
  int file = call(path, flags, mode);
  remember(file, path);
  return file;
}

#define define_open(name)                         \
  int name(const char *path, int flags, ...) {    \
    va_list rest;                                 \
    va_start(rest, flags);                        \
    mode_t mode = va_arg(rest, mode_t);           \
    va_end(rest);                                 \
    return opened(real(name), path, flags, mode); \
  }
define_open(open) define_open(open64)

static ssize_t written(ssize_t (*call)(int, const struct iovec *, int, off_t), int file, const struct iovec *parts,
                       int count, off_t offset) {
  if (!path_of(file)) return call(file, parts, count, offset);
  step();
  if (control->write_error) return errno = control->write_error, -1;
  size_t length = 0;
  for (int i = 0; i < count; i++) length += parts[i].iov_len;
  keep_old(file, offset, length);
  return call(file, parts, count, offset);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset) {
  return written(real(pwritev), file, parts, count, offset);
}
ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t offset) {
  return written(real(pwritev64), file, parts, count, offset);
}
ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) {
  struct iovec part = {(void *)bytes, length};
  return written(real(pwritev), file, &part, 1, offset);
}

static int synced(int (*call)(int), int file) {
  const char *path = path_of(file);
  if (!path) return call(file);
  step();
  int delay = control->sync_delay;
  if (delay) nanosleep(&(struct timespec){delay / 1000, delay % 1000 * 1000000L}, NULL);
  if (control->sync_error) return errno = control->sync_error, -1;
  int result = call(file);
  if (!result && undo) note(path, 0, -1, NULL);
  return result;
}

int fdatasync(int file) { return synced(real(fdatasync), file); }
int fsync(int file) { return synced(real(fsync), file); }

int posix_fallocate(int file, off_t offset, off_t length) {
  if (path_of(file)) {
    step();
    if (control->write_error) return control->write_error;
  }
  return real(posix_fallocate)(file, offset, length);
}

int fallocate(int file, int mode, off_t offset, off_t length) {
  if (path_of(file)) step();
  return real(fallocate)(file, mode, offset, length);
}

int rename(const char *from, const char *to) {
  if (is_spool(to)) {
    step();
    if (control->write_error) return errno = control->write_error, -1;
  }
  return real(rename)(from, to);
}

int unlink(const char *path) {
  if (is_spool(path)) step();
  return real(unlink)(path);
}
