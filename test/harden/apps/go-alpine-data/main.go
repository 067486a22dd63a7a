package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
)

func main() {
	addr := flag.String("addr", ":8080", "address to listen on")
	flag.Parse()
	file := filepath.Join(os.Getenv("DATA_DIR"), "notes.txt")
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
			if err != nil {
				http.Error(w, err.Error(), 500)
				return
			}
			defer f.Close()
			f.WriteString("a note\n")
		}
		fmt.Fprintln(w, "notes are kept")
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}
