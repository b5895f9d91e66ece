// The number of line feeds.
#include "words.h"

#include "CZminSIMD.h"

/// Eight bytes at a time. Adding 0x7F to the lower seven bits sets the eighth unless they are 0, without a carry out.
static size_t count_in_words(const uint8_t *in, size_t n) {
  size_t found = 0, at = 0;
  for (; n - at >= 8; at += 8) {
    uint64_t value = load_word(in + at) ^ repeat('\n');
    uint64_t others = ((value & repeat(0x7F)) + repeat(0x7F)) | value;
    found += (size_t)__builtin_popcountll(~others & repeat(0x80));
  }
  for (; at < n; at++) found += in[at] == '\n';
  return found;
}

#if defined(__x86_64__)
#include <immintrin.h>

/// 64 bytes at a time. The last load is masked and reads nothing past the end.
__attribute__((target("avx512f,avx512bw,bmi2,popcnt"))) static size_t count_avx512(const uint8_t *in, size_t n) {
  const __m512i line_feed = _mm512_set1_epi8('\n');
  size_t found = 0, at = 0;
  for (; n - at >= 64; at += 64) {
    found += (size_t)_mm_popcnt_u64(_mm512_cmpeq_epi8_mask(_mm512_loadu_si512(in + at), line_feed));
  }
  __mmask64 rest = _bzhi_u64(~0ULL, (unsigned)(n - at));
  __mmask64 last = _mm512_mask_cmpeq_epi8_mask(rest, _mm512_maskz_loadu_epi8(rest, in + at), line_feed);
  return found + (size_t)_mm_popcnt_u64(last);
}

/// 16 bytes at a time. Each column is counted in one byte for up to 255 rounds before the columns are summed.
static size_t count_sse2(const uint8_t *in, size_t n) {
  const __m128i line_feed = _mm_set1_epi8('\n');
  size_t found = 0, at = 0;
  while (n - at >= 16) {
    size_t rounds = (n - at) / 16 < 255 ? (n - at) / 16 : 255;
    __m128i columns = _mm_setzero_si128();
    for (; rounds > 0; rounds--, at += 16) {
      __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(in + at));
      columns = _mm_sub_epi8(columns, _mm_cmpeq_epi8(bytes, line_feed));
    }
    __m128i sums = _mm_sad_epu8(columns, _mm_setzero_si128());
    found += (size_t)_mm_cvtsi128_si64(sums) + (size_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums));
  }
  return found + count_in_words(in + at, n - at);
}

size_t zmin_count_newlines(const uint8_t *in, size_t n) {
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi2") ? count_avx512(in, n) : count_sse2(in, n);
}

#else

size_t zmin_count_newlines(const uint8_t *in, size_t n) { return count_in_words(in, n); }

#endif
