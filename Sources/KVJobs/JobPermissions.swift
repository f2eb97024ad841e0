package import KVModel

/// The permissions that a job needs in its namespace, and in its target.
package struct JobPermissions: Hashable, Sendable {
    package var source: Set<Permission>
    package var target: Set<Permission>

    package init(source: Set<Permission>, target: Set<Permission> = []) {
        self.source = source
        self.target = target
    }

    var changesSource: Bool { !source.isDisjoint(with: [.write, .delete]) }
}
