#pragma once
#include <zlib.h>

// inflateInit2 and deflateInit2 are macros, which Swift does not see. Minus 15: the bare deflate stream
// of a ZIP entry.
static inline int czlib_inflate_init_bare(z_streamp stream) { return inflateInit2(stream, -15); }
static inline int czlib_deflate_init_bare(z_streamp stream) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}
