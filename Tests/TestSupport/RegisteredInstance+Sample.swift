import Core

extension RegisteredInstance {
    /// An instance that calls itself by its UUID; every part can be another.
    package static func sample(
        _ serverUUID: String = "11111111-2222-3333-4444-555555555555", name: String? = nil,
        address: InstanceAddress? = nil, lastSeen: Int64 = 1_790_000_000
    ) -> RegisteredInstance {
        RegisteredInstance(
            serverUUID: serverUUID, name: name ?? serverUUID, version: "1", address: address, firstSeen: lastSeen,
            lastSeen: lastSeen)
    }
}
