// Compares a vector kernel with the portable one. `scripts/test-neon` builds this program for aarch64, which SwiftPM
// cannot build here, and runs it under qemu. On x86-64 it compares AVX2, which the Swift tests also cover.
//
// Documents and mutations of them are generated from a seed. Both kernels process them window by window. Verdict,
// output and end state must be equal. Every input ends at an unreadable page, at any alignment.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CZminSIMD.h"

#if defined(KERNEL_AVX512)
#define KERNEL(function) function##_avx512
#elif defined(__aarch64__)
#define KERNEL(function) function##_neon
#else
#define KERNEL(function) function##_avx2
#endif

enum { DOCUMENT_MAX = 1 << 16, WORDS = DOCUMENT_MAX / 63 + 2, DEPTH_IN_GENERATOR = 40 };

typedef struct {
  uint8_t bytes[DOCUMENT_MAX];
  size_t count;
} document;

static uint64_t seed;
static unsigned long passed, failed;
static uint8_t *input_end, *output[2];
static void *workspace;

/// xorshift64.
static unsigned below(unsigned bound) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (unsigned)(seed >> 33) % bound;
}

static void add(document *to, const char *text) {
  size_t length = strlen(text);
  memcpy(to->bytes + to->count, text, length);
  to->count += length;
}

static void add_blanks(document *to, zmin_format format) {
  if (below(3)) return;
  const char *const blanks[] = {" ", "\t", "\r", "        ", format == ZMIN_JSON ? "\n" : " ", "\r  \t"};
  for (unsigned left = below(8) ? 1 : below(40); left > 0; left--) add(to, blanks[below(6)]);
}

static void add_string(document *to) {
  static const char *const parts[] = {
      "a", "key", " ", "0123456789", "{}[]:,", "\\\\", "\\\"", "\\n", "\\u00e9", "\\uD83D\\uDE00", "\xC3\xA9",
      "\xE2\x82\xAC", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF",
      "\xF0\x90\x80\x80", "\x7F"};
  add(to, "\"");
  unsigned style = below(3);
  for (unsigned left = below(20) ? below(8) : below(120); left > 0; left--) {
    add(to, parts[style == 0 ? below(5) : style == 1 ? 10 + below(7) : below(18)]);
  }
  add(to, "\"");
}

static void add_number(document *to) {
  static const char *const parts[] = {
      "0", "1", "-0", "-1", "0.5", "10.25e3", "1E+5", "7e-05", "-123456789", "3.141592653589793", "0e0",
      "100000000000"};
  add(to, parts[below(12)]);
}

static void add_value(document *to, zmin_format format, unsigned depth) {
  add_blanks(to, format);
  unsigned kind = below(depth < DEPTH_IN_GENERATOR && to->count < 6000 ? 10 : 6);
  switch (kind) {
    case 0: add(to, "true"); break;
    case 1: add(to, "false"); break;
    case 2: add(to, "null"); break;
    case 3: add_number(to); break;
    case 4: case 5: add_string(to); break;
    default:
      add(to, kind & 1 ? "{" : "[");
      for (unsigned left = below(6); left > 0; left--) {
        add_blanks(to, format);
        if (kind & 1) {
          add_string(to);
          add_blanks(to, format);
          add(to, ":");
        }
        add_value(to, format, depth + 1);
        if (left > 1) add(to, ",");
      }
      add_blanks(to, format);
      add(to, kind & 1 ? "}" : "]");
      break;
  }
  add_blanks(to, format);
}

static void generate(document *to, zmin_format format) {
  to->count = 0;
  size_t target = below(8) ? below(1500) : below(20000);
  if (format == ZMIN_JSON) add(to, "[");
  do {
    unsigned depth = to->count < 6000 ? 0 : DEPTH_IN_GENERATOR;
    add_value(to, format, depth);
    add(to, format == ZMIN_JSON ? "," : below(4) ? "\n" : "\r\n \n");
  } while (to->count < target);
  if (format == ZMIN_JSON) add(to, "1]");
}

/// Makes one to three edits and cuts every other document, so that errors also occur just before the end.
static void mutate(document *in) {
  static const char bytes[] =
      "{}[]:,\"\\ \t\n\r0123456789-+.eEtruefalsn/bfu\x01\x1F\x7F\xC3\xA9\x80\xE2\x82\xED\xA0\xF0\x9F\xF4\x90";
  for (unsigned left = 1 + below(3); left > 0 && in->count > 1; left--) {
    size_t at = below((unsigned)in->count);
    uint8_t *byte = in->bytes + at;
    switch (below(5)) {
      case 0: *byte = (uint8_t)bytes[below(sizeof bytes - 1)]; break;
      case 1: *byte ^= (uint8_t)(1U << below(8)); break;
      case 2: memmove(byte, byte + 1, --in->count - at); break;
      case 3:
        while (at < in->count && memchr("{}[]", in->bytes[at], 4) == NULL) at++;
        if (at < in->count) in->bytes[at] = (uint8_t)"{}[] "[below(5)];
        if (at < in->count && below(2)) in->count = at + 1 + below((unsigned)(in->count - at));
        break;
      default:
        memmove(byte + 1, byte, in->count++ - at);
        *byte = (uint8_t)bytes[below(sizeof bytes - 1)];
        break;
    }
  }
  if (below(2)) in->count = 1 + below((unsigned)in->count);
}

static void expect(bool right, const char *aspect, const document *in, zmin_format format, size_t at) {
  if (right) {
    passed++;
    return;
  }
  failed++;
  if (failed > 5) return;
  printf("%s differs: format %d, %zu bytes, window at %zu:\n", aspect, format, in->count, at);
  printf("%.*s\n", (int)(in->count < 400 ? in->count : 400), (const char *)in->bytes);
}

static bool levels_equal(const zmin_levels *a, const zmin_levels *b) {
  return a->top == b->top && a->count == b->count &&
      (a->count == 0 || memcmp(a->words, b->words, a->count * sizeof(uint64_t)) == 0);
}

static bool states_equal(const zmin_state *a, const zmin_state *b) {
  return a->lexeme == b->lexeme && a->expectation == b->expectation &&
      levels_equal(&a->nesting.open, &b->nesting.open) && levels_equal(&a->nesting.closed, &b->nesting.closed) &&
      a->nesting.base == b->nesting.base;
}

/// Compares the kernels over a document in windows of `window` bytes, of random sizes for 0.
static void compare(const document *in, zmin_format format, size_t depth_max, size_t window) {
  static uint64_t words[2][WORDS];
  zmin_state portable = {
      {{1, words[0], 0, WORDS}, {1, NULL, 0, 0}, 0, ZMIN_IN_NOTHING}, depth_max, ZMIN_BETWEEN, ZMIN_EXPECT_START};
  zmin_state other = portable;
  other.nesting.open.words = words[1];
  for (size_t at = 0, size; at < in->count; at += size) {
    size = window ? window : 1 + below(700);
    if (size > in->count - at) size = in->count - at;
    uint8_t *start = input_end - size;
    memcpy(start, in->bytes + at, size);
    size_t written = 0, expected = 0;
    bool clean = zmin_check_portable(&portable, format, start, size, output[0], &expected, NULL);
    bool found = KERNEL(zmin_check)(&other, format, start, size, output[1], &written, workspace);
    expect(clean == found, "verdict", in, format, at);
    if (!clean || !found) return;
    expect(written == expected && memcmp(output[0], output[1], written) == 0, "output", in, format, at);
    expect(states_equal(&portable, &other), "state", in, format, at);
  }
}

/// Compares the kernels over a random slice of a document, from all start states that slices have.
static void compare_slices(const document *in, zmin_format format) {
  static const struct {
    uint8_t lexeme, expectation, base;
  } starts[] = {
      {ZMIN_BETWEEN, ZMIN_EXPECT_VALUE, ZMIN_IN_ANYTHING}, {ZMIN_BETWEEN, ZMIN_EXPECT_AFTER_VALUE, ZMIN_IN_ANYTHING},
      {ZMIN_BETWEEN, ZMIN_EXPECT_AFTER_VALUE, ZMIN_IN_CONTAINER}, {ZMIN_BETWEEN, ZMIN_EXPECT_COLON, ZMIN_IN_OBJECT},
      {ZMIN_BETWEEN, ZMIN_EXPECT_FIRST_KEY, ZMIN_IN_OBJECT}, {ZMIN_BETWEEN, ZMIN_EXPECT_START, ZMIN_IN_NOTHING},
      {ZMIN_STRING, ZMIN_EXPECT_AFTER_VALUE, ZMIN_IN_ANYTHING}, {ZMIN_STRING, ZMIN_EXPECT_COLON, ZMIN_IN_OBJECT},
  };
  static uint64_t words[4][WORDS];
  size_t at = below((unsigned)in->count), size = 1 + below((unsigned)(in->count - at));
  uint8_t *start = input_end - size;
  memcpy(start, in->bytes + at, size);
  for (size_t index = 0; index < sizeof starts / sizeof *starts; index++) {
    zmin_state portable = {
        {{1, words[0], 0, WORDS}, {1, words[1], 0, WORDS}, 0, starts[index].base}, 1 << 20, starts[index].lexeme,
        starts[index].expectation};
    zmin_state other = portable;
    other.nesting.open.words = words[2];
    other.nesting.closed.words = words[3];
    size_t written = 0, expected = 0;
    bool clean = zmin_check_portable(&portable, format, start, size, output[0], &expected, NULL);
    bool found = KERNEL(zmin_check)(&other, format, start, size, output[1], &written, workspace);
    expect(clean == found, "verdict of a slice", in, format, at);
    if (!clean || !found) continue;
    expect(written == expected && memcmp(output[0], output[1], written) == 0, "output of a slice", in, format, at);
    expect(states_equal(&portable, &other), "state of a slice", in, format, at);
  }
}

/// Compares the kernels without checks, every second window in place.
static void compare_raw(const document *in, zmin_format format) {
  zmin_raw_state portable = {0, 0}, other = {0, 0};
  for (size_t at = 0, size; at < in->count; at += size) {
    size = 1 + below(900);
    if (size > in->count - at) size = in->count - at;
    uint8_t *start = input_end - size, *to = below(2) ? start : output[1];
    memcpy(start, in->bytes + at, size);
    size_t expected = zmin_raw_portable(&portable, format, start, size, output[0], NULL);
    size_t written = KERNEL(zmin_raw)(&other, format, start, size, to, workspace);
    bool equal = written == expected && memcmp(output[0], to, written) == 0;
    expect(equal && portable.string_state == other.string_state && portable.kept_since_lf == other.kept_since_lf,
        "unchecked", in, format, at);
  }
}

int main(int argument_count, char **arguments) {
  seed = argument_count > 1 ? strtoull(arguments[1], NULL, 0) | 1 : 1;
  unsigned rounds = argument_count > 2 ? (unsigned)strtoul(arguments[2], NULL, 0) : 1500;
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  uint8_t *pages = mmap(NULL, DOCUMENT_MAX + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages + DOCUMENT_MAX, page, PROT_NONE) != 0) return 2;
  input_end = pages + DOCUMENT_MAX;
  workspace = aligned_alloc(64, (KERNEL(zmin_workspace_bytes)() + 63) / 64 * 64);
  static document original, mutated;
  for (unsigned round = 0; round < rounds; round++) {
    zmin_format format = (zmin_format)(round % 3);
    output[0] = malloc(2 * DOCUMENT_MAX);
    output[1] = malloc(2 * DOCUMENT_MAX);
    output[1] += round % 64;
    generate(&original, format == ZMIN_CONCAT ? ZMIN_NDJSON : format);
    compare(&original, format, 1 << 20, original.count);
    compare(&original, format, 1 << 20, 0);
    for (int slices = 0; slices < 8; slices++) compare_slices(&original, format);
    if (format != ZMIN_CONCAT) compare_raw(&original, format);
    for (int mutations = 0; mutations < 12; mutations++) {
      mutated = original;
      mutate(&mutated);
      compare_slices(&mutated, format);
      compare(&mutated, format, below(4) ? 1 << 20 : below(12), below(3) ? below(4000) : 0);
      if (format != ZMIN_CONCAT && mutations % 4 == 0) compare_raw(&mutated, format);
    }
    free(output[0]);
    free(output[1] - round % 64);
  }
  printf("%lu passed, %lu failed\n", passed, failed);
  return failed != 0;
}
