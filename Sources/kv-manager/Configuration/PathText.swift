import Foundation
import KVModel

extension String {
    /// The folder that a file or a folder with this path is in.
    var parentFolder: String { URL(fileURLWithPath: self).deletingLastPathComponent().path }
}

/// Paths as users write them in settings and options, which no shell has expanded.
enum PathText {
    /// Returns the path of a file that an option names, such as `--path=~/value`, in which shells leave `~`.
    static func expandingHome(_ text: String, _ home: String = EnvironmentVariables().home) -> String {
        text == "~" || text.hasPrefix("~/") ? home + text.dropFirst() : text
    }

    /// Returns the path of a setting with `~` replaced by the home folder.
    ///
    /// Throws `invalid_request` for what only a shell expands (`~user`, `$VARIABLE`) and for quotes, which files of
    /// environment variables keep: a folder of such a name is never meant. `./` before a name keeps it as it is.
    static func expanded(_ text: String, home: String) throws(KVError) -> String {
        guard !text.isEmpty else { throw KVError(.invalidRequest, "Invalid path \"\": it is empty.") }
        let path = expandingHome(text, home)
        guard path == text else { return path }
        guard let first = text.first, "~$\"'".contains(first) else { return text }
        let fault =
            switch first {
            case "~": "only ~ and ~/ are expanded"
            case "$": "variables are not expanded"
            default: "the quotes are part of the name"
            }
        throw KVError(.invalidRequest, "Invalid path \(quoting: text): \(fault). Write the path in full.")
    }
}
