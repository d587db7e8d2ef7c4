#define _GNU_SOURCE
#include "CPlatform.h"
#include <fcntl.h>
#include <unistd.h>

int sluice_punch_hole(int descriptor, int64_t offset, int64_t count) {
  return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count);
}

int64_t sluice_next_data(int descriptor, int64_t offset) { return lseek(descriptor, offset, SEEK_DATA); }
