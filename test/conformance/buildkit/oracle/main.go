// Answers what BuildKit makes of a Dockerfile. Speaks frames on stdin and stdout: four bytes of length
// (big endian), then JSON; one answer a question, in order, until stdin ends.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
)

type request struct {
	// "file" or "words"
	Kind string `json:"kind"`

	// file
	Text  string `json:"text"`
	Build bool   `json:"build"`

	// words
	Escape     string            `json:"escape"`
	Words      []string          `json:"words"`
	Env        map[string]string `json:"env"`
	KeepQuotes bool              `json:"keepQuotes"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	for {
		var size [4]byte
		if _, err := io.ReadFull(in, size[:]); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		var req request
		var answer any
		if err := json.Unmarshal(body, &req); err != nil {
			answer = map[string]string{"fault": err.Error()}
		} else if req.Kind == "words" {
			answer = answerWords(req)
		} else {
			answer = answerFile(req)
		}
		reply, err := json.Marshal(answer)
		if err != nil {
			reply, _ = json.Marshal(map[string]string{"fault": err.Error()})
		}
		binary.BigEndian.PutUint32(size[:], uint32(len(reply)))
		out.Write(size[:])
		out.Write(reply)
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}
