// CRC-32C (Castagnoli), as in iSCSI and ext4: by the processor's instruction where it has one, else by tables.
#include "CPlatform.h"
#include <stddef.h>

#define POLYNOMIAL 0x82f63b78u

static uint32_t bytes_table[8][256];

static void fill_bytes_table(void) {
  for (uint32_t n = 0; n < 256; n++) {
    uint32_t crc = n;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1;
    bytes_table[0][n] = crc;
  }
  for (uint32_t n = 0; n < 256; n++)
    for (int k = 1; k < 8; k++)
      bytes_table[k][n] = (bytes_table[k - 1][n] >> 8) ^ bytes_table[0][bytes_table[k - 1][n] & 0xff];
}

static uint32_t by_table(uint32_t crc, const unsigned char *next, uint64_t count) {
  for (; count >= 8; count -= 8, next += 8) {
    uint64_t word;
    memcpy(&word, next, 8);
    word ^= crc;
    crc = bytes_table[7][word & 0xff] ^ bytes_table[6][word >> 8 & 0xff] ^ bytes_table[5][word >> 16 & 0xff] ^
          bytes_table[4][word >> 24 & 0xff] ^ bytes_table[3][word >> 32 & 0xff] ^ bytes_table[2][word >> 40 & 0xff] ^
          bytes_table[1][word >> 48 & 0xff] ^ bytes_table[0][word >> 56];
  }
  for (; count > 0; count--, next++) crc = (crc >> 8) ^ bytes_table[0][(crc ^ *next) & 0xff];
  return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

// The instruction takes three cycles but a new one may start each cycle: three stretches are done side by side, and put
// together by what a stretch of zeros does to a CRC, which is linear and therefore a table.
#define STRETCH 4096

static uint32_t zeros_table[4][256];

static uint32_t times(const uint32_t *matrix, uint32_t vector) {
  uint32_t sum = 0;
  for (; vector != 0; vector >>= 1, matrix++)
    if (vector & 1) sum ^= *matrix;
  return sum;
}

static void fill_zeros_table(void) {
  uint32_t odd[32], even[32], *from = odd, *to = even;
  odd[0] = POLYNOMIAL;  // one zero bit
  for (int n = 1; n < 32; n++) odd[n] = 1u << (n - 1);
  // Squared again and again: 2, 4, 8 … bits, up to those of a stretch.
  for (uint64_t bits = 1; bits < STRETCH * 8; bits *= 2) {
    for (int n = 0; n < 32; n++) to[n] = times(from, from[n]);
    uint32_t *other = from;
    from = to;
    to = other;
  }
  for (uint32_t n = 0; n < 256; n++)
    for (int k = 0; k < 4; k++) zeros_table[k][n] = times(from, n << (8 * k));
}

static uint32_t after_zeros(uint32_t crc) {
  return zeros_table[0][crc & 0xff] ^ zeros_table[1][crc >> 8 & 0xff] ^ zeros_table[2][crc >> 16 & 0xff] ^
         zeros_table[3][crc >> 24];
}

__attribute__((target("sse4.2"))) static uint32_t by_instruction(
    uint32_t start, const unsigned char *next, uint64_t count) {
  uint64_t crc = start, word;
  for (; count >= 3 * STRETCH; count -= 3 * STRETCH, next += 3 * STRETCH) {
    uint64_t second = 0, third = 0, other, last;
    for (uint64_t at = 0; at < STRETCH; at += 8) {
      memcpy(&word, next + at, 8);
      memcpy(&other, next + STRETCH + at, 8);
      memcpy(&last, next + 2 * STRETCH + at, 8);
      crc = _mm_crc32_u64(crc, word);
      second = _mm_crc32_u64(second, other);
      third = _mm_crc32_u64(third, last);
    }
    crc = after_zeros((uint32_t)crc) ^ second;
    crc = after_zeros((uint32_t)crc) ^ third;
  }
  for (; count >= 8; count -= 8, next += 8) {
    memcpy(&word, next, 8);
    crc = _mm_crc32_u64(crc, word);
  }
  for (; count > 0; count--, next++) crc = _mm_crc32_u8((uint32_t)crc, *next);
  return (uint32_t)crc;
}
#endif

static int has_instruction;

__attribute__((constructor)) static void prepare(void) {
  fill_bytes_table();
#if defined(__x86_64__)
  fill_zeros_table();
  has_instruction = __builtin_cpu_supports("sse4.2") != 0;
#endif
}

uint32_t sluice_crc32c(uint32_t crc, const void *bytes, uint64_t count) {
#if defined(__x86_64__)
  if (has_instruction) return ~by_instruction(~crc, bytes, count);
#endif
  return ~by_table(~crc, bytes, count);
}

uint32_t sluice_crc32c_by_table(uint32_t crc, const void *bytes, uint64_t count) {
  return ~by_table(~crc, bytes, count);
}
