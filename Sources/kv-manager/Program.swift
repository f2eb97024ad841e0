import ArgumentParser
import Dispatch
import Foundation

/// The entry point of the process.
///
/// An asynchronous `main` would end the main thread in a way that leaves it with the user that the process was started by, when
/// all other threads change theirs (`FolderOwner`): glibc passes over threads that are ending. So the main thread waits. Nothing
/// in the program runs on the main queue.
@main
enum Program {
    static func main() {
        if let fault = ArgumentText.fault() {
            try? OpenDescriptor.write(Array("kv-manager: \(fault)\n".utf8)[...], to: STDERR_FILENO)
            exit(ExitStatus.usage.rawValue)
        }
        let end = DispatchSemaphore(value: 0)
        Task { @concurrent in
            await KVManager.main()
            end.signal()
        }
        end.wait()
    }
}
