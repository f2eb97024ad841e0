import ArgumentParser
import KVModel

/// A colour for keys, or none.
struct ColorChoice: ExpressibleByArgument {
    private static let none = "none"

    static let allValueStrings = Annotation.Color.allCases.map(\.rawValue) + [none]

    let json: JobBody.Nullable

    init?(argument: String) {
        guard Self.allValueStrings.contains(argument) else { return nil }
        json = JobBody.Nullable(text: argument == Self.none ? nil : argument)
    }
}
