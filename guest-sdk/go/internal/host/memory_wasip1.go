package host

import "unsafe"

// Memory is this instance's linear memory. Whatever the host must find in it, or has put into it, is kept alive here: Go's
// collector does not see addresses that are mere numbers. It moves nothing on the heap, so that they stay valid.
type Memory struct {
	kept []unsafe.Pointer
}

// At is the n bytes at an address.
func (*Memory) At(address, n uint32) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(uintptr(address))), n)
}

// Place gives bytes an address: the one that they have.
func (m *Memory) Place(data []byte) uint32 {
	place := unsafe.Pointer(unsafe.SliceData(data))
	m.kept = append(m.kept, place)
	return uint32(uintptr(place))
}

// Allocate makes room, aligned to 8 bytes.
func (m *Memory) Allocate(size uint32) (uint32, []byte) {
	if size == 0 {
		return 8, nil
	}
	words := make([]uint64, (size+7)/8)
	place := unsafe.Pointer(unsafe.SliceData(words))
	m.kept = append(m.kept, place)
	return uint32(uintptr(place)), unsafe.Slice((*byte)(place), size)
}

// Release forgets what was kept so far.
func (m *Memory) Release() {
	clear(m.kept)
	m.kept = m.kept[:0]
}

// Received is what the host has put into memory for the call that it is about to make, or is making.
var Received Memory

// The canonical ABI's allocator: the host calls it to make room for what it passes. It must not call the host, which
// cannot be called while it does this.
//
//go:wasmexport cabi_realloc
func cabiRealloc(_, oldSize, _, newSize uint32) uint32 {
	if oldSize != 0 {
		// Only strings in other encodings than UTF-8 are ever moved.
		panic("the host resizes what it has allocated")
	}
	address, _ := Received.Allocate(newSize)
	return address
}
