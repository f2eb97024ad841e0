extension BinaryInteger {
    /// In groups of three digits, as numbers stand wherever people read them: 51,204.
    package var grouped: String {
        var digits = String(magnitude)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.append(Substring(digits.suffix(3)))
            digits.removeLast(3)
        }
        groups.append(Substring(digits))
        return (self < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
    }
}
