package workflow

import (
	"reflect"
	"testing"
)

func TestValuesAndTheirEncodings(t *testing.T) {
	check := func(value any, encoding, data string) {
		t.Helper()
		payload, err := payloadOf(value)
		if err != nil || encodingOf(payload) != encoding || string(payload.Data) != data {
			t.Errorf("%#v: %s %q, %v", value, encodingOf(payload), payload.Data, err)
		}
		back := reflect.New(reflect.TypeOf(&value).Elem())
		if value != nil {
			back = reflect.New(reflect.TypeOf(value))
		}
		if err := decode(payload, back.Interface()); err != nil {
			t.Errorf("%#v: %v", value, err)
		}
		if got := back.Elem().Interface(); !reflect.DeepEqual(got, value) {
			t.Errorf("%#v came back as %#v", value, got)
		}
	}
	check("o-1 <b>", "json/plain", `"o-1 <b>"`)
	check([]int{1, 2}, "json/plain", "[1,2]")
	check(map[string]int{"b": 1, "a": 2}, "json/plain", `{"a":2,"b":1}`)
	check(nil, "binary/null", "")
	check((*int)(nil), "binary/null", "")
	check([]byte("raw"), "binary/plain", "raw")
	check(encoded("binary/encrypted", []byte("??")), "binary/encrypted", "??")
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	var number int
	if decode(encoded("binary/encrypted", nil), &number) == nil || decode(encoded(encodingJSON, []byte(`"x"`)), &number) == nil {
		t.Error("it was taken")
	}
	if _, err := payloadOf(func() {}); err == nil {
		t.Error("a function has no payload form")
	}
}

func TestArguments(t *testing.T) {
	it := inspect("test", func(string, *int) error { return nil }, false)
	arguments, err := it.arguments(payloadsOf("", []any{"a"}))
	if err != nil || arguments[0].String() != "a" || !arguments[1].IsNil() {
		t.Error(arguments, err)
	}
	if _, err := it.arguments(nil); err == nil || err.Error() != "argument 1 (string) is missing" {
		t.Error(err)
	}
	if _, err := it.arguments(payloadsOf("", []any{1})); err == nil {
		t.Error("a number is no string")
	}
}

func TestFunctionsThatAreNoWorkflows(t *testing.T) {
	for _, it := range []any{nil, 1, func() {}, func(int) error { return nil }, func() (int, int, error) { return 0, 0, nil }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T was taken", it)
				}
			}()
			inspect("test", it, true)
		}()
	}
}
