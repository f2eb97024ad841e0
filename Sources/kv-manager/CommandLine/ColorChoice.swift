import ArgumentParser
import KVAPI
import KVModel

/// A colour for keys, or none.
struct ColorChoice: ExpressibleByArgument {
    private static let none = "none"

    static let allValueStrings = Annotation.Color.allCases.map(\.rawValue) + [none]

    let json: API.Nullable<String>

    init?(argument: String) {
        guard Self.allValueStrings.contains(argument) else { return nil }
        json = API.Nullable(wrappedValue: argument == Self.none ? nil : argument)
    }
}
