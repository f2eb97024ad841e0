import CZlib
package import KVModel

package enum Gzip {
    /// Between the fastest and the smallest: exports are written once and seldom kept.
    private static let level: Int32 = 4

    /// A gzip file by itself; such files stand one behind another in a longer one.
    package static func member(of bytes: [UInt8]) throws(KVError) -> [UInt8] {
        var stream = z_stream()
        let status = deflateInit2_(
            &stream, level, Z_DEFLATED, Gunzip.gzipOnly, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK, let count = UInt32(exactly: bytes.count) else { throw failure(status) }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(count)))
        var ending = Z_OK
        let member = bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: bound) { output, written in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = count
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(clamping: output.count)
                ending = deflate(&stream, Z_FINISH)
                written = output.count - Int(stream.avail_out)
            }
        }
        guard ending == Z_STREAM_END else { throw failure(ending) }
        return member
    }

    private static func failure(_ status: Int32) -> KVError {
        KVError(.internalError, "The records could not be compressed.", cause: "zlib \(status)")
    }
}
