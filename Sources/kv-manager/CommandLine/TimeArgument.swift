import ArgumentParser
import KVModel

/// Reads durations and times in options.
enum TimeArgument {
    static func duration(_ text: String) throws -> Int {
        guard let seconds = TimeText.seconds(text) else {
            throw ValidationError("Use seconds, or numbers with s, m, h, d or w, such as 90s, 15m, 12h or 30d.")
        }
        return Int(seconds)
    }

    static func ttl(_ text: String) throws -> Int { try parsed(text, Expiration.ttl) }

    static func expiration(_ text: String) throws -> Int { try parsed(text, Expiration.seconds) }

    private static func parsed(_ text: String, _ parse: (String) throws(KVError) -> Int64) throws -> Int {
        do {
            return Int(try parse(text))
        } catch {
            throw ValidationError(error.detail)
        }
    }
}

/// When entries expire.
struct ExpirationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How long until they expire, such as 90s, 15m, 12h or 30d.", valueName: "duration"),
        transform: TimeArgument.ttl)
    var ttl: Int?

    @Option(
        help: ArgumentHelp(
            "When they expire, such as 2030-01-01T00:00:00Z or 2030-01-01+02:00; or Unix seconds.", valueName: "time"),
        transform: TimeArgument.expiration)
    var expiration: Int?
}
