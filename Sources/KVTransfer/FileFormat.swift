/// The forms in which a namespace travels as a file.
package enum FileFormat: String, CaseIterable, Codable, Sendable {
    /// One JSON object a line.
    case ndjson
    /// A JSON array of the same objects.
    case json
    /// RFC 4180 with a header row.
    case csv
    /// The JSON array that wrangler's bulk commands take.
    case wrangler

    /// What a file's name ends in, without the first dot.
    package var fileExtension: String {
        switch self {
        case .ndjson: "ndjson"
        case .json: "json"
        case .csv: "csv"
        case .wrangler: "wrangler.json"
        }
    }

    /// Whether it has a place for annotations.
    package var carriesAnnotations: Bool { self == .ndjson || self == .json }

    package var contentType: String {
        switch self {
        case .ndjson: "application/x-ndjson"
        case .json, .wrangler: "application/json"
        case .csv: "text/csv; charset=utf-8"
        }
    }
}
