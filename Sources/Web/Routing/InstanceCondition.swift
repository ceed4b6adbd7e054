/// The faults of an instance that answers requests nevertheless.
package struct InstanceCondition: Sendable {
    /// Why the configuration file is not used; nil if it is. For the administrator.
    let configurationProblem: @Sendable () -> String?
    /// Why no request may be answered; nil if requests are answered. For everybody.
    let refusal: @Sendable () -> String?
    /// Whether the broker on watch is stalled. For everybody.
    let isBrokerStalled: @Sendable () -> Bool

    package init(
        configurationProblem: @escaping @Sendable () -> String?, refusal: @escaping @Sendable () -> String?,
        isBrokerStalled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.isBrokerStalled = isBrokerStalled
        self.configurationProblem = configurationProblem
        self.refusal = refusal
    }

    /// Nothing is wrong.
    package static let good = InstanceCondition(configurationProblem: { nil }, refusal: { nil })
}
