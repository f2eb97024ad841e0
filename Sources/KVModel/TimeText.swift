/// Durations and times as people write them: on the command line, in the API and in the interface.
package enum TimeText {
    private static let units: [String: Int64] = {
        let names: [(Int64, [String])] = [
            (1, ["s", "sec", "secs", "second", "seconds"]), (60, ["m", "min", "mins", "minute", "minutes"]),
            (3_600, ["h", "hr", "hrs", "hour", "hours"]), (86_400, ["d", "day", "days"]),
            (604_800, ["w", "week", "weeks"]),
        ]
        return Dictionary(uniqueKeysWithValues: names.flatMap { unit in unit.1.map { ($0, unit.0) } })
    }()

    /// Returns the seconds of a duration: a whole number of seconds, or numbers with units, such as `90s`, `15m`, `12h`, `30d`
    /// and `1d 12h`. Nil for other text, and for more than 64 bits.
    package static func seconds(_ text: String) -> Int64? {
        if let number = JSONScanner.integer(text.utf8) { return number }
        var cursor = Cursor(text)
        var total: Int64 = 0
        repeat {
            guard let number = cursor.number() else { return nil }
            cursor.skipSpaces()
            guard let unit = units[cursor.word()] else { return nil }
            cursor.skipSpaces()
            let (product, overflows) = number.multipliedReportingOverflow(by: unit)
            let (sum, alsoOverflows) = total.addingReportingOverflow(product)
            guard !overflows, !alsoOverflows else { return nil }
            total = sum
        } while !cursor.isAtEnd
        return total
    }

    /// Returns the milliseconds since 1970 of a time with a time zone: RFC 3339, or a date, such as `2030-01-01T00:00:00Z`,
    /// `2030-01-01 12:00 +0200` and `2030-01-01+02:00`. A date alone is its first second there. Nil for other text.
    package static func milliseconds(_ text: String) -> Int64? {
        var cursor = Cursor(text)
        guard let days = cursor.days() else { return nil }
        let time: Int64?
        if cursor.take("T") || cursor.take("t") {
            time = cursor.timeOfDay()
        } else {
            cursor.skipSpaces()
            time = cursor.isAtDigit ? cursor.timeOfDay() : 0
        }
        cursor.skipSpaces()
        guard let time, let offset = cursor.offset(), cursor.isAtEnd else { return nil }
        return (days * 86_400 - offset) * 1_000 + time
    }

    /// The bytes of a text that are not read yet.
    private struct Cursor {
        private var rest: Substring.UTF8View

        init(_ text: String) { rest = text[...].utf8 }

        var isAtEnd: Bool { rest.isEmpty }
        var isAtDigit: Bool { rest.first?.isASCIIDigit == true }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func skipSpaces() { while take(" ") {} }

        mutating func word() -> String {
            let letters = rest.prefix { (0x61...0x7A).contains($0) }
            rest.removeFirst(letters.count)
            return String(decoding: letters, as: UTF8.self)
        }

        mutating func number() -> Int64? {
            let digits = rest.prefix(while: \.isASCIIDigit)
            rest.removeFirst(digits.count)
            return Int64(String(decoding: digits, as: UTF8.self))
        }

        /// Reads a number of this many digits.
        private mutating func digits(_ count: Int, in range: ClosedRange<Int64>) -> Int64? {
            let digits = rest.prefix(count)
            guard digits.count == count, digits.allSatisfy(\.isASCIIDigit) else { return nil }
            rest.removeFirst(count)
            return Int64(String(decoding: digits, as: UTF8.self)).flatMap { range.contains($0) ? $0 : nil }
        }

        /// Reads `2030-01-31`. Returns the days since 1970.
        mutating func days() -> Int64? {
            guard let year = digits(4, in: 1...9_999), take("-"), let month = digits(2, in: 1...12), take("-"),
                let day = digits(2, in: 1...31), day <= Self.days(of: month, year)
            else { return nil }
            // Years that begin in March end with their leap day.
            let shifted = month <= 2 ? year - 1 : year
            let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
            return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        }

        private static func days(of month: Int64, _ year: Int64) -> Int64 {
            switch month {
            case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        }

        /// Reads `12:30`, `12:30:15` or `12:30:15.250`. Returns the milliseconds since midnight.
        mutating func timeOfDay() -> Int64? {
            guard let hour = digits(2, in: 0...23), take(":"), let minute = digits(2, in: 0...59) else { return nil }
            var milliseconds = (hour * 60 + minute) * 60_000
            guard take(":") else { return milliseconds }
            // RFC 3339 allows leap seconds.
            guard let second = digits(2, in: 0...60) else { return nil }
            milliseconds += second * 1_000
            guard take(".") else { return milliseconds }
            let fraction = rest.prefix(while: \.isASCIIDigit)
            guard (1...9).contains(fraction.count) else { return nil }
            rest.removeFirst(fraction.count)
            let thousandths = String(decoding: fraction, as: UTF8.self) + "00"
            return Int64(thousandths.prefix(3)).map { milliseconds + $0 }
        }

        /// Reads `Z`, `UTC`, `GMT`, `+02:00`, `+0200` or `+02`. Returns the seconds east of UTC.
        mutating func offset() -> Int64? {
            if take("Z") || take("z") { return 0 }
            for name in ["UTC", "GMT"] where rest.elementsEqual(name.utf8) {
                rest.removeFirst(name.utf8.count)
                return 0
            }
            let isWest = take("-")
            guard isWest || take("+"), let hours = digits(2, in: 0...23) else { return nil }
            let hasMinutes = take(":") || isAtDigit
            guard let minutes = hasMinutes ? digits(2, in: 0...59) : 0 else { return nil }
            return (isWest ? -1 : 1) * (hours * 60 + minutes) * 60
        }
    }
}

extension Expiration {
    /// Returns the seconds of a TTL. Throws `invalid_expiration` for text that is not a duration.
    package static func ttl(_ text: String) throws(KVError) -> Int64 {
        guard let seconds = TimeText.seconds(text) else {
            throw KVError(
                .invalidExpiration,
                "Invalid TTL \(quoting: text): use seconds, or numbers with s, m, h, d or w, such as 90s, 15m, 12h or 30d."
            )
        }
        return seconds
    }

    /// Returns the Unix seconds of a time. Throws `invalid_expiration` for text that is not one.
    package static func seconds(_ text: String) throws(KVError) -> Int64 {
        if let seconds = JSONScanner.integer(text.utf8) { return seconds }
        guard let milliseconds = TimeText.milliseconds(text) else {
            throw KVError(
                .invalidExpiration,
                "Invalid expiration \(quoting: text): use a time with a time zone, such as 2030-01-01T00:00:00Z or "
                    + "2030-01-01+02:00, or Unix seconds.")
        }
        return milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000
    }
}

extension JSONScanner {
    /// Reads a TTL: a number of seconds, or a string with a duration.
    package mutating func ttl() throws -> Int64 {
        guard peek() == UInt8(ascii: "\"") else { return try integer() }
        return try Expiration.ttl(text(atMost: TextLimit.name))
    }

    /// Reads an expiration: Unix seconds, or a string with a time.
    package mutating func expiration() throws -> Int64 {
        guard peek() == UInt8(ascii: "\"") else { return try integer() }
        return try Expiration.seconds(text(atMost: TextLimit.name))
    }
}
