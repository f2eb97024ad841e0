/// A date as servers write it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
struct HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Since the Unix epoch.
    let seconds: Int

    /// Returns nil for other text; the older forms of a date are not read.
    init?(_ text: String) {
        let parts = text.split { $0 == " " || $0 == ":" }
        guard parts.count == 8, parts[0].hasSuffix(","), parts[7] == "GMT", let day = Int(parts[1]),
            (1...31).contains(day),
            let month = Self.months.firstIndex(where: { $0 == parts[2] }), let year = Int(parts[3]),
            (1970...9999).contains(year), let hour = Int(parts[4]), (0...23).contains(hour), let minute = Int(parts[5]),
            (0...59).contains(minute), let second = Int(parts[6]), (0...60).contains(second)
        else { return nil }
        // Counted from March on, so that a leap day is the last of its year.
        let years = month < 2 ? year - 1 : year
        let leapDays = years / 4 - years / 100 + years / 400
        let days = 365 * years + leapDays + (153 * ((month + 10) % 12) + 2) / 5 + day - 719_469
        seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    }
}
