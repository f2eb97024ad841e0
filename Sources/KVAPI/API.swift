/// The bodies of requests and answers of the HTTP API. The server encodes and the client decodes these types.
///
/// Each type is the schema of the same name in `Docs/openapi.json`, and the type of the same name in `API.d.ts`; tests fail on
/// any difference. Sizes are in bytes and durations in seconds unless a name says otherwise. An optional member is left out
/// when it has no value; a `Nullable` one is always present. Decoding ignores unknown members, which a newer server may send.
package enum API {}
