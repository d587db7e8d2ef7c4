/// A growable row of plain values, without an object, a check or a reference count per element.
///
/// What an array is to a collection, a column is to the data path: the index is the caller's to keep in
/// range (checked in debug builds only). Owned by one value, on one thread.
public struct Column<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline var storage: UnsafeMutablePointer<Element>
  @usableFromInline var used = 0
  @usableFromInline var capacity: Int

  public init(capacity: Int = 64) {
    self.capacity = capacity
    storage = .allocate(capacity: capacity)
  }

  deinit { storage.deallocate() }

  /// Where the elements begin. Moves whenever the column grows.
  @inlinable public var base: UnsafeMutablePointer<Element> { storage }
  @inlinable public var count: Int { used }
  @inlinable public var isEmpty: Bool { used == 0 }

  @inlinable public subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < used)
      return storage[index]
    }
    nonmutating set {
      assert(index >= 0 && index < used)
      storage[index] = newValue
    }
  }

  @inlinable public mutating func append(_ element: Element) {
    if used == capacity { grow(1) }
    (storage + used).initialize(to: element)
    used &+= 1
  }

  /// Makes room for `additional` more; who fills the room through `base` says so with `commit`.
  @inlinable public mutating func reserve(_ additional: Int) {
    if capacity &- used < additional { grow(additional) }
  }

  /// Takes `additional` elements, written behind `count` through `base`, into the column.
  @inlinable public mutating func commit(_ additional: Int) {
    assert(used + additional <= capacity)
    used &+= additional
  }

  /// Forgets all behind the first `count` elements, keeps the memory.
  @inlinable public mutating func truncate(to count: Int = 0) {
    assert(count <= used)
    used = count
  }

  /// Forgets all elements and, if the column has grown beyond `most`, gives its memory back for as many.
  public mutating func shrink(to most: Int) {
    used = 0
    guard capacity > most else { return }
    storage.deallocate()
    storage = .allocate(capacity: most)
    capacity = most
  }

  @usableFromInline @inline(never) mutating func grow(_ additional: Int) {
    let larger = max(capacity * 2, used + additional)
    let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    moved.update(from: storage, count: used)
    storage.deallocate()
    storage = moved
    capacity = larger
  }
}
