/// The forms in which packages come and go as files.
package enum PackageFileFormat: String, Sendable, CaseIterable {
  /// A header and one record for each package; Shopify's product export too.
  case csv
  /// One JSON object on each line, as `POST /admin/packages` takes it.
  case jsonLines = "jsonl"

  /// The form that a file's name tells by its ending.
  package init?(fileName: String) {
    switch fileName.split(separator: ".").last?.lowercased() {
    case "csv": self = .csv
    case "jsonl", "ndjson", "json": self = .jsonLines
    default: return nil
    }
  }

  /// The form that a media type names.
  init?(mediaType: String) {
    let type = mediaType.prefix { $0 != ";" }.lowercased()
    if type.contains("csv") {
      self = .csv
    } else if type.contains("json") {
      self = .jsonLines
    } else {
      return nil
    }
  }

  /// The form that the first bytes look like.
  init(lookingAt bytes: some Sequence<UInt8>) {
    let isObject = bytes.first { !" \t\r\n\u{FEFF}".utf8.contains($0) } == UInt8(ascii: "{")
    self = isObject ? .jsonLines : .csv
  }

  var mediaType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8; header=present"
    case .jsonLines: "application/x-ndjson"
    }
  }
}
