// The libraries of the codecs, with functions for the macros that Swift cannot import.

#ifndef CZMIN_CODEC_H
#define CZMIN_CODEC_H

// For a decoder with an allocator of its own.
#define ZSTD_STATIC_LINKING_ONLY

#include <bzlib.h>
#include <libdeflate.h>
#include <lzma.h>
#include <stddef.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/// Prepares a stream for members of gzip, and for nothing else.
static inline int czmin_inflate_init(z_stream *stream) {
  const int gzipWindowBits = 16 + MAX_WBITS;
  return inflateInit2(stream, gzipWindowBits);
}

/// Prepares a stream for deflate data without header and trailer.
static inline int czmin_inflate_raw_init(z_stream *stream) {
  return inflateInit2(stream, -MAX_WBITS);
}

/// Makes a decoder for frames with windows of any size. NULL if there is no memory.
static inline ZSTD_DCtx *czmin_zstd_decoder(ZSTD_allocFunction allocate, ZSTD_freeFunction release, void *context) {
  const ZSTD_customMem memory = {allocate, release, context};
  ZSTD_DCtx *decoder = ZSTD_createDCtx_advanced(memory);
  if (decoder == NULL) return NULL;
  const ZSTD_bounds windowLog = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
  ZSTD_DCtx_setParameter(decoder, ZSTD_d_windowLogMax, windowLog.upperBound);
  return decoder;
}

/// Makes an encoder of frames. NULL if there is no memory.
static inline ZSTD_CCtx *czmin_zstd_encoder(ZSTD_allocFunction allocate, ZSTD_freeFunction release, void *context) {
  const ZSTD_customMem memory = {allocate, release, context};
  return ZSTD_createCCtx_advanced(memory);
}

#endif
