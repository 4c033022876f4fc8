package abi

import (
	"encoding/hex"
	"reflect"
	"testing"
)

// A model of linear memory: addresses are positions in it.
type arena struct{ bytes []byte }

func (a *arena) At(address, n uint32) []byte { return a.bytes[address : address+n : address+n] }

func (a *arena) Place(data []byte) uint32 {
	address := uint32(len(a.bytes))
	a.bytes = append(a.bytes, data...)
	return address
}

func (a *arena) Allocate(size uint32) (uint32, []byte) {
	// What was handed out before must stay where it is.
	address := alignTo(uint32(len(a.bytes)), 8)
	a.bytes = a.bytes[:address+size]
	return address, a.At(address, size)
}

func newArena() *arena { return &arena{make([]byte, 16, 1<<16)} }

type shape struct {
	Variant
	None   *Unit
	Small  *uint8
	Wide   *uint64
	Record *point
}

type point struct {
	X uint32
	Y float64
}

type everything struct {
	Flag    bool
	Number  uint32
	Text    string
	Raw     []byte
	List    []point
	Nothing *uint64
	Some    *uint64
	Nested  **string
	Shape   shape
	Ratio   float32
}

// Sizes and alignments by the rules of the canonical ABI, computed by hand.
func TestLayouts(t *testing.T) {
	check := func(t *testing.T, of reflect.Type, size, align uint32) {
		t.Helper()
		if codec := codecOf(of); codec.size != size || codec.align != align {
			t.Errorf("%s: size %d, align %d; not %d, %d", of, codec.size, codec.align, size, align)
		}
	}
	check(t, reflect.TypeFor[Unit](), 0, 1)
	check(t, reflect.TypeFor[bool](), 1, 1)
	check(t, reflect.TypeFor[string](), 8, 4)
	check(t, reflect.TypeFor[point](), 16, 8)
	check(t, reflect.TypeFor[*bool](), 2, 1)
	check(t, reflect.TypeFor[*string](), 12, 4)
	check(t, reflect.TypeFor[*uint64](), 16, 8)
	check(t, reflect.TypeFor[shape](), 24, 8)
	check(t, reflect.TypeFor[struct {
		A bool
		B uint32
		C bool
	}](), 12, 4)
}

func TestBytes(t *testing.T) {
	memory := newArena()
	number := uint64(0x1122334455667788)
	address := Lower(memory, &shape{Wide: &number})
	if got := hex.EncodeToString(memory.At(address, 16)); got != "0200000000000000"+"8877665544332211" {
		t.Error(got)
	}
	text := "hi"
	address = Lower(memory, &struct {
		Flag bool
		Text *string
	}{true, &text})
	room := memory.At(address, 16)
	at, length := loadHeader(room[8:])
	if room[0] != 1 || room[4] != 1 || LiftString(memory, at, length) != "hi" {
		t.Error(room)
	}
}

func TestThereAndBack(t *testing.T) {
	number, small := uint64(1<<40), uint8(7)
	text := "ö"
	inner := &text
	var absent *string
	values := []everything{
		{},
		{Flag: true, Number: 5, Text: "text", Raw: []byte{1, 2}, List: []point{{1, 2.5}, {3, 4}}, Some: &number, Nested: &inner, Ratio: 0.5},
		{Nested: &absent},
	}
	values[0].Shape.None = &Unit{}
	values[1].Shape.Record = &point{9, -1}
	values[2].Shape.Small = &small
	memory := newArena()
	address, length := LowerList(memory, values)
	lifted := LiftList[everything](memory, address, length)
	for i := range values {
		// An empty list is one, whether it was nil or not.
		if lifted[i].List != nil && len(lifted[i].List) == 0 {
			lifted[i].List = nil
		}
		if len(lifted[i].Raw) == 0 {
			lifted[i].Raw = nil
		}
		if !reflect.DeepEqual(values[i], lifted[i]) {
			t.Errorf("value %d:\n%+v\n%+v", i, values[i], lifted[i])
		}
	}
}

func TestWhatHasNoForm(t *testing.T) {
	refused := func(t *testing.T, lower func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Error("it was taken")
			}
		}()
		lower()
	}
	refused(t, func() { Lower(newArena(), &struct{ M map[string]int }{}) })
	refused(t, func() { Lower(newArena(), &shape{}) })
	refused(t, func() {
		LiftList[shape](&arena{[]byte{9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, 0, 1)
	})
}
