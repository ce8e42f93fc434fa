import Foundation

/// Certificates for 127.0.0.1 and localhost, and the authority that signed them, made by openssl.
package struct TestCertificates: Sendable {
  /// Paths of PEM files.
  package let authority: String
  package let certificate: String
  package let key: String
  private let folder: TemporaryFolder

  /// Makes an authority and one server's certificate, valid for two days.
  package static func make() async throws -> TestCertificates {
    let folder = try TemporaryFolder("certificates")
    func path(_ name: String) -> String { folder.url.appending(path: name).path }
    try "subjectAltName=IP:127.0.0.1,DNS:localhost\n".write(toFile: path("names"), atomically: true, encoding: .utf8)
    let openssl = "/usr/bin/openssl"
    let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    try await Command.run(
      openssl,
      ["req", "-x509"] + curve + [
        "-keyout", path("ca.key"), "-out", path("ca.pem"), "-days", "2", "-subj", "/CN=Test authority",
      ])
    try await Command.run(
      openssl, ["req"] + curve + ["-keyout", path("server.key"), "-out", path("server.csr"), "-subj", "/CN=localhost"])
    try await Command.run(
      openssl,
      [
        "x509", "-req", "-in", path("server.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial",
        "-days", "2", "-extfile", path("names"), "-out", path("server.pem"),
      ])
    return TestCertificates(
      authority: path("ca.pem"), certificate: path("server.pem"), key: path("server.key"), folder: folder)
  }
}
