package main
var licence string
func main() { println(licence) }
