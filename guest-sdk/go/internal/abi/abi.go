// Package abi moves Go values into a component's linear memory and out of it, in the layout of the
// component model's canonical ABI.
//
//	bool, u8 … u64, f32, f64     the Go types of the same width; an enum is a uint8
//	string, list<u8>, list<T>    string, []byte, []T
//	option<T>                    *T
//	record, tuple                a struct, its fields in the order of the WIT
//	variant, result              a struct that embeds Variant; each other field is a pointer, one for each case, and
//	                             the one that is set says which case it is
//
// A type that fits none of these panics when it is first used: it is a mistake in this SDK.
//
// The package knows neither the contract nor the host, and runs natively, where its tests do.
package abi

import (
	"encoding/binary"
	"reflect"
	"unsafe"
)

// Variant marks a struct as a variant.
type Variant struct{}

// Unit is what a case without data holds.
type Unit struct{}

// Memory is where the values lie: linear memory, or a model of it.
type Memory interface {
	// At is the n bytes at an address.
	At(address, n uint32) []byte
	// Place gives bytes an address. They are not changed any more, and stay where they are for as long as
	// the other side may look.
	Place(data []byte) uint32
	// Allocate makes room for a value, aligned to 8 bytes, which stays in the same way.
	Allocate(size uint32) (address uint32, room []byte)
}

// Lower stores a value, and returns its address.
func Lower[T any](memory Memory, value *T) uint32 {
	codec := codecOf(reflect.TypeFor[T]())
	address, room := memory.Allocate(codec.size)
	codec.store(memory, room, reflect.ValueOf(value).Elem())
	return address
}

// LowerList stores a list's elements, and returns their address and number.
func LowerList[T any](memory Memory, list []T) (address, length uint32) {
	address, length = storeElements(memory, codecOf(reflect.TypeFor[T]()), reflect.ValueOf(list))
	return address, length
}

// LiftList reads a list's elements.
func LiftList[T any](memory Memory, address, length uint32) []T {
	var list []T
	loadElements(memory, codecOf(reflect.TypeFor[T]()), address, length, reflect.ValueOf(&list).Elem())
	return list
}

// LiftString reads a string, without a copy.
func LiftString(memory Memory, address, length uint32) string {
	return stringOf(memory.At(address, length))
}

func stringOf(data []byte) string {
	return unsafe.String(unsafe.SliceData(data), len(data))
}

// A string and a list are their address and their length.
const headerSize = 8

func storeHeader(room []byte, address, length uint32) {
	binary.LittleEndian.PutUint32(room, address)
	binary.LittleEndian.PutUint32(room[4:], length)
}

func loadHeader(room []byte) (address, length uint32) {
	return binary.LittleEndian.Uint32(room), binary.LittleEndian.Uint32(room[4:])
}

func storeElements(memory Memory, element *codec, list reflect.Value) (address, length uint32) {
	length = uint32(list.Len())
	if length == 0 {
		return element.align, 0
	}
	address, room := memory.Allocate(length * element.size)
	for i := range length {
		element.store(memory, room[i*element.size:], list.Index(int(i)))
	}
	return address, length
}

func loadElements(memory Memory, element *codec, address, length uint32, into reflect.Value) {
	into.Set(reflect.MakeSlice(into.Type(), int(length), int(length)))
	room := memory.At(address, length*element.size)
	for i := range length {
		element.load(memory, room[i*element.size:], into.Index(int(i)))
	}
}
