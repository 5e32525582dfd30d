internal import FuzzSupport
internal import LoadOps

/// The JSON reader: the first byte is how much is read at once, the rest is a file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 0 else { return 0 }
  let (blockSize, numbers) = settings(data[0])
  let file = FuzzFile.shared
  file.replace(UnsafeRawBufferPointer(start: data + 1, count: size - 1))
  exercise(file.path, blockSize: blockSize, numbers: numbers)
  return 0
}
