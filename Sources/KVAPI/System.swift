extension API {
    /// The answer to `GET /healthz` and `GET /readyz`.
    package struct Health: Codable, Sendable {
        package enum Status: String, CaseIterable, Sendable {
            /// The program runs.
            case alive
            /// Every store can be used, and the ledger can be written.
            case ready
        }

        /// The name of a `Status`. Newer versions may have others.
        package var status: String

        package init(_ status: Status) {
            self.status = status.rawValue
        }
    }

    /// The answer to `GET /api/version`.
    package struct Version: Codable, Sendable {
        /// `KV Manager`.
        package var name: String
        package var version: String

        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// The answer to `GET /api/storage`: the size of the data folder.
    package struct StorageSize: Codable, Sendable {
        package var bytes: Int
        /// Bytes that are free on the disk.
        package var freeBytes: Int
        package var kinds: [StorageKind]

        package init(bytes: Int, freeBytes: Int, kinds: [StorageKind]) {
            self.bytes = bytes
            self.freeBytes = freeBytes
            self.kinds = kinds
        }
    }

    /// The size of the files of one kind.
    package struct StorageKind: Codable, Sendable {
        /// The name of a kind of file.
        package var kind: String
        package var bytes: Int

        package init(kind: String, bytes: Int) {
            self.kind = kind
            self.bytes = bytes
        }
    }

    /// The answer to `GET /api/gateway/usage`: requests to the gateway since the start, or since the figures were reset.
    package struct GatewayUsage: Codable, Sendable {
        /// All requests, refused ones included.
        package var requests: Int
        /// Requests answered with the status 429.
        package var throttled: Int
        /// Requests that failed on purpose.
        package var faults: Int
        /// By method and route, such as `GET …/keys`; `other` counts those of no route.
        package var byRoute: [String: Int]

        package init(requests: Int, throttled: Int, faults: Int, byRoute: [String: Int]) {
            self.requests = requests
            self.throttled = throttled
            self.faults = faults
            self.byRoute = byRoute
        }
    }
}
