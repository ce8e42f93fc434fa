#pragma once
#include <postgresql/libpq-fe.h>
// How libpq's sockets are waited for; Swift's Glibc module leaves these out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sched.h>
/// See sched(7); glibc shows it for _GNU_SOURCE alone.
#ifndef SCHED_BATCH
#define SCHED_BATCH 3
#endif

/// Bytes that OpenSSL has decrypted and libpq has not yet taken: the socket does not show them as readable, and
/// PQconsumeInput may leave some behind. libpq uses the same library.
extern int SSL_pending(const void *connection);
