import Foundation
import KVFiles

/// The user that owns a folder. Root works on another user's folder as that user, because any name in such a folder may lead
/// to a file that the user must not reach.
struct FolderOwner: Equatable {
    var user: uid_t
    var group: gid_t
    /// Whether the group or all users may create and remove files in the folder.
    var othersMayWrite: Bool

    /// Nil where there is no such folder. Links are followed: those that lead to the folder are not in it.
    init?(of path: String) {
        guard let status = FileStatus(of: path) else { return nil }
        self.init(status)
    }

    init(_ status: FileStatus) {
        user = status.user
        group = status.group
        othersMayWrite = status.othersMayWrite
    }

    /// Whether the process is root and the folder another user's.
    private var isAnotherForRoot: Bool { geteuid() == 0 && user != 0 }

    /// Makes the process run as this user for good, where it is root and the folder another user's. Throws where the system
    /// refuses.
    func becomeForGood() throws {
        guard isAnotherForRoot else { return }
        // Groups first: only root may change them.
        guard Self.setGroups([group]), setgid(group) == 0, setuid(user) == 0 else { throw failure }
        // A process that could become root again would not be this user's.
        guard setuid(0) != 0, geteuid() == user else { throw failure }
    }

    /// Runs something as this user, where the process is root and the folder another user's, and as root again afterwards.
    ///
    /// All threads of the process change their user. The caller makes sure that nothing else needs root meanwhile.
    func whileBecome<Result>(_ work: () async throws -> Result) async throws -> Result {
        guard isAnotherForRoot else { return try await work() }
        let (formerGroup, formerGroups) = (getegid(), try Self.groups())
        guard Self.setGroups([group]), setegid(group) == 0, seteuid(user) == 0 else { throw failure }
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
        guard seteuid(0) == 0, setegid(formerGroup) == 0, Self.setGroups(formerGroups) else { throw failure }
        return try outcome.get()
    }

    private var failure: CommandFailure {
        CommandFailure(
            "Changing to the user \(user), who owns the folder, failed: \(String(cString: strerror(errno))).")
    }

    private static func setGroups(_ groups: [gid_t]) -> Bool {
        #if canImport(Glibc)
            setgroups(groups.count, groups) == 0
        #else
            setgroups(Int32(groups.count), groups) == 0
        #endif
    }

    private static func groups() throws -> [gid_t] {
        let count = getgroups(0, nil)
        var groups = [gid_t](repeating: 0, count: Int(max(count, 0)))
        guard count >= 0, getgroups(count, &groups) == count else {
            throw CommandFailure("The groups of this process cannot be read: \(String(cString: strerror(errno))).")
        }
        return groups
    }
}
