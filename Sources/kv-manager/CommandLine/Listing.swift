import ArgumentParser
import KVClient

/// How results are printed.
enum OutputForm: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case text
    /// One JSON value.
    case json
    /// A JSON value a line.
    case ndjson
}

struct OutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How results are printed: text for people, json or ndjson for programs.", valueName: "form"))
    var output = OutputForm.text
}

/// One column of a table for people.
struct Column<Item: Decodable & Sendable>: Sendable {
    var head: String
    var isNumber = false
    var text: @Sendable (APIAnswer<Item>) -> String?

    init(_ head: String, isNumber: Bool = false, _ text: @escaping @Sendable (APIAnswer<Item>) -> String?) {
        self.head = head
        self.isNumber = isNumber
        self.text = text
    }
}

/// Prints items as they come: JSON as the server wrote it, or rows of a table, aligned some hundred at a time.
struct Listing<Item: Decodable & Sendable> {
    private static var rowsAtOnce: Int { 500 }

    private let form: OutputForm
    private let columns: [Column<Item>]
    private var rows: [[String]] = []
    private var isFirst = true

    init(_ form: OutputForm, _ columns: [Column<Item>]) {
        self.form = form
        self.columns = columns
    }

    mutating func add(_ item: APIAnswer<Item>) async throws {
        switch form {
        case .ndjson: try await Console.print(item.json)
        case .json:
            try await Console.write(Array(((isFirst ? "[" : ",") + "\n" + item.json).utf8))
            isFirst = false
        case .text:
            rows.append(columns.map { $0.text(item).map(TerminalText.visible) ?? "–" })
            if rows.count == Self.rowsAtOnce { try await printRows() }
        }
    }

    /// - Parameter none: What is said to people where there is nothing.
    mutating func finish(none: String) async throws {
        switch form {
        case .ndjson: break
        case .json: try await Console.print(isFirst ? "[]" : "\n]")
        case .text:
            if isFirst && rows.isEmpty { try await Console.tell(none) }
            if !rows.isEmpty { try await printRows() }
        }
    }

    private mutating func printRows() async throws {
        let heads = columns.map(\.head)
        let all = isFirst ? [heads] + rows : rows
        let widths = columns.indices.map { column in ([heads] + rows).map { TerminalText.width($0[column]) }.max() ?? 0
        }
        var text = ""
        for row in all {
            let cells = row.indices.map { index in
                let isLast = index == columns.count - 1 && !columns[index].isNumber
                return isLast
                    ? row[index]
                    : TerminalText.padded(row[index], to: widths[index], isNumber: columns[index].isNumber)
            }
            text += cells.joined(separator: "  ") + "\n"
        }
        try await Console.write(Array(text.utf8))
        isFirst = false
        rows = []
    }
}

extension Listing {
    /// Prints a list of the server's, page after page.
    static func print(
        _ list: String, at path: String, _ query: QueryParameters, limit: Int = .max, _ session: Session,
        as form: OutputForm,
        none: String, _ columns: [Column<Item>]
    ) async throws {
        var listing = Listing(form, columns)
        try await session.client.each(of: list, at: path, query, limit: limit, as: Item.self) {
            try await listing.add($0)
        }
        try await listing.finish(none: none)
    }

    /// Prints one thing.
    static func print(
        _ item: APIAnswer<Item>, as form: OutputForm, _ words: (APIAnswer<Item>) -> String
    ) async throws {
        try await Console.print(form == .text ? TerminalText.visible(words(item)) : item.json)
    }
}
