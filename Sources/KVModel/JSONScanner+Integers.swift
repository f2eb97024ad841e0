extension JSONScanner {
    /// The whole number that a JSON number stands for, in any notation: `10`, `10.0` and `1e1` are the same. Leading
    /// zeros are allowed. Nil for fractions, for other text, and for more than 64 bits.
    package static func integer(_ text: some Collection<UInt8>) -> Int64? {
        var rest = text[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        let whole = takeDigits(&rest)
        guard !whole.isEmpty else { return nil }
        if rest.isEmpty { return integer(digits: whole, isNegative: isNegative) }
        guard let (fraction, exponent) = fractionAndExponent(rest) else { return nil }

        var digits = Array(whole) + fraction
        var zeros = exponent - fraction.count
        while zeros < 0, digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            zeros += 1
        }
        if digits.allSatisfy({ $0 == UInt8(ascii: "0") }) { return 0 }
        // More zeros than a number of 64 bits has digits do not fit anyway.
        guard (0..<20).contains(zeros) else { return nil }
        digits += Array(repeating: UInt8(ascii: "0"), count: zeros)
        return integer(digits: digits, isNegative: isNegative)
    }

    /// What follows the whole part; nil where that is neither a fraction nor an exponent.
    private static func fractionAndExponent(
        _ text: some Collection<UInt8>
    ) -> (fraction: [UInt8], exponent: Int)? {
        var rest = text[...]
        var fraction: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = Array(takeDigits(&rest))
            if fraction.isEmpty { return nil }
        }
        guard let mark = rest.popFirst() else { return (fraction, 0) }
        guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return nil }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let digits = takeDigits(&rest)
        guard !digits.isEmpty, rest.isEmpty else { return nil }
        // Far beyond what fits, and far from what overflows.
        let size = digits.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1 << 40) }
        return (fraction, isNegative ? -size : size)
    }

    private static func takeDigits<Text: Collection<UInt8>>(_ text: inout Text) -> Text
    where Text.SubSequence == Text {
        let digits = text.prefix { $0.isASCIIDigit }
        text.removeFirst(digits.count)
        return digits
    }

    private static func integer(digits: some Collection<UInt8>, isNegative: Bool) -> Int64? {
        var value: Int64 = 0
        for byte in digits {
            let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (sum, alsoOverflows) = tenfold.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflows, !alsoOverflows else { return nil }
            value = sum
        }
        return value
    }
}
