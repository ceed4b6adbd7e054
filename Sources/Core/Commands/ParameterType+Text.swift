import Foundation

extension ParameterType {
    static func checkText(_ value: String, _ pattern: String?, _ maxLength: Int?) throws(Misfit) {
        if let maxLength, value.unicodeScalars.count > maxLength {
            throw Misfit(description: "must have \(maxLength) characters at the most.")
        }
        guard let pattern else { return }
        switch TextPattern(pattern)?.answer(for: value) {
        case .match: break
        case .mismatch, nil: throw Misfit(description: "must match \(pattern).")
        case .undecided: throw Misfit(description: "takes too long to compare with \(pattern); give a shorter one.")
        }
    }

    static func checkJSON(_ value: String) throws(Misfit) {
        guard (try? JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)) != nil else {
            throw Misfit(description: "must be JSON.")
        }
    }
}
