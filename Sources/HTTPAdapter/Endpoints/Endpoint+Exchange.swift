extension Endpoint {
  /// Packages in and out as files.
  static let exchange: [Endpoint] = [importPackages, exportPackages]

  static let importPackages = Endpoint(
    "importPackages", .post, "/admin/packages/import", access: .staff, tag: "Staff",
    "Adds and changes packages by slug, all or none unless keepGoing is said; at most 64 MiB",
    parameters: [.format, .keepGoing], body: "PackageFile",
    bodyMediaTypes: ["text/csv", "application/x-ndjson"], answers: [.ok("ImportReport")])

  static let exportPackages = Endpoint(
    "exportPackages", .get, "/admin/packages/export", access: .staff, tag: "Staff",
    "Every package, as a file that can be imported; CSV unless JSON Lines are asked for",
    parameters: [.format],
    answers: [
      Answer(
        status: 200, summary: "The file", schema: "PackageFile", mediaTypes: ["text/csv", "application/x-ndjson"])
    ])
}

extension Endpoint.Parameter {
  static let format = Self(
    name: "format", place: .query, summary: "csv or jsonl; else the media type decides",
    schema: #"{"type":"string","enum":["csv","jsonl"]}"#)
  static let keepGoing = Self(
    name: "keepGoing", place: .query, summary: "Whether good rows are imported though others have flaws",
    schema: #"{"type":"boolean","default":false}"#)
}
