package listen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// demoLimit is the longest message in bytes that demo takes, 100 MiB as the Node library does.
const demoLimit = 100 << 20

// echo sends every message back, with its type, until the connection ends. A message that fits
// the buffer goes back as one frame, a longer one in fragments as it comes.
func echo(ws *websocket.Conn) {
	ws.SetReadLimit(-1)
	ctx := context.Background() // a context that can end would cost an allocation for each read
	buf := make([]byte, bufferSize)
	for {
		typ, r, err := ws.Reader(ctx)
		if err != nil {
			return
		}
		n, err := io.ReadFull(r, buf)
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			err = ws.Write(ctx, typ, buf[:n])
		case err == nil:
			err = echoLong(ctx, ws, typ, buf, r)
		}
		if err != nil {
			return
		}
	}
}

// echoLong sends a message back that begins with buf and goes on in r; it reuses buf.
func echoLong(ctx context.Context, ws *websocket.Conn, typ websocket.MessageType, buf []byte,
	r io.Reader) error {
	w, err := ws.Writer(ctx, typ)
	if err != nil {
		return err
	}
	if _, err := w.Write(buf); err != nil {
		return err
	}
	// Without WriterTo and ReaderFrom, so that buf is used.
	type reader struct{ io.Reader }
	type writer struct{ io.Writer }
	if _, err := io.CopyBuffer(writer{w}, reader{r}, buf); err != nil {
		return err
	}
	return w.Close()
}

// A reply is what demo sends, its members in this order.
type reply struct {
	Type      string `json:"type"`
	Message   string `json:"message"`
	Timestamp string `json:"timestamp,omitempty"`
}

// demo greets, then answers a JSON object that has a string "text" with the text in capitals
// and anything else with an error.
func demo(ws *websocket.Conn) {
	ws.SetReadLimit(demoLimit)
	ctx := context.Background()
	answer := reply{Type: "welcome", Message: "Connected to the demo server"}
	for {
		if err := ws.Write(ctx, websocket.MessageText, answer.encode()); err != nil {
			return
		}
		_, message, err := ws.Read(ctx)
		if err != nil {
			return
		}
		answer = demoAnswer(message, time.Now())
	}
}

func demoAnswer(message []byte, now time.Time) reply {
	text, err := textOf(message)
	if err != nil {
		return reply{Type: "error", Message: "Invalid JSON format"}
	}
	return reply{
		Type:    "echo",
		Message: "Server echo: " + strings.ToUpper(text),
		// As JavaScript's toISOString.
		Timestamp: now.UTC().Format("2006-01-02T15:04:05.000Z"),
	}
}

// textOf is the string "text" of a JSON object. The name has to be exact, as it has in
// JavaScript: the fields of a struct would match "TEXT" as well.
func textOf(message []byte) (string, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(message, &object); err != nil {
		return "", err
	}
	var text *string
	if err := json.Unmarshal(object["text"], &text); err != nil {
		return "", err
	}
	if text == nil {
		return "", errors.New("no text")
	}
	return *text, nil
}

// encode is the reply as JSON without escapes that only HTML needs.
func (r reply) encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(r) // into memory, and strings only: it cannot fail
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
