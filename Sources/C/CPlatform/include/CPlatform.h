#pragma once
#include <stdint.h>
#include <string.h>

// Asks for the cache line at `address` before it is needed; Swift has no spelling for it.
static inline void sluice_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// Copies `count` bytes in steps of 32: reads and writes up to 31 bytes past the end, so both sides
// need that much slack. A tenth of the cost of memcpy's call for the short pieces of a series.
static inline void sluice_copy32(
    unsigned char *restrict to, const unsigned char *restrict from, uint64_t count) {
  for (uint64_t done = 0; done < count; done += 32) memcpy(to + done, from + done, 32);
}

// memcmp under a name of our own: an inlinable function may only name what its importers can see.
static inline int sluice_compare(const void *left, const void *right, uint64_t count) {
  return memcmp(left, right, count);
}
