#pragma once
#include <stdint.h>
#include <string.h>

// Asks for the cache line at `address` before it is needed; Swift has no spelling for it.
static inline void sluice_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// Copies `count` bytes in steps of 32: reads and writes up to 31 bytes past the end, so both sides
// need that much slack. A tenth of the cost of memcpy's call for the short pieces of a series.
static inline void sluice_copy32(
    unsigned char *restrict to, const unsigned char *restrict from, uint64_t count) {
  for (uint64_t done = 0; done < count; done += 32) {
    memcpy(to + done, from + done, 32);
    __asm__ volatile("");  // Else the compiler makes the loop a call of memcpy, which is what this saves.
  }
}

// memcmp under a name of our own: an inlinable function may only name what its importers can see.
static inline int sluice_compare(const void *left, const void *right, uint64_t count) {
  return memcmp(left, right, count);
}

// The CRC-32C of `count` bytes, going on from `crc`, the CRC of those before; 0 at the beginning.
uint32_t sluice_crc32c(uint32_t crc, const void *bytes, uint64_t count);
// The same without the processor's instruction, which the tests hold the other against.
uint32_t sluice_crc32c_by_table(uint32_t crc, const void *bytes, uint64_t count);

// Gives the room of a range of a file back to the file system; the range then reads as zeros. 0, or -1 and errno.
int sluice_punch_hole(int descriptor, int64_t offset, int64_t count);

// Where in a file the next bytes are, from offset on, that are no hole nor reserved room: -1 and ENXIO where there are none.
int64_t sluice_next_data(int descriptor, int64_t offset);

// Gives pages of the heap on which nothing lies back to the system; Swift's Glibc leaves malloc.h out.
void sluice_give_back_free_memory(void);

// Large allocations get memory of their own, which goes back to the system with them; else glibc learns from the first large
// one to keep all later ones of that size.
void sluice_return_large_allocations(void);
