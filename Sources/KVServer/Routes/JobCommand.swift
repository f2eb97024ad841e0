import KVAPI
import KVModel
import KVWorkspace

extension JobCommand {
    /// Reads a message such as `{"type": "cancel"}`.
    init(message text: String) throws {
        var message: API.WatcherMessage?
        try JSONObject.read(Array(text.utf8)) { name, scanner in
            guard name == "type" else { return false }
            message = API.WatcherMessage(try scanner.choice(API.WatcherMessage.Command.self))
            return true
        }
        guard let message else {
            throw KVError(.invalidRequest, "A message names its type: {\"type\": \"cancel\"}.")
        }
        switch message.type {
        case .cancel: self = .cancel
        case .pause: self = .pause
        case .resume: self = .resume
        }
    }
}
