#include "CPlatform.h"

#include <malloc.h>

void sluice_return_large_allocations(void) {
  mallopt(M_MMAP_THRESHOLD, 256 << 10);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
}
