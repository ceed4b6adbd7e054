import Web

/// The part of a ``BodyReserve`` that a connection has for the body of its request.
struct BodyReservation {
    private let reserve: BodyReserve
    private var user = ""
    /// Bytes of the body that the request waits for; nil if it does not wait for a body.
    private(set) var limit: Int?

    init(from reserve: BodyReserve) {
        self.reserve = reserve
    }

    /// Reserves the memory for a body. Returns an answer if there is not enough of it.
    mutating func take(for body: BodyIncomplete) -> Response? {
        guard limit == nil else { return nil }
        switch reserve.reserve(body.limit, for: body.user) {
        case .reserved: break
        case .userHasTooMuch: return .tooManyBodiesOfUser
        case .isFull: return .tooManyBodies
        }
        (limit, user) = (body.limit, body.user)
        return nil
    }

    /// Gives the memory back.
    mutating func release() {
        if let limit { reserve.release(limit, of: user) }
        limit = nil
    }
}
