/// The rights that a job needs in its namespace, and in its target.
package struct JobPermissions: Hashable, Sendable {
    package struct Rights: OptionSet, Hashable, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let read = Self(rawValue: 1)
        package static let write = Self(rawValue: 2)
        package static let delete = Self(rawValue: 4)
        package static let export = Self(rawValue: 8)

        var changesEntries: Bool { !isDisjoint(with: [.write, .delete]) }
    }

    package var source: Rights
    package var target: Rights

    package init(source: Rights, target: Rights = []) {
        self.source = source
        self.target = target
    }
}
