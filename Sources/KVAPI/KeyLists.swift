extension API {
    /// The answer to `POST /api/key-lists`.
    package struct KeyList: Codable, Sendable {
        /// Names the list in the selection of a job.
        package var list: String
        /// The number of keys, each counted once.
        package var keys: Int
        /// The format that the file was read as.
        package var format: String

        package init(list: String, keys: Int, format: String) {
            self.list = list
            self.keys = keys
            self.format = format
        }
    }
}
