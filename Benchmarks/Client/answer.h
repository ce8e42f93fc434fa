// Reads one HTTP/1.1 answer after the other from a stream of bytes, keeping heads only.
#include <stddef.h>
#include <stdint.h>

#define HEAD_BYTES 8192

struct answer {
  char head[HEAD_BYTES + 1];
  size_t kept;
  int64_t body_left;  // -1 while the head is incomplete
  int status;
};

void answer_reset(struct answer *a);

/// Takes bytes; returns 1 when the answer is whole, 0 when more is needed, -1 when it cannot be read. An answer must be
/// the last thing in `bytes`, since one request at a time is outstanding.
int answer_take(struct answer *a, const char *bytes, size_t count);
