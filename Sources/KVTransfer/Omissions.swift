import KVModel

/// Counts the parts of a file that belong to no entry and are ignored.
package struct Omissions: Codable, Hashable, Sendable {
    /// The most names that are listed; other members are only counted.
    private static let namedMembers = 20

    /// How often each unknown member of a record, or unknown column of a row, has been left out.
    private var members: [String: Int] = [:]
    private var otherMembers = 0
    /// Keys with the value null, which were not there when the file was written.
    private var nullValues = 0
    /// Lines after the end of the records, and the first of them.
    private var remarks = 0
    private var firstRemark = ""

    package init() {}

    /// The name of an unknown member.
    var member: String? { members.keys.min() }

    mutating func addMember(_ name: String, times: Int = 1) {
        if let count = members[name] {
            members[name] = count + times
        } else if members.count < Self.namedMembers {
            members[name] = times
        } else {
            otherMembers += times
        }
    }

    /// Adds the members of a record.
    mutating func addMembers(of record: Omissions) {
        for (name, count) in record.members { addMember(name, times: count) }
        otherMembers += record.otherMembers
    }

    mutating func addNullValue() { nullValues += 1 }

    mutating func addRemark(_ line: String) {
        if remarks == 0 { firstRemark = line }
        remarks += 1
    }

    /// A sentence for each kind.
    package var notices: [String] {
        var notices: [String] = []
        if !members.isEmpty {
            var names = members.sorted { $0.key < $1.key }.map { "\(quoting: $0.key) (\($0.value) times)" }
            if otherMembers > 0 { names.append("others (\(otherMembers) times)") }
            notices.append("Members that entries do not have were ignored: \(names.joined(separator: ", ")).")
        }
        if nullValues > 0 {
            notices.append(
                "\(nullValues) keys have the value null, which means a missing key; they were left out.")
        }
        if remarks > 0 {
            let others = remarks > 1 ? ", and \(remarks - 1) more lines" : ""
            notices.append("Text after the end of the records was left out: \(quoting: firstRemark)\(others).")
        }
        return notices
    }
}

extension Optional<Omissions> {
    /// The omissions, to which one is to be added.
    var orNone: Omissions {
        get { self ?? Omissions() }
        set { self = newValue }
    }
}
