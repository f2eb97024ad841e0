import KVModel
import KVWorkspace

extension JobCommand {
    /// Reads a message such as `{"type": "cancel"}`.
    init(message text: String) throws {
        var command: JobCommand?
        try JSONObject.read(Array(text.utf8)) { name, scanner in
            guard name == "type" else { return false }
            command = try scanner.choice(JobCommand.self)
            return true
        }
        guard let command else {
            throw KVError(.invalidRequest, "A message names its type: {\"type\": \"cancel\"}.")
        }
        self = command
    }
}
