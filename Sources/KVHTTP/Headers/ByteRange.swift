package import HTTPTypes
package import Hummingbird

/// One range of bytes as RFC 9110 writes it. Several at once, and what cannot be read, are the whole.
package enum ByteRange: Equatable {
    case whole
    case part(ClosedRange<Int>)
    case unsatisfiable

    /// `If-Range` with another state than the present one asks for the whole, and so does every method but GET.
    package init(_ request: Request, of length: Int, etag: String?) {
        let isCurrent = request.headers[.ifRange].map { $0 == etag } ?? true
        self.init(isCurrent && request.method == .get ? request.headers[.range] : nil, of: length)
    }

    package init(_ header: String?, of length: Int) {
        let ends = header?.wholeMatch(of: /bytes=([0-9]*)-([0-9]*)/).map { (Int($0.1), Int($0.2)) }
        switch ends {
        case (let first?, let last?)? where last < first: self = .whole
        case (let first?, let last)?:
            self = first < length ? .part(first...min(last ?? .max, length - 1)) : .unsatisfiable
        case (nil, let suffix?)?:
            self = suffix > 0 && length > 0 ? .part(max(0, length - suffix)...length - 1) : .unsatisfiable
        default: self = .whole
        }
    }
}

extension Response {
    package static func part(
        _ range: ClosedRange<Int>, of size: Int, headers: HTTPFields, body: ResponseBody
    ) -> Response {
        var headers = headers
        headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound)/\(size)"
        return Response(status: .partialContent, headers: headers, body: body)
    }
}
