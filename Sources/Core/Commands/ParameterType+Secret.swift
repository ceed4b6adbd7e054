extension ParameterType {
    /// Length of a secret, in bytes. A shorter one would take half of every log along when it is hidden.
    static let secretLength = 4...16 * 1024

    /// How a secret is passed on; nil if values of this type are none.
    public var secretPassing: SecretPassing? {
        if case .secret(let passing, _) = self { passing } else { nil }
    }

    static func checkSecret(_ value: String, isMultiline: Bool) throws(Misfit) {
        guard secretLength.contains(value.utf8.count) else {
            throw Misfit(
                description: "must have \(secretLength.lowerBound) to \(secretLength.upperBound) bytes.")
        }
        guard isMultiline || !value.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) else {
            throw Misfit(description: "must not contain line breaks.")
        }
    }
}
