package workflow

import (
	"bytes"
	"encoding/json"
	"fmt"

	"mainspring.dev/workflow/internal/contract"
)

// Payload is a value as its converter encoded it. As an argument or a result it passes unchanged.
//
// Other values become payloads as Temporal's default converters make them: nil is binary/null, a []byte is binary/plain,
// and everything else is json/plain by encoding/json.
type Payload = contract.Payload

const (
	encodingKey    = "encoding"
	encodingNull   = "binary/null"
	encodingBinary = "binary/plain"
	encodingJSON   = "json/plain"
	encodingProto  = "json/protobuf"
)

func payloadOf(value any) (Payload, error) {
	switch value := value.(type) {
	case Payload:
		return value, nil
	case []byte:
		if value != nil {
			return encoded(encodingBinary, value), nil
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	// As the converters of other languages write it.
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return Payload{}, err
	}
	data := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	if string(data) == "null" {
		return null(), nil
	}
	return encoded(encodingJSON, data), nil
}

// payloadsOf is for arguments of operations: what has no payload form is a bug.
func payloadsOf(what string, values []any) []Payload {
	payloads := make([]Payload, len(values))
	for i, value := range values {
		payload, err := payloadOf(value)
		if err != nil {
			panic(fmt.Sprintf("argument %d of %s: %v", i+1, what, err))
		}
		payloads[i] = payload
	}
	return payloads
}

// decode reads a payload into what `into` points at.
func decode(payload Payload, into any) error {
	if raw, ok := into.(*Payload); ok {
		*raw = payload
		return nil
	}
	encoding := encodingOf(payload)
	switch encoding {
	case encodingNull:
		return json.Unmarshal([]byte("null"), into)
	case encodingJSON, encodingProto:
		return json.Unmarshal(payload.Data, into)
	case encodingBinary:
		switch into := into.(type) {
		case *[]byte:
			*into = payload.Data
			return nil
		case *any:
			*into = payload.Data
			return nil
		}
	}
	return fmt.Errorf("the encoding %q does not fit the type %T", encoding, into)
}

func encodingOf(payload Payload) string {
	for _, entry := range payload.Metadata {
		if entry.Name == encodingKey {
			return string(entry.Value)
		}
	}
	return ""
}

func null() Payload {
	return encoded(encodingNull, nil)
}

func encoded(encoding string, data []byte) Payload {
	return Payload{Metadata: []contract.Pair[[]byte]{{Name: encodingKey, Value: []byte(encoding)}}, Data: data}
}

// metadataOf is what tools show beside an operation.
func metadataOf(summary string) contract.UserMetadata {
	if summary == "" {
		return contract.UserMetadata{}
	}
	payload, err := payloadOf(summary)
	if err != nil {
		panic(err) // A string has a JSON form.
	}
	return contract.UserMetadata{Summary: &payload}
}
