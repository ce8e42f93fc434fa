// A load client for HTTP/1.1 on one thread. Sends the requests of a file in turn over keep-alive connections, as fast as
// they are answered or at a constant rate, and writes one line of JSON.
//
// At a constant rate, request k is due at k/rate after the start, whatever came before, and its latency counts from then.
// So a server that stalls pays for every request that should have been sent meanwhile (no coordinated omission).
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "histogram.h"
#include "requests.h"

#define NO_REQUEST NULL

struct connection {
  int fd;
  const struct request *current;
  uint32_t sent;
  uint64_t since;
  struct answer answer;
};

static struct {
  int port, connections;
  double rate, seconds, warm_up;
  int once;
  uint64_t first;
  struct requests requests;
} options = {.connections = 64, .seconds = 3};

static int poller;
static struct connection *connections;
/// A ring of those that wait for a request, the longest first, so that all take part at every rate.
static struct connection **idle;
static int idle_first, idle_count;
static uint64_t sent, failed, measured_from;
static struct histogram latencies;
static char first_failure[256];
static char input[1 << 16];

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
  fprintf(stderr, "pace: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void rest(struct connection *c) {
  c->current = NO_REQUEST;
  idle[(idle_first + idle_count++) % options.connections] = c;
}

static void open_connection(struct connection *c) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address)) die("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event)) die("epoll_ctl");
  rest(c);
}

/// A connection on which something went wrong is replaced; the benchmark that sees a failure ends anyway.
static void fail(struct connection *c, const char *why) {
  failed++;
  if (!first_failure[0]) {
    snprintf(first_failure, sizeof first_failure, "%s (status %d, wanted %d)", why, c->answer.status,
             c->current ? c->current->status : 0);
  }
  if (failed > 1000) exit(1);
  close(c->fd);
  open_connection(c);
}

static int is_exhausted(void) { return options.once && sent >= options.requests.count; }

static void send_next(uint64_t due) {
  struct connection *c = idle[idle_first];
  idle_first = (idle_first + 1) % options.connections;
  idle_count--;
  c->current = &options.requests.list[(options.first + sent++) % options.requests.count];
  c->since = due;
  answer_reset(&c->answer);
  ssize_t count = send(c->fd, c->current->bytes, c->current->length, MSG_NOSIGNAL);
  if (count != (ssize_t)c->current->length) fail(c, "the request was not taken whole");
}

static void receive(struct connection *c) {
  ssize_t count = recv(c->fd, input, sizeof input, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0 || c->current == NO_REQUEST) {
    fail(c, count <= 0 ? "the connection was closed" : "an answer to nothing");
    return;
  }
  int result = answer_take(&c->answer, input, (size_t)count);
  if (result == 0) return;
  if (result < 0 || c->answer.status != c->current->status) {
    fail(c, result < 0 ? "an answer that cannot be read" : "an unwanted status");
    return;
  }
  uint64_t end = now();
  if (end >= measured_from) record(&latencies, end - c->since);
  rest(c);
}

/// Sends what is due; returns when the next one is, 0 when that depends on answers.
static uint64_t send_due(uint64_t start) {
  while (idle_count > 0 && !is_exhausted()) {
    if (options.rate <= 0) {
      send_next(now());
      continue;
    }
    uint64_t due = start + (uint64_t)((double)sent * 1e9 / options.rate);
    if (due > now()) return due;
    send_next(due);
  }
  return 0;
}

/// At a constant rate, what is due and not answered when time is up has waited at least until now.
static void count_unanswered(uint64_t start, uint64_t end) {
  if (options.rate <= 0) return;
  for (int i = 0; i < options.connections; i++) {
    if (connections[i].current && connections[i].since < end) record(&latencies, end - connections[i].since);
  }
  uint64_t all = (uint64_t)((double)(end - start) * options.rate / 1e9);
  for (uint64_t k = sent; k < all && !options.once; k++) {
    record(&latencies, end - start - (uint64_t)((double)k * 1e9 / options.rate));
  }
}

static void run(void) {
  struct epoll_event events[64];
  uint64_t start = now(), end = start + (uint64_t)((options.warm_up + options.seconds) * 1e9);
  measured_from = start + (uint64_t)(options.warm_up * 1e9);
  for (uint64_t time = start; time < end; time = now()) {
    uint64_t due = send_due(start);
    if (is_exhausted() && idle_count == options.connections) break;
    uint64_t wait = end - time;
    if (due) wait = due > time ? due - time : 0;
    struct timespec timeout = {(time_t)(wait / 1000000000u), (long)(wait % 1000000000u)};
    int count = epoll_pwait2(poller, events, 64, &timeout, NULL);
    for (int i = 0; i < count; i++) receive(events[i].data.ptr);
  }
  count_unanswered(start, end);
  double seconds = (double)(now() - measured_from) / 1e9;
  printf("{\"requests\": %llu, \"seconds\": %.4f, \"requests_per_second\": %.1f, \"failed\": %llu, ",
         (unsigned long long)latencies.total, seconds, (double)latencies.total / seconds, (unsigned long long)failed);
  printf("\"p50_ms\": %.4f, \"p90_ms\": %.4f, \"p99_ms\": %.4f, \"p999_ms\": %.4f, \"max_ms\": %.4f, ",
         percentile(&latencies, 0.5), percentile(&latencies, 0.9), percentile(&latencies, 0.99),
         percentile(&latencies, 0.999), (double)latencies.max / 1e6);
  printf("\"first_failure\": \"%s\"}\n", first_failure);
}

static void read_options(int count, char **words) {
  static const struct option names[] = {
      {"port", 1, 0, 'p'},    {"connections", 1, 0, 'c'}, {"rate", 1, 0, 'r'}, {"seconds", 1, 0, 's'},
      {"warm-up", 1, 0, 'w'}, {"once", 0, 0, 'o'},        {"first", 1, 0, 'f'},
      {0}};
  for (int name; (name = getopt_long(count, words, "", names, NULL)) != -1;) {
    switch (name) {
    case 'p': options.port = atoi(optarg); break;
    case 'c': options.connections = atoi(optarg); break;
    case 'r': options.rate = atof(optarg); break;
    case 's': options.seconds = atof(optarg); break;
    case 'w': options.warm_up = atof(optarg); break;
    case 'o': options.once = 1; break;
    case 'f': options.first = strtoull(optarg, NULL, 10); break;
    default: exit(64);
    }
  }
  if (optind != count - 1 || options.port <= 0 || options.connections <= 0) {
    fprintf(stderr, "usage: pace --port N [--connections 64] [--rate per second] [--seconds 3] [--warm-up 0] "
                    "[--once] [--first 0] REQUESTS\n");
    exit(64);
  }
  options.requests = read_requests(words[optind]);
}

int main(int count, char **words) {
  read_options(count, words);
  prctl(PR_SET_TIMERSLACK, 1000);
  poller = epoll_create1(0);
  connections = calloc((size_t)options.connections, sizeof *connections);
  idle = calloc((size_t)options.connections, sizeof *idle);
  if (poller < 0 || !connections || !idle) die("start");
  for (int i = 0; i < options.connections; i++) open_connection(&connections[i]);
  run();
  return failed > 0;
}
