// Reads letters with Go's standard library; prints what it found as one JSON object a line.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"sort"
	"strings"
)

type found struct {
	Subject     string   `json:"subject"`
	Name        string   `json:"name"`
	From        string   `json:"from"`
	To          string   `json:"to"`
	Date        int64    `json:"date"`
	MessageID   string   `json:"message_id"`
	Unsubscribe string   `json:"unsubscribe"`
	Text        string   `json:"text"`
	HTML        string   `json:"html"`
	Pictures    []string `json:"pictures"`
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func walk(kind string, encoding string, body io.Reader, into *found) {
	media, parameters, err := mime.ParseMediaType(kind)
	must(media, err)
	if strings.HasPrefix(media, "multipart/") {
		reader := multipart.NewReader(body, parameters["boundary"])
		for {
			part, err := reader.NextRawPart()
			if err == io.EOF {
				return
			}
			must(part, err)
			walk(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, into)
		}
	}
	data := must(io.ReadAll(body))
	if strings.EqualFold(encoding, "base64") {
		data = must(base64.StdEncoding.DecodeString(strings.NewReplacer("\r", "", "\n", "").Replace(string(data))))
	}
	switch media {
	case "text/plain":
		into.Text = string(data)
	case "text/html":
		into.HTML = string(data)
	default:
		digest := sha256.Sum256(data)
		into.Pictures = append(into.Pictures, hex.EncodeToString(digest[:]))
	}
}

func main() {
	words := new(mime.WordDecoder)
	for _, path := range os.Args[1:] {
		letter := must(mail.ReadMessage(bytes.NewReader(must(os.ReadFile(path)))))
		from := must(letter.Header.AddressList("From"))[0]
		to := must(letter.Header.AddressList("To"))[0]
		one := found{
			Subject:     must(words.DecodeHeader(letter.Header.Get("Subject"))),
			Name:        from.Name,
			From:        from.Address,
			To:          to.Address,
			Date:        must(letter.Header.Date()).Unix(),
			MessageID:   letter.Header.Get("Message-ID"),
			Unsubscribe: letter.Header.Get("List-Unsubscribe"),
			Pictures:    []string{},
		}
		walk(letter.Header.Get("Content-Type"), letter.Header.Get("Content-Transfer-Encoding"), letter.Body, &one)
		sort.Strings(one.Pictures)
		fmt.Println(string(must(json.Marshal(one))))
	}
}
