import CLibPQ
import Logging

extension Session {
  /// Begins to connect; the owner hears how it ended.
  func open() {
    guard let host = target.hostToResolve else { return connect(addresses: []) }
    let id = id
    let remote = core.remote
    let hasStarted = core.lookUps.run {
      let addresses = AddressResolver.addresses(of: host)
      remote.send(
        .call { core in
          guard let session = core.session(id), session.phase == .resolving else { return }
          if addresses.isEmpty {
            session.close(PostgresError(.connectFailed, "the host name \(host) has no address"))
          } else {
            session.connect(addresses: addresses)
          }
        })
    }
    if !hasStarted { close(PostgresError(.connectFailed, "too many name look-ups are under way")) }
  }

  private func connect(addresses: [String]) {
    let options = target.parameters(addresses: addresses)
    connection = Self.withCStrings(options.map(\.0)) { keywords in
      Self.withCStrings(options.map(\.1)) { values in PQconnectStartParams(keywords, values, 0) }
    }
    guard let connection, PQstatus(connection) != CONNECTION_BAD else {
      return close(PostgresError(.connectFailed, Self.line(PQerrorMessage(connection))))
    }
    PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context, let result else { return }
        Unmanaged<Session>.fromOpaque(context).takeUnretainedValue().noticed(result)
      }, Unmanaged.passUnretained(self).toOpaque())
    phase = .connecting
    watchConnecting(.write)
  }

  /// Goes on connecting when the socket is ready.
  func pollConnecting() {
    switch PQconnectPoll(connection) {
    case PGRES_POLLING_READING: watchConnecting(.read)
    case PGRES_POLLING_WRITING: watchConnecting(.write)
    case PGRES_POLLING_OK: connected()
    default:
      // libpq may have tried several addresses.
      close(PostgresError(.connectFailed, Self.line(PQerrorMessage(connection))))
    }
  }

  /// libpq may have changed the socket since the last call.
  private func watchConnecting(_ interest: Poller.Interest) {
    descriptor = PQsocket(connection)
    core.poller.watch(descriptor, id.number, interest)
  }

  private func connected() {
    guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
      return close(PostgresError(.connectFailed, "libpq refuses pipeline mode"))
    }
    descriptor = PQsocket(connection)
    core.poller.watch(descriptor, id.number, .read)
    SocketCork.put(descriptor)
    phase = .open
    hasWarning = false
    owner?.sessionOpened(self)
  }

  /// NOTICE and WARNING go to the log, without their detail, which may quote values.
  private func noticed(_ result: OpaquePointer) {
    func field(_ code: Character) -> String {
      PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) } ?? ""
    }
    let severity = field("V")
    if severity == "WARNING" { hasWarning = true }
    if severity == "FATAL" || severity == "PANIC" { fatalState = SQLState(field("C")) }
    let level: Logger.Level =
      switch severity {
      case "WARNING", "FATAL", "PANIC": .warning
      case "NOTICE", "INFO": .info
      default: .debug
      }
    core.logger.log(
      level: level, "PostgreSQL: \(field("M"))", metadata: ["severity": "\(severity)", "sqlstate": "\(field("C"))"])
  }

  /// Calls `body` with a list of C strings that ends with NULL.
  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
  ) -> Result {
    let bytes = strings.map { Array($0.utf8CString) }
    var pointers: [UnsafePointer<CChar>?] = []
    func next(_ index: Int) -> Result {
      guard index < bytes.count else {
        pointers.append(nil)
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
      }
      return bytes[index].withUnsafeBufferPointer {
        pointers.append($0.baseAddress)
        return next(index + 1)
      }
    }
    return next(0)
  }
}
