#include "requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *path, const char *why) {
  fprintf(stderr, "pace: %s: %s\n", path, why);
  exit(1);
}

static char *contents(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) fail(path, "cannot be read");
  long end = ftell(file);
  rewind(file);
  char *bytes = malloc((size_t)end + 1);
  if (!bytes || fread(bytes, 1, (size_t)end, file) != (size_t)end) fail(path, "cannot be read");
  fclose(file);
  bytes[end] = 0;
  *size = (size_t)end;
  return bytes;
}

struct requests read_requests(const char *path) {
  size_t size, capacity = 0;
  char *at = contents(path, &size), *end = at + size;
  struct requests all = {0};
  while (at < end) {
    if (all.count == capacity) {
      capacity = capacity ? capacity * 2 : 1024;
      all.list = realloc(all.list, capacity * sizeof *all.list);
      if (!all.list) fail(path, "too many requests");
    }
    char *rest;
    struct request *next = &all.list[all.count++];
    next->status = (int)strtol(at, &rest, 10);
    next->length = (uint32_t)strtoul(rest, &rest, 10);
    if (*rest != '\n' || rest + 1 + next->length > end) fail(path, "malformed record");
    next->bytes = rest + 1;
    at = rest + 1 + next->length;
  }
  if (all.count == 0) fail(path, "no request");
  return all;
}
