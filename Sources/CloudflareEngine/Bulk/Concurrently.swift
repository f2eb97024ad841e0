extension Sequence where Self: Sendable, Element: Sendable {
    /// The results in the order of the elements, with no more than `width` under way at once. The first error ends it.
    func concurrently<Result: Sendable>(
        width: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            for (index, element) in self.enumerated() {
                if index >= width, let (index, result) = try await group.next() { results[index] = result }
                group.addTask { (index, try await transform(element)) }
            }
            for try await (index, result) in group { results[index] = result }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}

extension ArraySlice {
    func chunks(of size: Int) -> [[Element]] {
        stride(from: startIndex, to: endIndex, by: size).map { Array(self[$0..<Swift.min($0 + size, endIndex)]) }
    }
}
