#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Where certain bytes stand among 64, as the bits of a word; the lowest is that of the first byte.
//
// Swift's own vectors have no way from a comparison to bits that compiles to the few instructions it takes;
// Clang's have, on every processor.

typedef uint8_t cbytes_vector __attribute__((ext_vector_type(16)));
typedef bool cbytes_truth __attribute__((ext_vector_type(16)));

typedef struct {
  cbytes_vector part[4];
  /// Which of the 64 bytes there are.
  uint64_t known;
} cbytes_block;

/// Takes up to 64 of `count` bytes.
static inline __attribute__((always_inline)) cbytes_block cbytes_load(const uint8_t *bytes, size_t count) {
  cbytes_block block;
  if (count >= 64) {
    memcpy(block.part, bytes, 64);
    block.known = ~0ULL;
  } else {
    memset(block.part, 0, 64);
    memcpy(block.part, bytes, count);
    block.known = (1ULL << count) - 1;
  }
  return block;
}

/// Takes up to 16 of `count` bytes; where there are fewer, the rest are letters, which mean nothing anywhere.
static inline __attribute__((always_inline)) cbytes_vector cbytes_load_short(const uint8_t *bytes, size_t count) {
  cbytes_vector byte = (cbytes_vector)(uint8_t)0x61;
  memcpy(&byte, bytes, count >= 16 ? 16 : count);
  return byte;
}

// The bits of the bytes `byte` for which a condition holds.
#define CBYTES_WHERE(block, condition)                                            \
  ({                                                                              \
    uint64_t word = 0;                                                            \
    for (int part = 0; part < 4; part++) {                                        \
      const cbytes_vector byte = (block).part[part];                              \
      const cbytes_truth truth = __builtin_convertvector((condition), cbytes_truth); \
      uint16_t bits;                                                              \
      memcpy(&bits, &truth, 2);                                                   \
      word |= (uint64_t)bits << (16 * part);                                      \
    }                                                                             \
    word & (block).known;                                                         \
  })

// The bits of the bytes of one vector for which a condition holds.
#define CBYTES_BITS(condition)                                                    \
  ({                                                                              \
    const cbytes_truth truth = __builtin_convertvector((condition), cbytes_truth); \
    uint16_t bits;                                                                \
    memcpy(&bits, &truth, 2);                                                     \
    bits;                                                                         \
  })

#define CBYTES_IS(value) (byte == (cbytes_vector)(uint8_t)(value))

/// What matters in separated values.
typedef struct {
  uint64_t delimiters;
  /// LF and CR.
  uint64_t ends;
  uint64_t quotes;
} cbytes_csv_masks;

/// Looks at up to 64 of `count` bytes.
static inline __attribute__((always_inline)) cbytes_csv_masks
cbytes_csv(const uint8_t *bytes, size_t count, uint8_t delimiter) {
  const cbytes_block block = cbytes_load(bytes, count);
  cbytes_csv_masks masks;
  masks.delimiters = CBYTES_WHERE(block, CBYTES_IS(delimiter));
  masks.ends = CBYTES_WHERE(block, CBYTES_IS(0x0A) | CBYTES_IS(0x0D));
  masks.quotes = CBYTES_WHERE(block, CBYTES_IS(0x22));
  return masks;
}

/// What matters in a row whose fields end with tabs.
typedef struct {
  uint64_t tabs;
  uint64_t blanks;
  uint64_t commas;
  uint64_t quotes;
  /// Other control characters, semicolons, backslashes and what is no ASCII.
  uint64_t others;
} cbytes_row_masks;

/// Looks at up to 64 of `count` bytes.
static inline __attribute__((always_inline)) cbytes_row_masks cbytes_row(const uint8_t *bytes, size_t count) {
  const cbytes_block block = cbytes_load(bytes, count);
  cbytes_row_masks masks;
  masks.tabs = CBYTES_WHERE(block, CBYTES_IS(0x09));
  masks.blanks = CBYTES_WHERE(block, CBYTES_IS(0x20));
  masks.commas = CBYTES_WHERE(block, CBYTES_IS(0x2C));
  masks.quotes = CBYTES_WHERE(block, CBYTES_IS(0x22));
  // What is below a blank or above a tilde comes out of the subtraction as 0x5F or more.
  masks.others = CBYTES_WHERE(block, (byte - (cbytes_vector)(uint8_t)0x20 >= (cbytes_vector)(uint8_t)0x5F)
                                       | CBYTES_IS(0x3B) | CBYTES_IS(0x5C)) & ~masks.tabs;
  return masks;
}

/// What matters in text before anybody reads it.
typedef struct {
  /// Bytes above 0x7F.
  uint64_t foreign;
  uint64_t zeros;
} cbytes_text_masks;

/// Looks at up to 64 of `count` bytes.
static inline __attribute__((always_inline)) cbytes_text_masks cbytes_text(const uint8_t *bytes, size_t count) {
  const cbytes_block block = cbytes_load(bytes, count);
  cbytes_text_masks masks;
  masks.foreign = CBYTES_WHERE(block, byte >= (cbytes_vector)(uint8_t)0x80);
  masks.zeros = CBYTES_WHERE(block, CBYTES_IS(0));
  return masks;
}

/// What matters in free text, of at most 16 bytes, for most of it is short.
typedef struct {
  uint16_t commas;
  uint16_t blanks;
  /// Semicolons, quotation marks and backslashes.
  uint16_t punctuation;
  /// Control characters and what is no ASCII.
  uint16_t others;
} cbytes_prose_masks;

/// Looks at up to 16 of `count` bytes.
static inline __attribute__((always_inline)) cbytes_prose_masks
cbytes_prose(const uint8_t *bytes, size_t count) {
  const cbytes_vector byte = cbytes_load_short(bytes, count);
  cbytes_prose_masks masks;
  masks.commas = CBYTES_BITS(CBYTES_IS(0x2C));
  masks.blanks = CBYTES_BITS(CBYTES_IS(0x20));
  masks.punctuation = CBYTES_BITS(CBYTES_IS(0x3B) | CBYTES_IS(0x22) | CBYTES_IS(0x5C));
  masks.others = CBYTES_BITS(byte - (cbytes_vector)(uint8_t)0x20 >= (cbytes_vector)(uint8_t)0x5F);
  return masks;
}

/// The bytes equal to one, among up to 64 of `count` bytes.
static inline __attribute__((always_inline)) uint64_t
cbytes_equal(const uint8_t *bytes, size_t count, uint8_t value) {
  const cbytes_block block = cbytes_load(bytes, count);
  return CBYTES_WHERE(block, CBYTES_IS(value));
}

/// The bytes that XML writes as references (`&`, `<`, `>`, `"` and what is no ASCII), among up to 64 of `count` bytes.
static inline __attribute__((always_inline)) uint64_t
cbytes_markup(const uint8_t *bytes, size_t count) {
  const cbytes_block block = cbytes_load(bytes, count);
  return CBYTES_WHERE(block, CBYTES_IS(0x26) | CBYTES_IS(0x3C) | CBYTES_IS(0x3E) | CBYTES_IS(0x22)
                               | (byte >= (cbytes_vector)(uint8_t)0x80));
}

/// The bytes that are neither printable ASCII nor a line feed, among up to 64 of `count` bytes.
static inline __attribute__((always_inline)) uint64_t
cbytes_not_text(const uint8_t *bytes, size_t count) {
  const cbytes_block block = cbytes_load(bytes, count);
  return CBYTES_WHERE(block, (byte - (cbytes_vector)(uint8_t)0x20 >= (cbytes_vector)(uint8_t)0x5F) & ~CBYTES_IS(0x0A));
}

/// The first bytes of a string of JSON that it does not hold as they are: quotation marks, backslashes and control
/// characters, among up to 16 of `count` bytes, for most strings are short.
static inline __attribute__((always_inline)) uint16_t
cbytes_json_string(const uint8_t *bytes, size_t count) {
  const cbytes_vector byte = cbytes_load_short(bytes, count);
  return CBYTES_BITS(CBYTES_IS(0x22) | CBYTES_IS(0x5C) | (byte < (cbytes_vector)(uint8_t)0x20));
}
