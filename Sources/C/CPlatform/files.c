#define _GNU_SOURCE
#include "CPlatform.h"
#include <fcntl.h>

int sluice_punch_hole(int descriptor, int64_t offset, int64_t count) {
  return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count);
}
