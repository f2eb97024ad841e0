import AsyncHTTPClient
import Foundation
import KVAPI
import KVClient
import KVModel
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@Suite("A server in front of an engine without metadata, expirations and ETags")
struct ServedCapabilityTests {
    private func withServer(_ body: (APIClient, MemoryEngine, NamespaceID) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "served-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let engine = MemoryEngine()
        let namespace = try await engine.createNamespace(titled: "test").id
        let served = try await ServedStore(engine, folder: folder, clock: .at(1_800_000_000_000))
        let client = try APIClient(served.url)
        do {
            try await body(client, engine, namespace)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    private func exchange(
        _ client: APIClient, _ method: HTTPMethod, _ path: String, _ body: String? = nil, _ headers: HTTPHeaders = [:]
    ) async throws -> (status: UInt, body: JSONNode?) {
        let body = body.map { HTTPClientRequest.Body.bytes(Array($0.utf8)) }
        let response = try await client.exchange(method, path, headers: headers, body: body)
        let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 20))
        return (response.status.code, bytes.isEmpty ? nil : try? JSONNode(bytes))
    }

    @Test("reports the capabilities of the store")
    func listing() async throws {
        try await withServer { client, _, _ in
            let list = try await client.get("/api/stores", as: API.StoreList.self)
            let store = try #require(list.stores.first)
            #expect(store.capabilities == API.Capabilities([]))
            #expect(!store.remote)
        }
    }

    @Test("refuses an entry with metadata or an expiration, and stores nothing of it")
    func entries() async throws {
        try await withServer { client, engine, namespace in
            let path = "/api/stores/local/namespaces/\(namespace)"
            let json: HTTPHeaders = ["Content-Type": "application/json"]
            for body in [#"{"value":"1","metadata":{"x":1}}"#, #"{"value":"1","ttl":60}"#] {
                let answer = try await exchange(client, .PUT, "\(path)/entries/k", body, json)
                #expect(answer.status == 501)
                #expect(answer.body?["code"]?.text == "not_supported")
            }
            for (query, headers) in [("?ttl=60", HTTPHeaders()), ("", ["KV-Metadata": "1"])] {
                let answer = try await exchange(client, .PUT, "\(path)/values/k\(query)", "1", headers)
                #expect(answer.status == 501)
                #expect(answer.body?["code"]?.text == "not_supported")
            }
            #expect(try await engine.keys(in: namespace, KeyQuery(limit: 10)).items.isEmpty)
        }
    }

    @Test("checks whether a key exists, and refuses a condition on an ETag")
    func conditions() async throws {
        try await withServer { client, _, namespace in
            let path = "/api/stores/local/namespaces/\(namespace)/values/k"
            #expect(try await exchange(client, .PUT, path, "1", ["If-Match": "*"]).status == 412)
            #expect(try await exchange(client, .PUT, path, "1", ["If-None-Match": "*"]).status == 201)
            #expect(try await exchange(client, .PUT, path, "2", ["If-None-Match": "*"]).status == 412)
            let refused = try await exchange(client, .PUT, path, "2", ["If-Match": "\"7\""])
            #expect(refused.status == 501)
            #expect(refused.body?["code"]?.text == "not_supported")
            #expect(try await exchange(client, .GET, path).body?.integer == 1)
        }
    }

    @Test("the gateway refuses single keys, and names those of a bulk write that failed")
    func gateway() async throws {
        try await withServer { client, engine, namespace in
            let path = "/client/v4/accounts/local/storage/kv/namespaces/\(namespace)"
            let headers: HTTPHeaders = ["Authorization": "Bearer any", "Content-Type": "application/json"]
            let single = try await exchange(client, .PUT, "\(path)/values/k?expiration_ttl=60", "1", headers)
            #expect(single.status == 501)
            #expect(single.body?["success"]?.boolean == false)
            let pairs = #"""
                [{"key":"a","value":"1"},{"key":"b","value":"2","metadata":{"x":1}},
                 {"key":"c","value":"3","expiration_ttl":60}]
                """#
            let bulk = try await exchange(client, .PUT, "\(path)/bulk", pairs, headers)
            let result = try #require(bulk.body?["result"])
            #expect(result["unsuccessful_keys"]?.elements.compactMap(\.text) == ["b", "c"])
            #expect(try await engine.keys(in: namespace, KeyQuery(limit: 10)).items.map(\.key.name) == ["a"])
        }
    }
}
