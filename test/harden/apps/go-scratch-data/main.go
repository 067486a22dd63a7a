package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		old, _ := os.ReadFile("/data/count")
		if err := os.WriteFile("/data/count", append(old, 'x'), 0o644); err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		fmt.Fprintf(w, "count %d", len(old)+1)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
