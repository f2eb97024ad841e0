import HTTPTypes
package import Hummingbird

/// A request's body on its way to a consumer that takes it piece by piece.
package struct BodyStream: Sendable {
    package let pieces: BodyPieces
    /// Of the memory that the consumer takes meanwhile.
    fileprivate let reservation: MemoryReservation?
}

extension BodyStorage {
    /// The memory of a consumer that stores what it has received again and again.
    private static let storingBytes = 3 << 20

    /// Hands over a body: straight from the client while the budget has plenty of room, else after it was received.
    ///
    /// Throws ``TooLarge``, but only for a body that is received first or whose length is announced.
    ///
    /// - Parameter gathers: Whether the consumer has the whole body in memory before it stores it.
    package func stream(_ request: Request, upTo limit: Int, gathers: Bool) async throws -> BodyStream {
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > limit { throw TooLarge(limit: limit) }
        if let announced, announced <= Self.allowance {
            return BodyStream(pieces: BodyPieces(request.body), reservation: nil)
        }
        if !gathers, let reservation = budget.reserveIfHalfIsFree(Self.storingBytes) {
            return BodyStream(pieces: BodyPieces(request.body), reservation: reservation)
        }
        let body = try await receive(request, upTo: limit)
        let reservation = try await budget.reserve(gathers ? body.count : Self.storingBytes)
        return BodyStream(pieces: BodyPieces(body.pieces(of: 0..<body.count)), reservation: reservation)
    }
}
