/// A member that a job has in the API because of its kind.
package struct JobField: Sendable {
    package enum Value: Hashable, Sendable {
        case text(String?)
        case number(Int)
        case flag(Bool)
        case texts([String])
    }

    package let name: StaticString
    package let value: Value

    init(_ name: StaticString, _ value: Value) {
        self.name = name
        self.value = value
    }
}
