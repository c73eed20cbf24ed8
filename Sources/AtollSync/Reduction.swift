// SPDX-License-Identifier: Apache-2.0

/// How values become one.
public enum Reduction: Sendable, Equatable { case sum, minimum, maximum }

/// A value that can be reduced, and fits a word.
public protocol Reducible: Sendable {
    init(bits: UInt64)
    var bits: UInt64 { get }
    func combined(with other: Self, by reduction: Reduction) -> Self
}

extension Double: Reducible {
    @inlinable public init(bits: UInt64) { self.init(bitPattern: bits) }
    @inlinable public var bits: UInt64 { bitPattern }

    /// Not-a-number wins: a result that went wrong must not hide behind the others.
    @inlinable
    public func combined(with other: Double, by reduction: Reduction) -> Double {
        switch reduction {
        case .sum: self + other
        case .minimum: isNaN || self < other ? self : other
        case .maximum: isNaN || self > other ? self : other
        }
    }
}

extension Int64: Reducible {
    @inlinable public init(bits: UInt64) { self.init(bitPattern: bits) }
    @inlinable public var bits: UInt64 { UInt64(bitPattern: self) }

    /// A sum wraps.
    @inlinable
    public func combined(with other: Int64, by reduction: Reduction) -> Int64 {
        switch reduction {
        case .sum: self &+ other
        case .minimum: self < other ? self : other
        case .maximum: self > other ? self : other
        }
    }
}

extension Reduction {
    /// The words of participants 0 to `count - 1` reduced in that order, so that floating point gives
    /// the same bits whoever computes it and however the participants are spread.
    @inlinable
    public func fold<T: Reducible>(_ type: T.Type, count: Int, word: (Int) -> UInt64) -> UInt64 {
        var result = T(bits: word(0))
        for index in 1..<max(count, 1) {
            result = result.combined(with: T(bits: word(index)), by: self)
        }
        return result.bits
    }
}
