import KVModel
import Testing

@Suite("A number in groups")
struct GroupedNumberTests {
    @Test(
        "has a comma before each three digits, and none before the first",
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1,000"), (51_204, "51,204"), (100_000, "100,000"),
            (1_234_567, "1,234,567"), (-999, "-999"), (-123_456, "-123,456"), (.min, "-9,223,372,036,854,775,808"),
        ])
    func groups(number: Int, words: String) {
        #expect(number.grouped == words)
    }
}
