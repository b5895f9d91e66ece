// The libraries of the codecs, with functions for the macros that Swift cannot import.

#ifndef CZMIN_CODEC_H
#define CZMIN_CODEC_H

// For a decoder with an allocator of its own.
#define ZSTD_STATIC_LINKING_ONLY

#include <bzlib.h>
#include <dlfcn.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <lzma.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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

/// ISA-L's functions to prepare a decoder and to decode, as `dlsym` gives them.
struct czmin_igzip {
  void *prepare;
  void *inflate;
};

/// Loads ISA-L, which stays until the program ends. False if the machine has no such library.
static inline bool czmin_igzip_load(const char *name, struct czmin_igzip *library) {
  void *const handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) return false;
  library->prepare = dlsym(handle, "isal_inflate_init");
  library->inflate = dlsym(handle, "isal_inflate");
  return library->prepare != NULL && library->inflate != NULL;
}

/// Progress of one call of ISA-L's decoder.
struct czmin_igzip_step {
  size_t consumedBytes;
  size_t producedBytes;
  /// True if a member ended, and its checksum and its length are right.
  bool isAtEnd;
  bool isFault;
};

/// Size of ISA-L's decoder, which holds no pointers to memory of its own.
static inline size_t czmin_igzip_decoder_size(void) { return sizeof(struct inflate_state); }

/// Prepares a decoder of that size for a member of gzip.
static inline void czmin_igzip_begin(struct czmin_igzip library, void *decoder) {
  struct inflate_state *state = decoder;
  ((void (*)(struct inflate_state *))library.prepare)(state);
  state->crc_flag = ISAL_GZIP;
}

/// Decodes at most `inputSize` bytes of a member into at most `outputSize` bytes.
static inline struct czmin_igzip_step czmin_igzip_decode(struct czmin_igzip library, void *decoder, const void *input,
                                                         uint32_t inputSize, void *output, uint32_t outputSize) {
  struct inflate_state *state = decoder;
  // The library reads its input only, whatever the type says.
  state->next_in = (uint8_t *)input;
  state->avail_in = inputSize;
  state->next_out = output;
  state->avail_out = outputSize;
  const int status = ((int (*)(struct inflate_state *))library.inflate)(state);
  const struct czmin_igzip_step step = {
      .consumedBytes = inputSize - state->avail_in,
      .producedBytes = outputSize - state->avail_out,
      .isAtEnd = status == ISAL_DECOMP_OK && state->block_state == ISAL_BLOCK_FINISH,
      .isFault = status != ISAL_DECOMP_OK,
  };
  return step;
}

/// CRC-32 of all bytes that were made of the member so far.
static inline uint32_t czmin_igzip_checksum(const void *decoder) {
  const struct inflate_state *state = decoder;
  return state->crc;
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
