package import KVModel
import NIOSSL
import Synchronization

/// The certificate that new connections are shown. Those that are there keep the one that they began with.
package final class TLSCertificate: Sendable {
    private struct State {
        var context: NIOSSLContext
        /// Whatever came of it.
        var seen: TLSFiles.Stamp
    }

    package let files: TLSFiles
    private let state: Mutex<State>

    /// Reads the files; blocks. Throws what is wrong with them.
    package init(_ files: TLSFiles) throws(KVError) {
        self.files = files
        // First, so that a change in between is seen later.
        let stamp = TLSFiles.Stamp(of: files)
        state = Mutex(State(context: try files.context(), seen: stamp))
    }

    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Takes the files where they are others than those seen last; blocks.
    ///
    /// Throws what is wrong with them, and then shows what it did before. Files that it has thrown for are passed over until
    /// they change, unless `isAsked`.
    /// - Returns: whether there is a new certificate.
    package func refresh(isAsked: Bool = false) throws(KVError) -> Bool {
        let stamp = TLSFiles.Stamp(of: files)
        let isNew = state.withLock { state in
            defer { state.seen = stamp }
            return state.seen != stamp
        }
        guard isNew || isAsked else { return false }
        let context = try files.context()
        state.withLock { $0.context = context }
        return isNew
    }
}
