#include "answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void answer_reset(struct answer *a) {
  a->kept = 0;
  a->body_left = -1;
  a->status = 0;
}

/// The length that the head names: 0 for answers that have no body, -1 when it names none.
static int64_t body_length(const struct answer *a) {
  if (a->status == 204 || a->status == 304) return 0;
  for (const char *line = strstr(a->head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
    if (strncasecmp(line + 2, "content-length:", 15) == 0) return strtoll(line + 17, NULL, 10);
  }
  return -1;
}

int answer_take(struct answer *a, const char *bytes, size_t count) {
  if (a->body_left < 0) {
    size_t before = a->kept, room = HEAD_BYTES - a->kept, taken = count < room ? count : room;
    memcpy(a->head + a->kept, bytes, taken);
    a->kept += taken;
    a->head[a->kept] = 0;
    char *end = strstr(a->head, "\r\n\r\n");
    if (!end) return a->kept == HEAD_BYTES ? -1 : 0;
    if (strncmp(a->head, "HTTP/1.1 ", 9)) return -1;
    a->status = (int)strtol(a->head + 9, NULL, 10);
    size_t head = (size_t)(end + 4 - a->head) - before;
    end[2] = 0;
    a->body_left = body_length(a);
    if (a->body_left < 0) return -1;
    bytes += head;
    count -= head;
  }
  if ((int64_t)count > a->body_left) return -1;
  a->body_left -= (int64_t)count;
  return a->body_left == 0;
}
