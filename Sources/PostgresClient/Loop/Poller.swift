import CLibPQ
import Glibc

/// epoll and an eventfd to wake it. Sockets are level-triggered, because libpq may leave bytes in them.
struct Poller: Sendable {
  struct Interest: OptionSet {
    let rawValue: UInt32
    static let read = Interest(rawValue: EPOLLIN.rawValue)
    static let write = Interest(rawValue: EPOLLOUT.rawValue)
  }

  private let epoll: Int32
  private let wake: Int32

  init() throws(PostgresError) {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard epoll >= 0, wake >= 0 else {
      throw PostgresError(.unavailable, "no file descriptors left for the event loop")
    }
    // Edge-triggered: each signal wakes once, and nothing has to be read.
    var event = epoll_event(events: EPOLLIN.rawValue | EPOLLET.rawValue, data: epoll_data(u64: 0))
    epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event)
  }

  /// Makes ``wait`` return.
  func signal() { eventfd_write(wake, 1) }

  /// Watches a descriptor. `token` is not 0, which stands for the wake-up.
  func watch(_ descriptor: Int32, _ token: UInt64, _ interest: Interest) {
    var event = epoll_event(events: interest.rawValue, data: epoll_data(u64: token))
    if epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) != 0, errno == ENOENT {
      epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }
  }

  /// Stops watching a descriptor, before it is closed.
  func forget(_ descriptor: Int32) {
    var event = epoll_event()
    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
  }

  /// Waits at most that many milliseconds, calls `awake`, and `handle` for each descriptor that is ready.
  func wait(milliseconds: Int32, awake: () -> Void, handle: (UInt64, Interest) -> Void) {
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events in
      let count = epoll_wait(epoll, events.baseAddress, 64, milliseconds)
      awake()
      for index in 0..<max(0, Int(count)) {
        let event = events[index]
        guard event.data.u64 != 0 else { continue }
        // An error or a hang-up shows in the next read.
        let isBroken = event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
        handle(event.data.u64, isBroken ? [.read, .write] : Interest(rawValue: event.events))
      }
    }
  }

  func close() {
    _ = Glibc.close(epoll)
    _ = Glibc.close(wake)
  }
}
