import CatalogDomain
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// All packages of a tenant, in and out as a file.
struct PackageExchangeRoutes {
  let exchange: PackageExchange

  /// The largest file, in bytes.
  static let largestFile = 64 << 20

  func add(to routes: Routes) {
    routes.add(.importPackages) { call in
      let tenant = try call.tenant
      let format = try Self.format(call, sent: call.headers[.contentType])
      let keepsGoing = try call.query.flag("keepGoing")
      // Read whole before the database is asked: a slow client holds no transaction open, and one that others stood in
      // the way of can be run again.
      let file = try await call.spool(most: Self.largestFile)
      let source = PackageFile(file, format, tenant.profile)
      // Much to compute: not where other connections would wait.
      let report = try await withTaskExecutorPreference(globalConcurrentExecutor) {
        try await exchange.importRows(tenant.id, source, keepsGoing: keepsGoing)
      }
      return try JSONAnswer.response(report)
    }
    routes.add(.exportPackages) { call in
      let tenant = try call.tenant.id
      let format = try Self.format(call, sent: call.headers[.accept]) ?? .csv
      // Before the head is sent, so that a failure still has a status.
      let first = try await exchange.next(tenant, after: nil)
      return Response(
        status: .ok,
        headers: [
          .contentType: format.mediaType, .cacheControl: "no-store",
          .contentDisposition: "attachment; filename=\"packages.\(format.rawValue)\"",
        ],
        body: ResponseBody { [exchange] writer in
          let file = PackageFileWriter(format)
          try await writer.write(ByteBuffer(string: file.header))
          var packages = first
          while let last = packages.last {
            try await writer.write(ByteBuffer(string: try file.text(packages)))
            packages = try await exchange.next(tenant, after: last.creationPlace)
          }
          try await writer.finish(nil)
        })
    }
  }

  /// What `format` says, else a media type; nil when neither says anything. Throws `malformedRequest`.
  private static func format(_ call: Call, sent mediaType: String?) throws -> PackageFileFormat? {
    let named = try call.query.parsed("format", "csv or jsonl") { PackageFileFormat(rawValue: $0) }
    return named ?? mediaType.flatMap { PackageFileFormat(mediaType: $0) }
  }
}

extension Call {
  /// Writes the body to a file without a name. Throws `bodyTooLarge`.
  fileprivate func spool(most limit: Int) async throws -> StoredFile {
    let tooLarge = DomainError(.bodyTooLarge, "The file is larger than \(limit >> 20) MiB.")
    guard (headers[.contentLength].flatMap { Int($0) } ?? 0) <= limit else { throw tooLarge }
    let file = try await StoredFile.temporary()
    var size = 0
    for try await part in request.body {
      size += part.readableBytes
      guard size <= limit else { throw tooLarge }
      try await file.append(part)
    }
    return file
  }
}
