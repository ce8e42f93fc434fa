// What to send: requests rendered beforehand, each with the status that its answer must have.
#include <stddef.h>
#include <stdint.h>

struct request {
  int status;
  uint32_t length;
  const char *bytes;
};

struct requests {
  struct request *list;
  size_t count;
};

/// Reads a file of records "<status> <length>\n<length bytes>"; ends the program when it cannot.
struct requests read_requests(const char *path);
