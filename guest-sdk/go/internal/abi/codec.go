package abi

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

// A codec stores and loads the values of one type.
type codec struct {
	size, align uint32
	store       func(Memory, []byte, reflect.Value)
	load        func(Memory, []byte, reflect.Value)
}

// The codecs made so far. A module has one thread; natively, tests of this package do not run at once.
var codecs = map[reflect.Type]*codec{}

func codecOf(t reflect.Type) *codec {
	if known, ok := codecs[t]; ok {
		return known
	}
	made := makeCodec(t)
	codecs[t] = made
	return made
}

func makeCodec(t reflect.Type) *codec {
	switch t.Kind() {
	case reflect.Bool:
		return &codec{1, 1,
			func(_ Memory, room []byte, v reflect.Value) { room[0] = bit(v.Bool()) },
			func(_ Memory, room []byte, v reflect.Value) { v.SetBool(room[0] != 0) }}
	case reflect.Uint8:
		return &codec{1, 1,
			func(_ Memory, room []byte, v reflect.Value) { room[0] = uint8(v.Uint()) },
			func(_ Memory, room []byte, v reflect.Value) { v.SetUint(uint64(room[0])) }}
	case reflect.Uint32:
		return &codec{4, 4,
			func(_ Memory, room []byte, v reflect.Value) { binary.LittleEndian.PutUint32(room, uint32(v.Uint())) },
			func(_ Memory, room []byte, v reflect.Value) { v.SetUint(uint64(binary.LittleEndian.Uint32(room))) }}
	case reflect.Uint64:
		return &codec{8, 8,
			func(_ Memory, room []byte, v reflect.Value) { binary.LittleEndian.PutUint64(room, v.Uint()) },
			func(_ Memory, room []byte, v reflect.Value) { v.SetUint(binary.LittleEndian.Uint64(room)) }}
	case reflect.Float32:
		return &codec{4, 4,
			func(_ Memory, room []byte, v reflect.Value) {
				binary.LittleEndian.PutUint32(room, math.Float32bits(float32(v.Float())))
			},
			func(_ Memory, room []byte, v reflect.Value) {
				v.SetFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(room))))
			}}
	case reflect.Float64:
		return &codec{8, 8,
			func(_ Memory, room []byte, v reflect.Value) {
				binary.LittleEndian.PutUint64(room, math.Float64bits(v.Float()))
			},
			func(_ Memory, room []byte, v reflect.Value) {
				v.SetFloat(math.Float64frombits(binary.LittleEndian.Uint64(room)))
			}}
	case reflect.String:
		return &codec{headerSize, 4, storeString, loadString}
	case reflect.Slice:
		return listCodec(t)
	case reflect.Pointer:
		return variantCodec([]*codec{nil, codecOf(t.Elem())},
			func(v reflect.Value) (uint8, reflect.Value) {
				if v.IsNil() {
					return 0, reflect.Value{}
				}
				return 1, v.Elem()
			},
			func(v reflect.Value, is uint8) reflect.Value {
				v.SetZero()
				if is == 0 {
					return reflect.Value{}
				}
				v.Set(reflect.New(t.Elem()))
				return v.Elem()
			})
	case reflect.Struct:
		if t.NumField() > 0 && t.Field(0).Type == reflect.TypeFor[Variant]() {
			return casesCodec(t)
		}
		return recordCodec(t)
	default:
		panic(fmt.Sprintf("abi: %s has no canonical form", t))
	}
}

func storeString(memory Memory, room []byte, v reflect.Value) {
	text := v.String()
	if text == "" {
		storeHeader(room, 1, 0)
		return
	}
	storeHeader(room, memory.Place(unsafe.Slice(unsafe.StringData(text), len(text))), uint32(len(text)))
}

func loadString(memory Memory, room []byte, v reflect.Value) {
	v.SetString(stringOf(memory.At(loadHeader(room))))
}

func listCodec(t reflect.Type) *codec {
	if t.Elem().Kind() == reflect.Uint8 {
		return &codec{headerSize, 4,
			func(memory Memory, room []byte, v reflect.Value) {
				if v.Len() == 0 {
					storeHeader(room, 1, 0)
					return
				}
				storeHeader(room, memory.Place(v.Bytes()), uint32(v.Len()))
			},
			func(memory Memory, room []byte, v reflect.Value) { v.SetBytes(memory.At(loadHeader(room))) }}
	}
	element := codecOf(t.Elem())
	return &codec{headerSize, 4,
		func(memory Memory, room []byte, v reflect.Value) {
			address, length := storeElements(memory, element, v)
			storeHeader(room, address, length)
		},
		func(memory Memory, room []byte, v reflect.Value) {
			address, length := loadHeader(room)
			loadElements(memory, element, address, length, v)
		}}
}

func recordCodec(t reflect.Type) *codec {
	type field struct {
		codec  *codec
		offset uint32
	}
	fields := make([]field, t.NumField())
	size, align := uint32(0), uint32(1)
	for i := range fields {
		codec := codecOf(t.Field(i).Type)
		size = alignTo(size, codec.align)
		fields[i] = field{codec, size}
		size += codec.size
		align = max(align, codec.align)
	}
	return &codec{alignTo(size, align), align,
		func(memory Memory, room []byte, v reflect.Value) {
			for i, field := range fields {
				field.codec.store(memory, room[field.offset:], v.Field(i))
			}
		},
		func(memory Memory, room []byte, v reflect.Value) {
			for i, field := range fields {
				field.codec.load(memory, room[field.offset:], v.Field(i))
			}
		}}
}

// casesCodec is that of a struct which embeds Variant.
func casesCodec(t reflect.Type) *codec {
	cases := make([]*codec, t.NumField()-1)
	for i := range cases {
		field := t.Field(i + 1)
		if field.Type.Kind() != reflect.Pointer {
			panic(fmt.Sprintf("abi: case %s of %s is not a pointer", field.Name, t))
		}
		cases[i] = codecOf(field.Type.Elem())
	}
	return variantCodec(cases,
		func(v reflect.Value) (uint8, reflect.Value) {
			for i := range cases {
				if held := v.Field(i + 1); !held.IsNil() {
					return uint8(i), held.Elem()
				}
			}
			panic(fmt.Sprintf("abi: no case of %s is set", t))
		},
		func(v reflect.Value, is uint8) reflect.Value {
			v.SetZero()
			held := reflect.New(t.Field(int(is) + 1).Type.Elem())
			v.Field(int(is) + 1).Set(held)
			return held.Elem()
		})
}

// variantCodec is a byte that says which case it is, and room for the widest of them. A case without data may have no
// codec. `held` finds the case of a value and what it holds; `become` makes a value that case, and finds where it holds it.
func variantCodec(
	cases []*codec,
	held func(reflect.Value) (uint8, reflect.Value),
	become func(reflect.Value, uint8) reflect.Value,
) *codec {
	size, align := uint32(0), uint32(1)
	for _, it := range cases {
		if it != nil {
			size, align = max(size, it.size), max(align, it.align)
		}
	}
	offset := alignTo(1, align)
	return &codec{alignTo(offset+size, align), align,
		func(memory Memory, room []byte, v reflect.Value) {
			is, data := held(v)
			room[0] = is
			if it := cases[is]; it != nil {
				it.store(memory, room[offset:], data)
			}
		},
		func(memory Memory, room []byte, v reflect.Value) {
			is := room[0]
			if int(is) >= len(cases) {
				panic(fmt.Sprintf("abi: %s has no case %d", v.Type(), is))
			}
			data := become(v, is)
			if it := cases[is]; it != nil {
				it.load(memory, room[offset:], data)
			}
		}}
}

func alignTo(offset, align uint32) uint32 {
	return (offset + align - 1) &^ (align - 1)
}

func bit(set bool) uint8 {
	if set {
		return 1
	}
	return 0
}
