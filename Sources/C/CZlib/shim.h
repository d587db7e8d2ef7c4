#include <zlib.h>

// inflateInit2 is a macro with a sizeof in it, which Swift cannot call.
static inline int sluice_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}

// deflateInit2 likewise.
static inline int sluice_deflate_init(z_stream *stream, int level, int window_bits) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}
