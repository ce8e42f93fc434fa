// Counts of durations in nanoseconds: 128 buckets for each power of two, so a percentile is off by less than 1 %.
#include <stdint.h>

#define SUB_BITS 7
#define BUCKETS ((64 - SUB_BITS) << SUB_BITS)

struct histogram {
  uint64_t counts[BUCKETS];
  uint64_t total, max;
};

static inline unsigned bucket_of(uint64_t value) {
  if (value < (1u << SUB_BITS)) return (unsigned)value;
  unsigned shift = 63 - (unsigned)__builtin_clzll(value) - SUB_BITS;
  return ((shift + 1) << SUB_BITS) + (unsigned)((value >> shift) - (1u << SUB_BITS));
}

/// The largest value that a bucket holds.
static inline uint64_t top_of(unsigned bucket) {
  if (bucket < (1u << SUB_BITS)) return bucket;
  unsigned shift = (bucket >> SUB_BITS) - 1;
  uint64_t first = (uint64_t)((bucket & ((1u << SUB_BITS) - 1)) + (1u << SUB_BITS)) << shift;
  return first + ((uint64_t)1 << shift) - 1;
}

static inline void record(struct histogram *h, uint64_t value) {
  h->counts[bucket_of(value)]++;
  h->total++;
  if (value > h->max) h->max = value;
}

/// The value that `share` of the counted ones do not pass, in milliseconds.
static inline double percentile(const struct histogram *h, double share) {
  uint64_t wanted = (uint64_t)(share * (double)h->total + 0.5), seen = 0;
  for (unsigned i = 0; i < BUCKETS; i++) {
    seen += h->counts[i];
    if (seen >= wanted && h->counts[i] > 0) {
      uint64_t top = top_of(i);
      return (double)(top < h->max ? top : h->max) / 1e6;
    }
  }
  return 0;
}
