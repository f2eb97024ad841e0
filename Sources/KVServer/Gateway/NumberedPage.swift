import Hummingbird
import KVHTTP
import KVModel

/// A page of a list by its number. One past the end is empty: clients ask on until they get one.
struct NumberedPage {
    private let number: Int
    private let size: Int

    init(_ query: Query) throws(KVError) {
        number = try Self.number(query, "page", 1...1_000_000_000) ?? 1
        size = try Self.number(query, "per_page", 1...1_000) ?? 20
    }

    private static func number(
        _ query: Query, _ name: String, _ range: ClosedRange<Int64>
    ) throws(KVError) -> Int? {
        guard let number = try query.integer(name) else { return nil }
        guard range.contains(number) else {
            throw KVError(.invalidRequest, "\"\(name)\" is \(range.lowerBound) to \(range.upperBound).")
        }
        return Int(number)
    }

    func part<Item>(of all: [Item]) -> ArraySlice<Item> { all.dropFirst((number - 1) * size).prefix(size) }

    func write(to json: inout JSONWriter, count: Int, total: Int) {
        json.member("page", number)
        json.member("per_page", size)
        json.member("count", count)
        json.member("total_count", total)
        json.member("total_pages", (total + size - 1) / size)
    }
}

extension Response {
    static func envelope<Item>(
        _ page: NumberedPage, of all: [Item], _ write: (inout JSONWriter, Item) -> Void
    ) -> Response {
        let part = page.part(of: all)
        return envelope(
            info: { json in page.write(to: &json, count: part.count, total: all.count) },
            result: { json in json.array(part, write) })
    }
}
