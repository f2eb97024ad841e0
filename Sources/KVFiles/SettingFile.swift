import Foundation

/// Reads small text files that settings name.
package enum SettingFile {
    /// Says why a file cannot be read.
    package struct Unreadable: Error {
        /// A clause, such as "there is no such file".
        package let reason: String
    }

    /// Returns the text of a file in UTF-8. Blocks.
    package static func text(at path: String) throws(Unreadable) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch CocoaError.fileNoSuchFile, CocoaError.fileReadNoSuchFile {
            throw Unreadable(reason: "there is no such file")
        } catch CocoaError.fileReadNoPermission {
            throw Unreadable(reason: "this user has no permission to read it")
        } catch CocoaError.fileReadInapplicableStringEncoding, CocoaError.fileReadCorruptFile {
            throw Unreadable(reason: "it is not UTF-8 text")
        } catch {
            let isFolder = FileStatus(of: path)?.isFolder == true
            throw Unreadable(reason: isFolder ? "it is a folder" : error.localizedDescription)
        }
    }
}
